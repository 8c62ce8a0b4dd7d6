// What can be seen of a figure of lines, as data: for tests in a browser.

function pathOf(plot, trace, kind = "line") {
  return plot.querySelector(`g.trace${trace.uid} path.js-${kind}`);
}

function axisOf(plot, trace, letter) {
  return plot._fullLayout[`${letter}axis${trace[`${letter}axis`].slice(1)}`];
}

/** Return how far down a line is drawn at its end and how far its last value lies, px; null for a line without one. */
function endOf(plot, trace, path) {
  const value = trace.y?.at(-1);
  if (!path || !Number.isFinite(value)) return null;
  const drawn = Number(path.split(/[ML,]/).at(-1));
  return [drawn, axisOf(plot, trace, "y").c2p(value)];
}

/** Return the words that a trace shows, each with how far down it stands, px. */
function wordsOnFigure(plot, trace) {
  const top = plot.getBoundingClientRect().top;
  const shown = [...plot.querySelectorAll(`g.trace${trace.uid} .textpoint text`)];
  return shown
    .map((node) => [node.textContent.replaceAll("\u00a0", " ").trim(), node.getBoundingClientRect().top - top])
    .filter(([words]) => words)
    .map(([words, y]) => [words, Math.round(y)]);
}

/** Return every line of a figure: as data, as it is drawn, in which colour; and the ranges of the axes. */
export function figureState(plot) {
  const found = { curves: {}, paths: {}, ends: {}, colours: {}, words: {}, ranges: {} };
  const traces = (plot._fullData ?? []).filter((trace) => trace.type === "scatter");
  traces.forEach((trace) => {
    const path = pathOf(plot, trace);
    const d = path?.getAttribute("d") ?? "";
    found.curves[trace.name] = { x: Array.from(trace.x ?? []), y: Array.from(trace.y ?? []) };
    found.paths[trace.name] = d;
    found.ends[trace.name] = endOf(plot, trace, d);
    found.words[trace.name] = wordsOnFigure(plot, trace);
    found.colours[trace.name] = path ? getComputedStyle(path).stroke : "";
  });
  for (const [name, axis] of Object.entries(plot.layout ?? {})) {
    if (/^[xy]axis\d*$/.test(name)) found.ranges[name] = [...(axis.range ?? [])];
  }
  found.fills = plot.querySelectorAll("path.js-fill").length;
  const box = plot.closest(".ol-figure");
  found.widths = [plot.querySelector(".main-svg")?.clientWidth ?? 0, box?.clientWidth ?? 0];
  return found;
}

/** Say for each veil of a figure whether it covers what follows an age, at the top and at the bottom of its panel. */
export function covered(plot, age) {
  const veils = (plot._fullData ?? []).filter((trace) => trace.name?.startsWith("veil_"));
  return veils.map((veil) => {
    const path = pathOf(plot, veil, "fill");
    const [x, y] = [axisOf(plot, veil, "x"), axisOf(plot, veil, "y")];
    const hidden = (share) => path?.isPointInFill(new DOMPoint(x.c2p(age) + 5, share * y._length));
    return Boolean(path) && hidden(0.05) && hidden(0.95);
  });
}
