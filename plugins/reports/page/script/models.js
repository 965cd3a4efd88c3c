// A colour, a dash and a marker for each model.
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
