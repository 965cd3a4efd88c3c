// Weights and samples as pictures, and confusion matrices.
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
