// What the reader has set, kept when the page reloads.
const key = "pipeline:" + page.kind + ":" + page.folder;
let kept = {};
try { kept = JSON.parse(sessionStorage.getItem(key)) ?? {}; } catch { /* not every browser stores for files */ }
const keep = (name, value) => {
  kept[name] = value;
  try { sessionStorage.setItem(key, JSON.stringify(kept)); } catch { /* likewise */ }
};
const hidden = new Set(kept.hidden ?? []);
