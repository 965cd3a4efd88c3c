// What the words mean, and where the numbers are from.
if (page.definitions?.length) {
  body.append(heading("Definitions"));
  for (const d of page.definitions) body.append(folded(`${d.kind} ${d.name}`, () => element("div", {},
    d.settings ? element("pre", {}, "In this run:\n" + d.settings) : null, element("pre", {}, d.text))));
}
body.append(heading("Facts"));
body.append(element("p", {}, page.kind === "run" ? "To repeat it: pipeline run resolved.ini --out NEW, in the folder of the run." : "To repeat it: pipeline sweep sweep.ini --out NEW, in the folder of the sweep."));
body.append(folded("where these numbers are from", () => table(["fact", "value"], page.facts)));
if (page.pipeline) body.append(folded("the pipeline file", () => element("pre", {}, page.pipeline)));
if (page.resolved) body.append(folded("the same with every default written out", () => element("pre", {}, page.resolved)));
