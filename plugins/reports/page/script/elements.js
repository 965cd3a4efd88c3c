// Elements of the page, and how names and numbers are written.
const page = JSON.parse(document.getElementById("content").textContent);

const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (name in made && typeof value !== "string") made[name] = value; else made.setAttribute(name, value);
  made.append(...children.filter((c) => c !== null && c !== undefined));
  return made;
};
// Whole numbers are counts and steps, which are never rounded.
const text = (x, digits = 5) =>
  typeof x !== "number" ? String(x ?? "") : Number.isNaN(x) ? "NaN" : Number.isSafeInteger(x) ? String(x) : String(Number(x.toPrecision(digits)));
const shown = (name) => (name.length > 60 ? name.slice(0, 57) + "..." : name);
const heading = (words) => element("h2", {}, words);
const table = (head, rows) => element("div", {class: "wide", tabIndex: 0},
  element("table", {}, element("thead", {}, element("tr", {}, ...head.map((h) => element("th", {scope: "col"}, h)))),
    element("tbody", {}, ...rows.map((r) => element("tr", {}, ...r.map((c) => c instanceof Node && c.tagName === "TD" ? c : element("td", {}, c ?? "")))))));
// What is folded is made when it is opened: forty models have many tables.
const folded = (title, make) => {
  const box = element("details", {}, element("summary", {}, title));
  box.addEventListener("toggle", () => { if (box.open && box.childElementCount === 1) box.append(make()); });
  return box;
};
