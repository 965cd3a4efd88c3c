// Colours, paper, and reloading.
const recolour = () => { for (const chart of charts) chart.rebuild(); for (const draw of redrawn) draw(); };
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
// Browsers print a canvas as it was drawn for the screen, and leave one empty that is drawn while they print. So every
// chart is drawn, seen or not, and keeps its width on paper: at once if they are few, else after the page is there.
const curvesDrawn = charts.reduce((n, chart) => n + chart.spec.curves.length, 0);
const drawRest = () => {
  const next = charts.find((chart) => !chart.graph);
  if (next) next.build(), setTimeout(drawRest, 20);
};
if (curvesDrawn <= 100) for (const chart of charts) chart.graph || chart.build();
else setTimeout(drawRest, 1000);
if (kept.scroll) scrollTo(0, kept.scroll);
addEventListener("scrollend", () => keep("scroll", scrollY));
addEventListener("pagehide", () => keep("scroll", scrollY));
if (running && page.reload) setTimeout(() => { keep("scroll", scrollY), location.reload(); }, page.reload * 1000);
document.documentElement.dataset.ready = "yes";
