// Weights against c, and how nodes are spread, drawn by d3.
const slider = (steps, name, draw) => {
  const at = steps.indexOf(kept[name]);
  const range = element("input", {type: "range", min: "0", max: String(steps.length - 1), value: String(at < 0 ? steps.length - 1 : at), "aria-label": "step"});
  const label = element("output", {}, "");
  const set = () => { label.textContent = " step " + steps[range.value], draw(steps[range.value]); };
  // At its end it follows the run.
  range.addEventListener("input", () => { keep(name, Number(range.value) === steps.length - 1 ? null : steps[range.value]), set(); });
  return [element("label", {class: "no-print"}, "step ", range), label, set];
};
const newestAt = (list, step) => list.filter((x) => x.step <= step).pop();
for (const [s, scatter] of (page.scatters ?? []).entries()) {
  body.append(heading("Weights against c: " + scatter.section));
  body.append(element("p", {}, "Each point is one input of the node: its weight, and the c that it should be proportional to, both scaled to length 1. The closer to the diagonal, the better. All panels have the same axes."));
  const steps = [...new Set(scatter.models.flatMap((m) => m.at.map((a) => a.step)))].sort((a, b) => a - b);
  const nodes = Math.max(...scatter.models.flatMap((m) => m.at.map((a) => a.nodes.length)));
  const choice = element("select", {"aria-label": "node"}, ...Array.from({length: nodes}, (_, i) => element("option", {value: String(i)}, scatter.best ? "each model's best node" : `${scatter.models[0].at[0].nodes[i]?.node ?? i}, the same in all models`)));
  const panels = element("div", {class: "panels"});
  let reach = 0;
  for (const m of scatter.models) for (const a of m.at) for (const n of a.nodes) for (const list of [n.w, n.c]) for (const v of unpacked(list)) if (Math.abs(v) > reach) reach = Math.abs(v);
  const draw = (step) => {
    panels.replaceChildren();
    scatter.models.forEach((model, i) => {
      const at = model.name === "control" ? model.at[0] : newestAt(model.at, step), node = at?.nodes[choice.value];
      if (!node) return;
      const size = 220, edge = 34, right = 12, scale = d3.scaleLinear().domain([-reach * 1.05 || -1, reach * 1.05 || 1]);
      const x = scale.copy().range([edge, size - right]), y = scale.copy().range([size - edge, right]);
      const svg = d3.create("svg").attr("viewBox", `0 0 ${size} ${size}`).attr("width", size).attr("height", size).attr("role", "img").attr("aria-label", model.name);
      svg.append("line").attr("class", "axis").attr("x1", x(-reach)).attr("y1", y(-reach)).attr("x2", x(reach)).attr("y2", y(reach));
      svg.append("g").attr("transform", `translate(0,${size - edge})`).call(d3.axisBottom(x).ticks(4)).call((g) => g.selectAll("path,line").attr("class", "axis"));
      svg.append("g").attr("transform", `translate(${edge},0)`).call(d3.axisLeft(y).ticks(4)).call((g) => g.selectAll("path,line").attr("class", "axis"));
      svg.append("text").attr("x", size - 4).attr("y", size - 4).attr("text-anchor", "end").text("w");
      svg.append("text").attr("x", edge + 4).attr("y", 10).text("c");
      const w = unpacked(node.w), c = unpacked(node.c), fill = i ? colour(i - 1) : ink("--faint");
      svg.selectAll("circle").data(Array.from(w, (v, j) => [v, c[j]]).filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b))).join("circle").attr("cx", (d) => x(d[0])).attr("cy", (d) => y(d[1])).attr("r", 1.6).attr("fill", fill).attr("fill-opacity", 0.55);
      panels.append(element("figure", {}, svg.node(), element("figcaption", {}, `${shown(model.name)}${model.name === "control" ? " (untrained)" : ", step " + at.step}: ${node.node}`)));
    });
  };
  const [range, label, set] = slider(steps, "scatter" + s, draw);
  choice.addEventListener("change", set);
  body.append(element("p", {}, choice, " ", range, label, element("span", {class: "faint"}, scatter.steps > steps.length ? ` (${steps.length} of ${scatter.steps} measured steps; all are in nodes.h5)` : "")), panels);
  body.append(folded("table", () => {
    const cells = scatter.models.map((m) => [m.name, (m.name === "control" ? m.at[0] : m.at[m.at.length - 1])?.nodes[choice.value]]).filter(([, n]) => n);
    const lists = cells.flatMap(([name, n]) => [[name + " w", unpacked(n.w)], [name + " c", unpacked(n.c)]]);
    return table(["input", ...lists.map(([name]) => shown(name))], Array.from({length: Math.max(...lists.map(([, v]) => v.length))}, (_, i) => [String(i + 1), ...lists.map(([, v]) => text(v[i]))]));
  }));
  set();
}
if (page.histograms?.length) {
  body.append(heading("How the nodes are spread, over time"));
  const name = (h) => titled(h), pick = element("select", {"aria-label": "figure"}, ...page.histograms.map((h, i) => element("option", {value: String(i)}, name(h))));
  const panels = element("div", {class: "panels"}), below = element("div");
  const draw = () => {
    const h = page.histograms[pick.value];
    panels.replaceChildren(), below.replaceChildren();
    h.models.forEach((model, m) => {
      if (!model.at.length) return;
      const counts = model.at.map((a) => Array.from(unpacked(a.counts))), bins = counts[0].length, width = 260, height = 200, left = 48, low = 24;
      const x = d3.scaleLinear().domain([h.low, h.high]).range([left, width - 6]), y = d3.scaleBand().domain(model.at.map((a) => a.step)).range([4 + (height - low) * 0.6 / (model.at.length + 0.6), height - low]);
      const svg = d3.create("svg").attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height).attr("role", "img").attr("aria-label", `${model.name}: ${name(h)}`);
      counts.forEach((row, r) => {
        const most = Math.max(...row), path = d3.area().x((d, i) => x(h.low + (h.high - h.low) * (i + 0.5) / bins)).y0(y(model.at[r].step) + y.bandwidth()).y1((d) => y(model.at[r].step) + y.bandwidth() - 1.6 * y.bandwidth() * d / most).curve(d3.curveStep);
        svg.append("path").attr("d", path(row)).attr("fill", colour(m)).attr("fill-opacity", 0.55).attr("stroke", colour(m)).attr("stroke-width", 0.7);
      });
      const every = Math.ceil(model.at.length / 6);
      svg.append("g").attr("transform", `translate(0,${height - low})`).call(d3.axisBottom(x).ticks(5)).call((g) => g.selectAll("path,line").attr("class", "axis"));
      model.at.forEach((a, i) => { if (i % every === 0 || i === model.at.length - 1) svg.append("text").attr("x", left - 4).attr("y", y(a.step) + y.bandwidth()).attr("text-anchor", "end").text(a.step); });
      panels.append(element("figure", {}, svg.node(), element("figcaption", {}, shown(model.name))));
    });
    below.append(folded("table", () => table(["model", "step", ...Array.from({length: h.bins}, (_, i) => text(h.low + (h.high - h.low) * i / h.bins, 3))], h.models.flatMap((model) => model.at.map((a) => [shown(model.name), String(a.step), ...Array.from(unpacked(a.counts), String)])))));
  };
  pick.addEventListener("change", () => { keep("histogram", Number(pick.value)), draw(); });
  if (kept.histogram < page.histograms.length) pick.value = String(kept.histogram);
  redrawn.push(draw);
  body.append(element("p", {}, pick, element("span", {class: "faint"}, " step from top to bottom; how many nodes have each value, each row scaled to its own greatest count")), panels, below);
  draw();
}
