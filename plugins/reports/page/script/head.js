// Name, question, and how far the run or sweep is.
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
  ? `${page.ended + page.failed} of ${page.jobs} jobs have ended${page.failed ? `, ${page.failed} of them without results` : ""}.` + (page.ended + page.failed < page.jobs ? " The verdicts are as if these were all; who looks again later should use pipeline compare --looks." : "")
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
