// The values at the end of a run, or the verdicts of a sweep.
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
        if (v.error !== undefined) cell.append(element("small", {}, " ±" + text(v.error, 2)));
        if (m > 0 && v.step !== newest) cell.append(element("small", {}, ` (step ${v.step})`));
        return cell;
      })];
  });
  body.append(table(["metric", ...names.map(shown)], rows));
  body.append(element("p", {class: "faint"}, "control is the network before training."));
};
const tone = (c) => (c.verdict === "better" ? "good" : c.verdict === "worse" ? "bad" : "");
const digits = (x) => (x === null ? "-" : text(x, 3));
// As many decimals as show two digits of the interval's half width, so that differences are those of the means shown.
const inDecimals = (c) => {
  const half = c.low === null || c.high === null ? 0 : (c.high - c.low) / 2;
  if (!(half > 0)) return (x) => (x === null ? "-" : text(x, 4));
  const decimals = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(half))));
  return (x) => (x === null ? "-" : x.toFixed(decimals).replace(/^-(0\.?0*)$/, "$1"));
};
const verdictCell = (c, below = "") => {
  const equal = c.pairs > 0 && c.ties === c.pairs, words = equal ? "equal in every run" : below;
  return element("td", {class: tone(c)}, c.verdict, ...(words ? [element("br"), element("small", {}, words)] : []));
};
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
        ...page.groups.map((_, g) => (cells[g] ? verdictCell(cells[g], digits(cells[g].difference)) : "-"))];
    })));
};
// A sentence for each number of runs that is too few. The least p of n sign flips is 2^(1 - n).
const whyUntestable = (comparisons) => [...new Set(comparisons.filter((c) => c.verdict === "untestable").map((c) =>
  `untestable: with ${c.pairs} ${c.pairs === 1 ? "run" : "runs"} p cannot fall below ${text(2 ** (1 - c.pairs), 2)}` +
  (c.tested_together > 1 ? `, and ${c.tested_together} models are tested together, which multiplies it` : "") + `; ${c.runs_enough} runs are enough.`))];
const verdictOfSweep = () => {
  body.append(heading("Verdict"));
  body.append(element("p", {}, "In each run all models start from the same weights and see the same batches, so they are compared run by run. Brackets are 95 % t intervals of the paired difference; p is exact, by sign flips, and adjusted for all models of a metric and layer (Holm). \"undecided\": these runs do not show a difference, which does not mean that there is none. \"untestable\": with so few runs no data could show one. The verdict follows p. The intervals are not adjusted for several models, and they assume what p does not, so an interval may exclude zero where the verdict is undecided, or include it where it is not. \"from step\": where the difference shows to the end, if it does. For a share of right answers, test SE is the standard error over the test samples: what other test samples could change, which seeds say nothing about; for other metrics it is not known. Each metric and layer is tested on its own: where there is no difference at all, one test in twenty shows one."));
  const many = page.groups.length > 3;
  if (many && page.groups.length <= 24) verdictsAtAGlance();
  for (const group of page.groups) {
    const settings = group.settings.map(([k, v]) => `${k} = ${v}`).join(", ");
    const make = () => table(["metric", "model", "verdict", "difference", "95 %", "p", "wins", "from step", "mean", "reference"],
      group.comparisons.map((c) => {
        const cell = verdictCell(c), write = inDecimals(c);
        return [titled(c) + (c.train ? " (training)" : ""), shown(c.model), cell,
          write(c.difference) + (c.test_error === null ? "" : ` (test SE ${text(c.test_error, 2)})`), `[${write(c.low)}, ${write(c.high)}]`,
          c.p === null ? "-" : c.p < 0.0001 ? "< .0001" : c.p.toFixed(4), c.wins === null ? "-" : `${c.wins} of ${c.pairs - c.ties}`, c.since ?? "-",
          write(c.mean), `${write(c.reference_mean)} (${shown(c.reference)})`];
      }));
    body.append(element("h3", {}, (settings || "all runs") + `: seeds ${group.seeds.join(", ")}`));
    if (group.comparisons.length === 0) body.append(element("p", {}, "Nothing to compare: one model, or one run."));
    else if (!many) body.append(make());
    else body.append(folded(`${group.comparisons.length} comparisons`, make));
    for (const why of whyUntestable(group.comparisons)) body.append(element("p", {class: "faint"}, why));
  }
};
page.kind === "run" ? verdictOfRun() : verdictOfSweep();
