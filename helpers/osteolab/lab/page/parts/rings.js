// The line that a reader draws: rings at fixed ages, moved up and down. Numbers only; drawn_line.js shows them.

const STEPS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5 };

/** Return a value as a ring can have it: inside the panel, and as many decimals as are read. */
export function ringValue(value, { low, high, decimals }) {
  const inside = Math.min(high, Math.max(low, value));
  return Number(inside.toFixed(decimals));
}

/** Return the value of a ring after a key, or undefined if the key does not move it. */
export function ringAfter(key, value, spec) {
  if (key === "Home") return ringValue(spec.low, spec);
  if (key === "End") return ringValue(spec.high, spec);
  return key in STEPS ? ringValue(value + STEPS[key] * spec.step, spec) : undefined;
}

/** Return values with one ring moved. */
export function withRing(values, place, value) {
  return values.map((one, i) => (i === place ? value : one));
}

/** Return where the line begins and where the rings are, px in the figure; `across` and `down` are axes of plotly. */
export function ringPoints({ ages, start }, values, across, down) {
  const rings = ages.map((age, i) => [age, values[i]]);
  return [start, ...rings].map(([age, value]) => ({
    x: across._offset + across.c2p(age),
    y: down._offset + down.c2p(value),
  }));
}

/** Return the value at a height in the figure, px. */
export function valueUnder(y, down, spec) {
  return ringValue(down.p2c(y - down._offset), spec);
}

/** Return points as the path of a line. */
export function linePath(points) {
  const round = (value) => Math.round(10 * value) / 10;
  return `M${points.map(({ x, y }) => `${round(x)} ${round(y)}`).join("L")}`;
}

/**
 * Return where the words "your line" stand, px: over the middle of the last stretch of the line, above whatever of it
 * they would touch, or below that where there is no room above.
 *
 * `half` is half their width and `gap` what stays free between them and a ring's centre; they stand on the point.
 */
export function labelPoint(points, half, gap, top) {
  const [before, last] = points.slice(-2);
  const x = (before.x + last.x) / 2;
  const near = points.filter((point) => Math.abs(point.x - x) < half + gap).map(({ y }) => y);
  const heights = [...near, (before.y + last.y) / 2];
  const above = Math.min(...heights) - gap;
  return { x, y: above - gap < top ? Math.max(...heights) + 2 * gap : above };
}

/** Return a value as it is read: "0.965". */
export function ringText(value, { decimals }) {
  return value.toFixed(decimals);
}
