// The parts of the lattice's card around the picture: bars, legend, and where they stand.

export const LATTICE_PARTS = `
<div class="ol-play">
  <button type="button" class="ol-run"><span aria-hidden="true">▶</span> Play</button>
  <label class="ol-label">Age <input type="range" class="ol-age" data-lm-suppress-shortcuts="true"></label>
  <output class="ol-at"></output>
</div>
<div class="ol-heads">
  <b></b><span class="ol-turn">drag to turn both</span>
  <label class="ol-depth">depth <input type="range" min="0" max="100" value="50" aria-label="Depth of the cross-section" data-lm-suppress-shortcuts="true"></label>
  <b></b><span class="ol-unit-of"></span>
</div>
<div class="ol-sections"><canvas role="img"></canvas><canvas role="img"></canvas></div>
<div class="ol-below">
  <div class="ol-bars"><div></div><div></div></div><div class="ol-legend"></div>
  <div class="ol-busy" role="status"><span></span><progress max="1"></progress></div><div class="ol-say"></div>
</div>`;
const BARS = [
  ["Density", "bone volume times mineral, as a CT scan of the core sees it"],
  ["Connections", "struts and plates that have not been cut"],
  ["Strength", "stiffness of this cube along the spine, not the strength of a vertebra or of a person"],
];
const CONNECTIONS = 1;
const TELLING = 0.1; // share done from which the time left can be told

/** Return what is said while a plan is computed: the share done and, once it can be told, the time left. */
export function busyWords(share, seconds) {
  const done = `Computing this plan, month by month: ${Math.round(100 * share)}\u202f%`;
  if (share < TELLING || seconds < 2) return done;
  const left = Math.ceil((seconds * (1 - share)) / share / 5) * 5;
  return `${done}, about ${left > 90 ? `${Math.round(left / 60)} minutes` : `${left} seconds`} left`;
}

/** Return the legend of a view as HTML. */
export function legendHtml(view) {
  const entries =
    view === "surface"
      ? [
          ["plate", "plate"],
          ["rod", "rod"],
          ["lost", "cut through (pale: earlier)"],
        ]
      : [
          ["plate", "bone"],
          ["thin", "thinner than at the start"],
          ["lost", "cut through (striped)"],
        ];
  return entries.map(([kind, words]) => `<span><i class="ol-k-${kind}"></i>${words}</span>`).join("");
}

/** Return the three bars of a piece of bone as HTML; `cut` are the plates holed and the rods cut. */
export function barsHtml(bars, cut) {
  return BARS.map(([name, meaning], i) => {
    const full = Math.max(0, Math.min(100, bars[i]));
    const ofStruts = i === CONNECTIONS;
    const gone = ofStruts && full < 100 ? `<i class="ol-gone" style="left:${full}%;width:${100 - full}%"></i>` : "";
    const said = ofStruts ? `; ${cut[0]} plates holed and ${cut[1]} rods cut` : "";
    const track = `<span class="ol-track"><i style="width:${full}%"></i>${gone}</span>`;
    return `<div class="ol-bar" title="${name}: ${meaning}${said}"><span>${name}</span>${track}<b>${bars[i]}\u202f%</b></div>`;
  }).join("");
}
