"use strict";
(async () => {
  const page = JSON.parse(document.getElementById("content").textContent);

  // ---- small things -------------------------------------------------------------------------------------------------
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
      if (name in made && typeof value !== "string") made[name] = value; else made.setAttribute(name, value);
    made.append(...children.filter((c) => c !== null && c !== undefined));
    return made;
  };
  const text = (x, digits = 5) =>
    typeof x !== "number" ? String(x ?? "") : Number.isNaN(x) ? "NaN" : String(Number(x.toPrecision(digits)));
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

  // ---- what the reader has set, kept when the page reloads -----------------------------------------------------------
  const key = "pipeline:" + page.kind + ":" + page.folder;
  let kept = {};
  try { kept = JSON.parse(sessionStorage.getItem(key)) ?? {}; } catch { /* not every browser stores for files */ }
  const keep = (name, value) => {
    kept[name] = value;
    try { sessionStorage.setItem(key, JSON.stringify(kept)); } catch { /* likewise */ }
  };
  const hidden = new Set(kept.hidden ?? []);

  // ---- numbers: see numbers.hpp --------------------------------------------------------------------------------------
  const inflate = async (base64) => {
    const packed = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const stream = new DecompressionStream("deflate"), writer = stream.writable.getWriter();
    writer.write(packed), writer.close();
    return new Uint8Array(await new Response(stream.readable).arrayBuffer());
  };
  let bytes;
  try {
    bytes = await inflate(document.getElementById("numbers").textContent);
  } catch {
    document.body.append(element("p", {}, "This browser cannot unpack the numbers of the page (DecompressionStream); any browser of 2023 or later can. They are in metrics.csv too."));
    return;
  }
  const unpacked = ([at, count, decimals]) => {
    const out = new Float64Array(count), scale = Math.pow(10, Math.abs(decimals));
    let last = 0;
    for (let i = 0; i < count; ++i) {
      let code = 0, times = 1;
      for (; bytes[at] >= 128; ++at) code += (bytes[at] - 128) * times, times *= 128;
      code += bytes[at++] * times;
      if (code === 0) { out[i] = NaN; continue; }
      --code;
      last += code % 2 === 0 ? code / 2 : -(code + 1) / 2;
      out[i] = decimals >= 0 ? last / scale : last * scale;
    }
    return out;
  };

  // The legend of the charts is the page's own, and that of dygraphs sets style attributes, which the policy forbids.
  Dygraph.PLUGINS = Dygraph.PLUGINS.filter((plugin) => plugin !== Dygraph.Plugins.Legend);

  // ---- models: a colour, a dash and a marker each --------------------------------------------------------------------
  const colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c7a00"];
  const dashes = [[], [8, 3], [2, 3], [10, 3, 2, 3], [14, 4], [5, 2, 2, 2, 2, 2]];
  const darkInk = () => matchMedia("(prefers-color-scheme: dark)").matches;
  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const colour = (m) => (m % 7 === 0 && darkInk() ? "#4aa8e0" : colours[m % 7]);
  const dash = (m) => dashes[(Math.floor(m / 7) + m) % dashes.length];
  const marker = (context, m, x, y, size) => {
    const shape = m % 7;
    context.beginPath();
    if (shape === 0) context.arc(x, y, size, 0, 2 * Math.PI);
    else if (shape === 1) context.rect(x - size, y - size, 2 * size, 2 * size);
    else if (shape === 6) { context.moveTo(x - size, y), context.lineTo(x + size, y), context.moveTo(x, y - size), context.lineTo(x, y + size); }
    else if (shape === 5) { context.moveTo(x - size, y - size), context.lineTo(x + size, y + size), context.moveTo(x - size, y + size), context.lineTo(x + size, y - size); }
    else {
      const corners = shape === 2 ? [[0, -1.3], [1.2, 0.9], [-1.2, 0.9]] : shape === 3 ? [[0, -1.4], [1.2, 0], [0, 1.4], [-1.2, 0]] : [[0, 1.3], [1.2, -0.9], [-1.2, -0.9]];
      corners.forEach(([dx, dy], i) => context[i ? "lineTo" : "moveTo"](x + dx * size, y + dy * size));
      context.closePath();
    }
    context.lineWidth = 1.5;
    shape >= 5 ? context.stroke() : context.fill();
  };
  const sample = (m) => {
    const canvas = element("canvas", {width: 88, height: 28}), c = canvas.getContext("2d");
    const draw = () => {
      c.clearRect(0, 0, 88, 28);
      c.strokeStyle = c.fillStyle = colour(m);
      c.lineWidth = 4, c.setLineDash(dash(m).map((d) => 2 * d));
      c.beginPath(), c.moveTo(0, 14), c.lineTo(88, 14), c.stroke();
      c.setLineDash([]), marker(c, m, 44, 14, 8);
    };
    draw(), redrawn.push(draw);
    return canvas;
  };
  const redrawn = [];  // what has to be drawn again when colours change

  // ---- head ----------------------------------------------------------------------------------------------------------
  const body = document.body;
  body.append(element("h1", {}, page.name + (page.kind === "sweep" ? ": a sweep" : "")));
  const question = page.question.trim();
  if (question) {
    const first = question.split(/\n\s*\n/)[0];
    body.append(element("p", {}, element("b", {}, first)));
    if (first.length < question.length) body.append(folded("what the pipeline file says about it", () => element("pre", {}, question)));
  }
  const running = page.kind === "run" && page.state === "running";
  body.append(element("p", {class: "state", id: "state", role: "status"}, page.kind === "sweep"
    ? `${page.ended} of ${page.jobs} jobs have ended.` + (page.ended < page.jobs ? " The verdicts are as if these were all; who looks again later should use pipeline compare --looks." : "")
    : running && !page.reload ? `When this page was written the run had not ended, or it was killed: step ${page.step.toLocaleString("en")} of ${page.steps.toLocaleString("en")}.`
    : running ? `The run goes on: step ${page.step.toLocaleString("en")} of ${page.steps.toLocaleString("en")}. This page reloads by itself.`
    : `The run ${page.state}, with ${page.step.toLocaleString("en")} of ${page.steps.toLocaleString("en")} updates.`));
  for (const model of page.models) {
    const notes = [];
    if (model.failed) notes.push("FAILED: " + model.failed);
    if (model.stopped !== undefined) notes.push(`stopped at step ${model.stopped}`);
    if (model.restored !== undefined) notes.push(`went back to its weights of step ${model.restored}`);
    for (const remark of model.remarks ?? []) notes.push(remark);
    if (notes.length) body.append(element("p", {class: "state"}, element("b", {}, shown(model.name)), " " + notes.join("; ")));
  }
  for (const warning of page.warnings ?? []) body.append(element("p", {class: "state"}, warning));

  // ---- verdict -------------------------------------------------------------------------------------------------------
  const layerOf = (x) => (x.layer ? `, layer ${x.layer}` : "");
  const titled = (x) => x.title + layerOf(x);
  const under = (x) => [x.unit, x.better, x.split ? `on the ${x.split} set` : ""].filter(Boolean).join(", ");
  const verdictOfRun = () => {
    body.append(heading("Values at the end"));
    body.append(element("p", {}, "One run: no difference between models here says anything about another seed. ± is one standard error of the test set, which says how far the value would change with other test samples. For a verdict, run several seeds: pipeline run FILE --seeds 10."));
    const names = ["control", ...page.models.map((m) => m.name)];
    const newest = Math.max(...page.verdict.flatMap((r) => r.values.slice(1).map((v) => v?.step ?? 0)));
    const rows = page.verdict.map((r) => {
      const finite = r.values.map((v) => (v && v.value !== "NaN" ? Math.abs(Number(v.value)) : 0));
      const size = Math.max(...finite), whole = r.values.every((v) => !v || v.value === "NaN" || /^-?\d+$/.test(v.value)), decimals = whole || size >= 10000 ? 0 : size >= 1000 ? 1 : size >= 100 ? 2 : size >= 10 ? 3 : 4;
      const write = (x) => (!whole && x !== 0 && Math.abs(x) < 0.1 ? text(x, 4) : x.toFixed(decimals));
      return [element("td", {}, titled(r), element("br"), element("small", {}, under(r))),
        ...r.values.map((v, m) => {
          if (!v) return element("td", {}, "-");
          const cell = element("td", {}, v.value === "NaN" ? "NaN" : write(Number(v.value)));
          if (v.error !== undefined) cell.append(element("small", {}, " ±" + write(v.error)));
          if (m > 0 && v.step !== newest) cell.append(element("small", {}, ` (step ${v.step})`));
          return cell;
        })];
    });
    body.append(table(["metric", ...names.map(shown)], rows));
    body.append(element("p", {class: "faint"}, "control is the network before training."));
  };
  const tone = (c) => (c.verdict === "better" ? "good" : c.verdict === "worse" ? "bad" : "");
  const digits = (x) => (x === null ? "-" : text(x, 3));
  // With many settings their tables are folded, so this one has a column for each setting.
  const verdictsAtAGlance = () => {
    const rows = new Map();
    page.groups.forEach((group, g) => group.comparisons.forEach((c) => {
      const key = JSON.stringify([c.title, c.train, c.layer, c.model]);
      if (!rows.has(key)) rows.set(key, []);
      rows.get(key)[g] = c;
    }));
    body.append(element("h3", {}, "Every setting of " + page.groups[0].settings.map(([k]) => k).join(", ")));
    body.append(table(["metric", "model", ...page.groups.map((group) => group.settings.map(([, v]) => v).join(", "))],
      [...rows.values()].map((cells) => {
        const of = cells.find((c) => c);
        return [titled(of) + (of.train ? " (training)" : ""), `${shown(of.model)} - ${shown(of.reference)}`,
          ...page.groups.map((_, g) => (cells[g] ? element("td", {class: tone(cells[g])}, cells[g].verdict, element("br"), element("small", {}, digits(cells[g].difference))) : "-"))];
      })));
  };
  const verdictOfSweep = () => {
    body.append(heading("Verdict"));
    body.append(element("p", {}, "In each run all models start from the same weights and see the same batches, so they are compared run by run. Brackets are 95 % t intervals of the paired difference; p is exact, by sign flips, and adjusted for all models of a metric and layer (Holm). \"undecided\": these runs do not show a difference, which does not mean that there is none. \"untestable\": with so few runs no data could show one. The verdict follows p; with few runs a t interval may include zero all the same. \"from step\": where the difference shows to the end, if it does. For a share of right answers, test SE is the standard error over the test samples: what other test samples could change, which seeds say nothing about."));
    const many = page.groups.length > 3;
    if (many && page.groups.length <= 24) verdictsAtAGlance();
    for (const group of page.groups) {
      const settings = group.settings.map(([k, v]) => `${k} = ${v}`).join(", ");
      const make = () => table(["metric", "model", "verdict", "difference", "95 %", "p", "wins", "from step", "mean", "reference"],
        group.comparisons.map((c) => {
          const cell = element("td", {class: tone(c)}, c.verdict);
          return [titled(c) + (c.train ? " (training)" : ""), shown(c.model), cell,
            digits(c.difference) + (c.test_error === null ? "" : ` (test SE ${digits(c.test_error)})`), `[${digits(c.low)}, ${digits(c.high)}]`,
            c.p === null ? "-" : c.p < 0.0001 ? "< .0001" : c.p.toFixed(4), c.wins === null ? "-" : `${c.wins} of ${c.pairs - c.ties}`, c.since ?? "-",
            text(c.mean, 4), `${text(c.reference_mean, 4)} (${shown(c.reference)})`];
        }));
      body.append(element("h3", {}, (settings || "all runs") + `: seeds ${group.seeds.join(", ")}`));
      if (group.comparisons.length === 0) body.append(element("p", {}, "Nothing to compare: one model, or one run."));
      else if (!many) body.append(make());
      else body.append(folded(`${group.comparisons.length} comparisons`, make));
    }
  };
  page.kind === "run" ? verdictOfRun() : verdictOfSweep();

  // ---- controls ------------------------------------------------------------------------------------------------------
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

  // ---- charts --------------------------------------------------------------------------------------------------------
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
        element("h3", {}, titled(spec)), element("div", {class: "faint"}, [under(spec), spec.note].filter(Boolean).join("; ") + " "), this.cut, this.plot, this.readout,
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
      this.cut.textContent = "";
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
      this.cut.textContent = "early values lie outside this range: untick \"fit later values\" to see them";
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
    const many = page.groups.length > 1;
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
      if (many) body.append(folded(`${settings || "all runs"}: ${group.seeds.length} seeds`, make)); else body.append(make());
    }
  }

  // ---- scatter of w against c, and histograms: d3 --------------------------------------------------------------------
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

  // ---- pictures ------------------------------------------------------------------------------------------------------
  const picture = (pixels, weights) => {
    const [width, height, channels] = page.image, values = unpacked(pixels), canvas = element("canvas", {width, height}), c = canvas.getContext("2d"), image = c.createImageData(width, height);
    for (let i = 0; i < width * height; ++i) {
      let rgb = channels === 3 ? [values[3 * i], values[3 * i + 1], values[3 * i + 2]] : [values[i], values[i], values[i]];
      if (weights) {  // blue below zero, white at it, orange above
        const own = channels === 3 ? (values[3 * i] + values[3 * i + 1] + values[3 * i + 2]) / 3 : values[i], v = (own - 127.5) / 127.5;
        rgb = v >= 0 ? [255 - 42 * v, 255 - 161 * v, 255 - 255 * v] : [255 + 255 * v, 255 + 141 * v, 255 + 77 * v];
      }
      image.data.set([...rgb, 255], 4 * i);
    }
    c.putImageData(image, 0, 0);
    return canvas;
  };
  if (page.weights?.length) {
    body.append(heading("Weights of layer 1"), element("p", {}, `The nodes with the best and the worst ${page.weights[0].metric}; orange is above zero, blue below, white is zero; each picture is scaled to its own largest weight.`));
    body.append(element("div", {class: "pictures"}, ...page.weights.map((w) => element("figure", {}, picture(w.pixels, true), element("figcaption", {}, `${shown(w.model)}, ${w.which}: node ${w.node}, ${text(Number(w.value), 3)}`)))));
  }
  if (page.samples?.length) {
    body.append(heading("Samples"), element("div", {class: "pictures"}, ...page.samples.map((s) => element("figure", {}, picture(s.pixels), element("figcaption", {}, s.label)))));
  }
  for (const kind of page.mistakes ?? []) {
    if (!kind.total) continue;
    body.append(heading("Test samples " + kind.title), element("p", {class: "faint"}, `${kind.shown.length} of ${kind.total} shown`));
    body.append(element("div", {class: "pictures"}, ...kind.shown.map((s) => element("figure", {}, picture(s.pixels), element("figcaption", {}, element("b", {}, s.label), `, sample ${s.sample + 1}: `, s.answers.map((a, m) => (a === null ? null : `${shown(page.models[m].name)} ${a}`)).filter(Boolean).slice(0, 6).join(", "))))));
  }
  if (page.budget) body.append(element("p", {class: "faint"}, `All pictures together take at most ${page.budget.toLocaleString("en")} bytes before compression.`));
  if (page.no_pictures) body.append(element("p", {class: "faint"}, page.no_pictures));
  if (page.confusions?.models) {
    body.append(heading("Confusion matrices"), element("p", {class: "faint"}, "Rows are true classes, columns what the model answers, on the test set."));
    for (const model of page.confusions.models) body.append(folded(shown(model.name), () => table(["true class", ...page.confusions.classes], model.counts.map((row, i) => [page.confusions.classes[i], ...row.map((n, j) => element("td", {class: i === j ? "" : n ? "bad" : ""}, String(n)))]))));
  }

  // ---- what the words mean, and where the numbers are from -----------------------------------------------------------
  if (page.definitions?.length) {
    body.append(heading("Definitions"));
    for (const d of page.definitions) body.append(folded(`${d.kind} ${d.name}`, () => element("pre", {}, d.text)));
  }
  body.append(heading("Facts"));
  body.append(element("p", {}, page.kind === "run" ? "To repeat it: pipeline run resolved.ini --out NEW, in the folder of the run." : "To repeat it: pipeline sweep sweep.ini --out NEW, in the folder of the sweep."));
  body.append(folded("where these numbers are from", () => table(["fact", "value"], page.facts)));
  if (page.pipeline) body.append(folded("the pipeline file", () => element("pre", {}, page.pipeline)));
  if (page.resolved) body.append(folded("the same with every default written out", () => element("pre", {}, page.resolved)));

  // ---- colours, print, reload ----------------------------------------------------------------------------------------
  const recolour = () => { for (const chart of charts) chart.rebuild(); for (const draw of redrawn) draw(); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  // Browsers print a canvas as it was drawn for the screen, and leave one empty that is drawn while they print. So every
  // chart is drawn some time after the page is there, seen or not, and keeps its width on paper.
  const drawRest = () => {
    const next = charts.find((chart) => !chart.graph);
    if (next) next.build(), setTimeout(drawRest, 20);
  };
  setTimeout(drawRest, 1000);
  if (kept.scroll) scrollTo(0, kept.scroll);
  addEventListener("scrollend", () => keep("scroll", scrollY));
  addEventListener("pagehide", () => keep("scroll", scrollY));
  if (running && page.reload) setTimeout(() => { keep("scroll", scrollY), location.reload(); }, page.reload * 1000);
  document.documentElement.dataset.ready = "yes";
})();
