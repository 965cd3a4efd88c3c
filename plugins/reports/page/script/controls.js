// Which models are shown, and how the axes are.
body.append(heading(page.kind === "run" ? "Curves" : "Curves over the seeds"));
const controls = element("div", {class: "controls", role: "group", "aria-label": "models and axes"});
body.append(controls);
const charts = [];
const update = () => { for (const chart of charts) chart.update(); };
page.models.forEach((model, m) => {
  const box = element("input", {type: "checkbox", "data-model": model.name});
  box.checked = !hidden.has(model.name);
  box.addEventListener("change", () => {
    box.checked ? hidden.delete(model.name) : hidden.add(model.name);
    keep("hidden", [...hidden]), update();
  });
  controls.append(element("label", {title: model.name + (model.settings ? "\n" + model.settings : "")}, box, sample(m), shown(model.name)));
});
const setting = (name, words) => {
  const box = element("input", {type: "checkbox", "data-setting": name});
  box.checked = Boolean(kept[name]);
  box.addEventListener("change", () => { keep(name, box.checked), keep("zoom", null); for (const chart of charts) chart.rebuild(); });
  controls.append(element("label", {class: "setting"}, box, words));
};
kept.late ??= true;
setting("logSteps", "log steps"), setting("logValues", "log values"), setting("late", "fit later values");
const smoothing = element("select", {"aria-label": "smoothing"}, ...[0, 5, 11, 21].map((n) => element("option", {value: String(n)}, n ? `mean of ${n} points` : "not smoothed")));
smoothing.value = String(kept.smoothing ?? 0);
smoothing.addEventListener("change", () => { keep("smoothing", Number(smoothing.value)); for (const chart of charts) chart.rebuild(); });
if (page.kind === "run") controls.append(smoothing);
const whole = element("button", {type: "button"}, "whole range");
whole.addEventListener("click", () => { keep("zoom", null); for (const chart of charts) chart.rebuild(); });
controls.append(whole);
