// A line to draw before the future is shown: rings over the panel of the figure, and a box for each beside the
// question. A ring is dragged, moved by its keys, or set by typing.

import { element, svgElement } from "./parts/element.js";
import { findRoot } from "./parts/find.js";
import { keepKeys } from "./parts/keys.js";
import {
  labelPoint,
  linePath,
  ringAfter,
  ringPoints,
  ringText,
  ringValue,
  valueUnder,
  withRing,
} from "./parts/rings.js";

const SIZES = { touch: 18, focus: 14, ring: 7 }; // radii, px

// ---- the boxes beside the question ----

function buildBoxes(spec, changed) {
  const inputs = spec.ages.map((age, place) => {
    const input = element("input", {
      type: "number",
      min: spec.low,
      max: spec.high,
      step: spec.step,
      "aria-label": `${spec.name} at ${age}, ${spec.unit}`,
    });
    keepKeys(input);
    input.addEventListener("change", () => changed(place, input));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") changed(place, input);
    });
    return input;
  });
  const rows = inputs.map((input, i) =>
    element("label", {}, `at ${spec.ages[i]}`, element("span", { class: "ol-number" }, input)),
  );
  return { inputs, box: element("div", { class: "ol-ring-boxes" }, ...rows, element("span", {}, spec.unit)) };
}

// ---- the rings over the figure ----

function buildRings(spec) {
  const rings = spec.ages.map((age) => {
    const ring = svgElement(
      "g",
      {
        class: "ol-ring",
        role: "slider",
        tabindex: "0",
        "aria-label": `${spec.name} at ${age}`,
        "aria-orientation": "vertical",
        "aria-valuemin": spec.low,
        "aria-valuemax": spec.high,
      },
      ...Object.keys(SIZES).map((part) => svgElement("circle", { class: `ol-ring-${part}` })),
    );
    keepKeys(ring);
    return ring;
  });
  const line = svgElement("path", { class: "ol-ring-line" });
  const words = svgElement("text", { "text-anchor": "middle", "aria-hidden": "true" }, "your line");
  return { rings, line, words, svg: svgElement("svg", { class: "ol-rings" }, line, words, ...rings) };
}

/** Show rings over a figure while its lab is veiled; returned is `show` and what ends it. */
function overlay(root, spec, values, moved) {
  const figure = root.querySelector(".ol-figure");
  const { rings, line, words, svg } = buildRings(spec);
  const axes = () => {
    const layout = figure.querySelector(".js-plotly-plot")?._fullLayout;
    return layout && spec.axes.map((name) => layout[name]).filter((axis) => axis?.c2p);
  };
  const show = () => {
    const found = root.classList.contains("ol-veiled") ? axes() : null;
    if (found?.length !== 2) {
      svg.remove();
      return;
    }
    if (svg.parentElement !== figure) figure.append(svg);
    place(ringPoints(spec, values(), ...found), found[1]._offset);
  };
  const place = (points, top) => {
    const k = Number.parseFloat(getComputedStyle(figure).getPropertyValue("--k")) || 1;
    line.setAttribute("d", linePath(points));
    const { x, y } = labelPoint(points, words.getComputedTextLength() / 2, 14 * k, top);
    words.setAttribute("x", x);
    words.setAttribute("y", y);
    rings.forEach((ring, i) => {
      ring.setAttribute("transform", `translate(${points[i + 1].x} ${points[i + 1].y})`);
      ring.setAttribute("aria-valuenow", values()[i]);
      ring.setAttribute("aria-valuetext", `${ringText(values()[i], spec)} ${spec.unit}`);
      Object.values(SIZES).forEach((size, part) => {
        ring.children[part].setAttribute("r", size * k);
      });
    });
  };
  const drag = (event) => {
    const ring = event.target.closest(".ol-ring");
    if (!ring || event.button > 0) return;
    event.preventDefault();
    ring.focus();
    svg.setPointerCapture(event.pointerId);
    const move = (now) => {
      const found = axes();
      const y = now.clientY - svg.getBoundingClientRect().top;
      if (found?.length === 2) moved(rings.indexOf(ring), valueUnder(y, found[1], spec));
    };
    const drop = () => {
      svg.removeEventListener("pointermove", move);
      svg.removeEventListener("pointerup", drop);
      svg.removeEventListener("pointercancel", drop);
    };
    svg.addEventListener("pointermove", move);
    svg.addEventListener("pointerup", drop);
    svg.addEventListener("pointercancel", drop);
  };
  const key = (event) => {
    const place = rings.indexOf(event.target.closest(".ol-ring"));
    const next = place < 0 ? undefined : ringAfter(event.key, values()[place], spec);
    if (next === undefined) return;
    moved(place, next);
    event.preventDefault();
    event.stopPropagation();
  };
  svg.addEventListener("pointerdown", drag);
  svg.addEventListener("keydown", key);
  figure.addEventListener("ol-drawn", show);
  const sized = new ResizeObserver(show);
  sized.observe(figure);
  const opened = new MutationObserver(show);
  opened.observe(root, { attributes: true, attributeFilter: ["class"] });
  show();
  const stop = () => {
    figure.removeEventListener("ol-drawn", show);
    sized.disconnect();
    opened.disconnect();
    svg.remove();
  };
  return { show, stop };
}

// ---- together ----

function render({ model, el }) {
  const spec = model.get("spec");
  const values = () => model.get("values");
  let rings = null;
  const moved = (place, value) => {
    model.set("values", withRing(values(), place, value));
    model.set("touched", true);
    model.save_changes();
  };
  const typed = (place, input) => {
    const value = Number.parseFloat(input.value);
    if (Number.isFinite(value) && value !== values()[place]) moved(place, ringValue(value, spec));
    show();
  };
  const { inputs, box } = buildBoxes(spec, typed);
  const show = () => {
    inputs.forEach((input, i) => {
      input.value = ringText(values()[i], spec);
    });
    rings?.show();
  };
  keepKeys(el);
  el.replaceChildren(box);
  model.on("change:values", show);
  show();
  const stop = findRoot(
    el,
    ".ol-host",
    (root) => {
      rings = overlay(root, spec, values, moved);
      return rings.stop;
    },
    ".ol-figure",
  );
  return () => {
    stop();
    model.off("change:values", show);
  };
}

export default { render };
