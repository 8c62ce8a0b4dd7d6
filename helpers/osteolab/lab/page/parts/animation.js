// Changes of data alone are drawn by Plotly.animate, without a full redraw: three times faster than Plotly.update, which
// draws axes, titles and every trace again. But an animation
// - neither draws a line that comes nor removes one that goes,
// - empties every panel that has no trace in it,
// - and loses the fill between two traces unless both are in it.

const DATA = new Set(["x", "y", "text", "textposition", "customdata"]);
const NOT_GIVEN = "_undefined_"; // what plotly's Python sends for a trace without this property

/** Return the new value of a property of the i-th trace of a change, or undefined. */
function givenTo(change, key, i) {
  const value = change.style_data?.[key]?.[i];
  return value === NOT_GIVEN ? undefined : value;
}

/** Say whether a change of a figure with these traces can be drawn by an animation. */
export function canAnimate(change, traces) {
  if (Object.keys(change.layout_data ?? {}).length) return false;
  if (!Object.keys(change.style_data ?? {}).every((key) => DATA.has(key))) return false;
  return change.style_traces.every((place, i) => {
    const now = traces[place]?.x ?? [];
    const next = givenTo(change, "x", i) ?? now;
    return now.length > 0 && next.length > 0;
  });
}

function panelOf(trace) {
  return `${trace.xaxis || "x"}${trace.yaxis || "y"}`;
}

/** Return the places of traces that are drawn, panel by panel. */
function drawnByPanel(traces) {
  const panels = new Map();
  traces.forEach((trace, i) => {
    if (trace.x?.length) panels.set(panelOf(trace), [...(panels.get(panelOf(trace)) ?? []), i]);
  });
  return panels;
}

/** Return the places that a fill ties to one another: a trace, and the one before it that it is filled to. */
function ties(traces) {
  return [...drawnByPanel(traces).values()].flatMap((panel) =>
    panel.slice(1).flatMap((place, i) => (traces[place].fill?.startsWith("tonext") ? [[panel[i], place]] : [])),
  );
}

/** Return the places of the traces that go along unchanged. */
export function goingAlong(traces, places) {
  const all = new Set(places);
  const panels = new Set(places.map((place) => panelOf(traces[place])));
  for (const [panel, drawn] of drawnByPanel(traces)) if (!panels.has(panel)) all.add(drawn.at(-1));
  const pairs = ties(traces);
  for (let size = 0; size !== all.size; ) {
    size = all.size;
    for (const pair of pairs) if (pair.some((place) => all.has(place))) pair.forEach(all.add, all);
  }
  return [...all].filter((place) => !places.includes(place));
}

/** Return a change as Plotly.animate takes it. */
export function animationOf(change, traces) {
  const frames = change.style_traces.map((_, i) => {
    const frame = {};
    for (const key of Object.keys(change.style_data)) {
      const value = givenTo(change, key, i);
      if (value !== undefined) frame[key] = Array.isArray(value) ? [...value] : value; // no view shares an array
    }
    return frame;
  });
  const others = goingAlong(traces, change.style_traces);
  const same = others.map((place) => ({ x: traces[place].x, y: traces[place].y }));
  return { data: [...frames, ...same], traces: [...change.style_traces, ...others] };
}
