// A piece of the line of a plan, as the figure draws it: colour, dash and marker.

const MARKERS = {
  circle: '<circle cx="17" cy="6" r="3"/>',
  square: '<path d="M14 3h6v6h-6z"/>',
  diamond: '<path d="M17 2l4 4-4 4-4-4z"/>',
  "triangle-up": '<path d="M17 2l4 7.5h-8z"/>',
};

/** Return the sample of a line as SVG; `look` is a role of the palette, plotly's dash and plotly's marker. */
export function lineSample([role, dash, marker]) {
  const dashes = dash === "solid" ? "" : ` stroke-dasharray="${dash.replaceAll("px", "").replaceAll(",", " ")}"`;
  return (
    `<svg class="ol-sample" viewBox="0 0 34 12" aria-hidden="true" style="color: var(--ol-${role})">` +
    `<path d="M0 6h34" fill="none" stroke="currentColor" stroke-width="2.6"${dashes}/>` +
    `<g fill="currentColor">${MARKERS[marker]}</g></svg>`
  );
}
