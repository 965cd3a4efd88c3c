// Curves, drawn by dygraphs.
// A logarithmic axis has no place for step 0, so it shows step + 1, and labels it as the step.
const shift = () => (kept.logSteps ? 1 : 0);
const means = (values, n) => values.map((_, i) => {
  const from = i - (n - 1) / 2, to = i + (n - 1) / 2;
  if (from < 0 || to >= values.length) return null;  // no value where the window does not fit
  let sum = 0;
  for (let j = from; j <= to; ++j) sum += values[j];
  return sum / n;
});
const logTicks = (from, to) => {
  const ticks = [];
  for (const step of [0, ...Array.from({length: 14}, (_, i) => 10 ** i), ...Array.from({length: 14}, (_, i) => 3 * 10 ** i)])
    if (step + 1 >= from && step + 1 <= to) ticks.push({v: step + 1, label: stepText(step)});
  return ticks.length > 1 ? ticks : null;
};
const stepText = (step) => (step >= 10000 && step % 1000 === 0 ? step / 1000 + "k" : String(step));
class Chart {
  constructor(spec, place) {
    this.spec = spec;
    this.plot = element("div", {class: "plot", role: "img", "aria-label": titled(spec) + "; its table is below"});
    this.readout = element("div", {class: "readout", "aria-hidden": "true"});
    this.cut = element("span", {class: "faint"});
    const most = Math.max(...spec.curves.map((c) => c.of)), some = Math.max(...spec.curves.map((c) => c.values[1]));
    const marks = spec.curves.filter((c) => c.restored).map((c) => `${shown(page.models[c.model].name)} after going back to earlier weights: ${text(Number(c.restored[1]))}`);
    place.append(element("div", {class: "chart", "data-chart": spec.title + (spec.layer ? "." + spec.layer : "")},
      element("h3", {}, titled(spec)), element("div", {class: "faint"}, [under(spec), spec.note, spec.curves.some((c) => c.train) ? "thin dotted lines: training set" : ""].filter(Boolean).join("; ") + " "), this.cut, this.plot, this.readout,
      marks.length ? element("div", {class: "faint"}, marks.join("; ")) : null,
      most > some ? element("div", {class: "faint"}, `${some.toLocaleString("en")} of ${most.toLocaleString("en")} points shown, with all extremes; all are in ${page.kind === "run" ? "metrics.csv" : "table.csv"}`) : null,
      folded("table", () => this.table())));
    new IntersectionObserver((seen, self) => { if (seen.some((s) => s.isIntersecting)) self.disconnect(), this.graph || this.build(); }, {rootMargin: "300px"}).observe(this.plot);
  }
  curves() {
    return this.loaded ??= this.spec.curves.map((c) => ({...c, steps: unpacked(c.steps), values: unpacked(c.values),
      low: c.low && unpacked(c.low), high: c.high && unpacked(c.high)}));
  }
  name(c) { return page.models[c.model].name + (c.train ? " (training)" : ""); }
  visible(c) { return !hidden.has(page.models[c.model].name); }
  series() {
    // One curve, or two where smoothed ones lie over the raw ones.
    const n = kept.smoothing ?? 0, all = [];
    for (const c of this.curves()) {
      // Of a thinned curve only extremes are here, and their mean is not that of the values.
      const smooth = n > 0 && c.values.length >= c.of - 1 && c.values.length >= n;
      all.push({curve: c, values: c.values, pale: smooth});
      if (smooth) all.push({curve: c, values: means(Array.from(c.values), n), smooth: true});
    }
    return all;
  }
  /// The range of the value axis: of everything, or of the last three quarters of the steps, where that is much less.
  /// What lies outside is then said below the title.
  valueRange(all) {
    const unseen = kept.logValues ? all.reduce((n, s) => n + (s.smooth || !this.visible(s.curve) ? 0 : s.values.filter((v) => v <= 0).length), 0) : 0;
    this.cut.textContent = unseen ? `points that are 0 or less: ${unseen.toLocaleString("en")} of those shown; a logarithmic axis has no place for them` : "";
    if (!kept.late || kept.logValues || kept.logSteps || kept.zoom) return null;
    const last = Math.max(...all.map((s) => s.curve.steps[s.curve.steps.length - 1] ?? 0));
    let low = Infinity, high = -Infinity, least = Infinity, most = -Infinity, late = 0;
    for (const s of all) if (!s.smooth && this.visible(s.curve)) s.curve.steps.forEach((step, i) => {
      const known = s.curve.low && Number.isFinite(s.curve.low[i]), a = known ? s.curve.low[i] : s.values[i], b = known ? s.curve.high[i] : s.values[i];
      if (!Number.isFinite(a)) return;
      least = Math.min(least, a), most = Math.max(most, b);
      if (4 * step >= last) low = Math.min(low, a), high = Math.max(high, b), ++late;
    });
    if (late < 8 || !(high > low) || 2 * (high - low) > most - least) return null;
    this.cut.replaceChildren("early values lie outside this range", element("span", {class: "no-print"}, ": untick \"fit later values\" to see them"));
    return [low - 0.07 * (high - low), high + 0.07 * (high - low)];
  }
  build() {
    if (this.graph) this.graph.destroy();
    const all = this.list = this.series(), bands = all.some((s) => s.curve.low);
    const steps = [...new Set(all.flatMap((s) => Array.from(s.curve.steps)))].sort((a, b) => a - b);
    const row = new Map(steps.map((s, i) => [s, i])), rows = steps.map((s) => [s + shift(), ...all.map(() => null)]);
    const least = Math.min(...all.flatMap((s) => Array.from(s.values).filter((v) => v > 0)));
    all.forEach((s, i) => s.curve.steps.forEach((step, j) => {
      const v = s.values[j];
      if (v === null) return;
      const there = kept.logValues && !(v > 0) ? NaN : v;
      rows[row.get(step)][i + 1] = !bands ? there : Number.isFinite(s.curve.low?.[j]) ? [kept.logValues ? Math.max(s.curve.low[j], least / 10) : s.curve.low[j], there, s.curve.high[j]] : [there, there, there];
    }));
    const labels = all.map((_, i) => "s" + i), few = steps.length <= 60;
    const series = {};
    all.forEach((s, i) => {
      const m = s.curve.model;
      series["s" + i] = {color: colour(m), strokePattern: s.curve.train ? [2, 4] : dash(m).length ? dash(m) : null,
        strokeWidth: s.smooth ? 2.4 : s.pale ? 0.6 : s.curve.train ? 1.1 : 1.6, drawPoints: !s.pale, pointSize: 3,
        drawPointCallback: (g, n, context, x, y, c, size, index) => {
          const every = few ? 1 : Math.ceil(s.curve.steps.length / 8);
          if ((index + 3 * m) % every === 0) context.fillStyle = context.strokeStyle = c, marker(context, m, x, y, size);
        }};
    });
    const zeroLine = this.spec.zero;
    const marks = page.models.flatMap((model, m) => this.spec.kind !== "band" && model.stopped !== undefined ? [[model.stopped, m]] : []);
    this.graph = new Dygraph(this.plot, rows.length ? rows : [[0, ...labels.map(() => null)]], {
      labels: ["step", ...labels], series, customBars: bands, fillAlpha: 0.18, connectSeparatedPoints: true, legend: "never", animatedZooms: false,
      visibility: all.map((s) => this.visible(s.curve)), gridLineColor: ink("--line"), axisLineColor: ink("--faint"), logscale: Boolean(kept.logValues),
      xlabel: kept.logSteps ? "step (log)" : "step", ylabel: (this.spec.unit || "value").replace(/&/g, "&amp;").replace(/</g, "&lt;"), xLabelHeight: 16, yLabelWidth: 16, highlightCircleSize: 4,
      axes: {x: {logscale: Boolean(kept.logSteps), drawGrid: true, axisLabelFormatter: (x) => stepText(Math.round(x - shift())),
          ticker: (from, to, ...more) => (kept.logSteps && logTicks(from, to)) || Dygraph.numericTicks(from, to, ...more)},
        y: {axisLabelFormatter: (y) => text(y, 4), axisLabelWidth: 58}},
      dateWindow: kept.zoom ?? null, valueRange: this.valueRange(all),
      zoomCallback: (from, to) => this.zoomed(from, to),
      highlightCallback: (event, x, points, index) => { for (const chart of charts) chart.show(x - shift(), chart !== this); },
      unhighlightCallback: () => { for (const chart of charts) chart.rest(); },
      underlayCallback: (context, area, g) => {
        context.save(), context.strokeStyle = ink("--faint"), context.setLineDash([3, 3]);
        for (const [step, m] of marks) {
          const x = g.toDomXCoord(step + shift());
          context.strokeStyle = colour(m), context.beginPath(), context.moveTo(x, area.y), context.lineTo(x, area.y + area.h), context.stroke();
        }
        if (zeroLine && !kept.logValues) {
          const y = g.toDomYCoord(0);
          context.setLineDash([]), context.strokeStyle = ink("--ink"), context.beginPath(), context.moveTo(area.x, y), context.lineTo(area.x + area.w, y), context.stroke();
        }
        context.restore();
      }});
    this.rest();
  }
  zoomed(from, to) {
    if (Chart.linking) return;
    const range = this.graph.isZoomed("x") ? [from, to] : null;
    keep("zoom", range);
    Chart.linking = true;
    for (const other of charts) if (other !== this && other.graph) other.graph.updateOptions({dateWindow: range});
    Chart.linking = false;
  }
  update() {
    if (!this.graph) return;
    this.graph.updateOptions({visibility: this.list.map((s) => this.visible(s.curve)), valueRange: this.valueRange(this.list)});
    this.rest();
  }
  rebuild() { if (this.graph) this.build(); }
  /// The values at a step; of curves that have none there, the nearest.
  show(step, linked) {
    if (!this.graph) return;
    const parts = [element("b", {}, "step " + step)];
    for (const c of this.curves()) {
      if (!this.visible(c)) continue;
      let at = -1;
      for (let i = 0; i < c.steps.length; ++i) if (at < 0 || Math.abs(c.steps[i] - step) <= Math.abs(c.steps[at] - step)) at = i;
      if (at < 0) continue;
      const band = c.low && Number.isFinite(c.low[at]) ? ` [${text(c.low[at], 4)}, ${text(c.high[at], 4)}]` : "";
      parts.push(element("span", {"data-model": this.name(c), "data-step": String(c.steps[at])}, shown(this.name(c)) + " " + text(c.values[at]) + band + (c.steps[at] === step ? "" : ` (step ${c.steps[at]})`)));
    }
    this.readout.replaceChildren(...parts);
    if (linked) {
      const row = this.graph.getRowForX(step + shift());
      row === null ? this.graph.clearSelection() : this.graph.setSelection(row);
    }
  }
  rest() {
    if (!this.graph) return;
    const last = Math.max(...this.curves().map((c) => c.steps[c.steps.length - 1] ?? 0));
    this.graph.clearSelection(), this.show(last, false);
  }
  table() {
    const curves = this.curves(), steps = [...new Set(curves.flatMap((c) => Array.from(c.steps)))].sort((a, b) => a - b);
    const at = curves.map((c) => new Map(Array.from(c.steps, (s, i) => [s, i])));
    return table(["step", ...curves.map((c) => shown(this.name(c)))], steps.map((s) => [String(s), ...curves.map((c, k) => {
      const i = at[k].get(s);
      return i === undefined ? "" : text(c.values[i]) + (c.low && Number.isFinite(c.low[i]) ? ` [${text(c.low[i], 4)}, ${text(c.high[i], 4)}]` : "");
    })]));
  }
}
const gallery = (specs, place) => {
  const grid = element("div", {class: "charts"});
  place.append(grid);
  for (const spec of specs) charts.push(new Chart(spec, grid));
};
if (page.kind === "run") {
  if (page.charts.length) gallery(page.charts, body); else body.append(element("p", {}, "Nothing has been measured yet."));
} else {
  const many = page.groups.length > 3;
  for (const group of page.groups) {
    const settings = group.settings.map(([k, v]) => `${k} = ${v}`).join(", ");
    const make = () => {
      const box = element("div");
      box.append(element("p", {class: "faint"}, "Means over the seeds, with the 95 % t interval at each step."));
      gallery(group.charts, box);
      if (group.differences.length) {
        box.append(element("h3", {}, "When did it show? Paired differences"), element("p", {class: "faint"}, "The mean difference from the reference, with a band that holds for all steps together: where it stays clear of zero to the end, the difference has shown."));
        gallery(group.differences, box);
      }
      return box;
    };
    const title = `${settings || "all runs"}: ${group.seeds.length} seeds`;
    if (many) body.append(folded(title, make)); else if (page.groups.length > 1) body.append(element("h3", {}, title), make()); else body.append(make());
  }
}
