// The page's side of a figure: one import of plotly's code for the whole page, and a state of its own for each view.
//
// anywidget gives a widget two seconds to start, and plotly's code is 5 MB: the start is immediate here, and each view
// waits for the code by itself. Changes that arrive meanwhile are not lost: a view that is ready asks the kernel for
// the whole present state, and every view draws what comes back.
//
// Each view has its own instance of plotly's widget code and listens for itself. With one instance for all of them,
// plotly stopped listening for every view when one of them went.

import { animationOf, canAnimate } from "./parts/animation.js";
import { reportState } from "./parts/report.js";
import { covered, figureState } from "./parts/traces.js";

const SHARED = "__osteolab_plotly_widget";
const AT_ONCE = { transition: { duration: 0 }, frame: { duration: 0, redraw: false }, mode: "immediate" };

function plotlyWidget(model) {
  if (!globalThis[SHARED]) {
    const url = URL.createObjectURL(new Blob([model.get("_bundle")], { type: "text/javascript" }));
    const loading = import(url).then((module) => module.default).finally(() => URL.revokeObjectURL(url));
    loading.catch(() => {
      delete globalThis[SHARED];
    });
    globalThis[SHARED] = loading;
  }
  return globalThis[SHARED];
}

// ---- one view ----

/**
 * Return the model as plotly's code sees it in one view, and what ends its listening.
 *
 * Its reports of computed properties go nowhere, because nothing in the kernel reads them; it hears nothing before
 * `state.ready`; and changes of data alone take the fast way.
 */
function viewOf(model, el, state) {
  const listening = [];
  const heard = (event, act) => () => {
    if (!state.ready) return;
    const message = event === "change:_py2js_update" ? model.get("_py2js_update") : null;
    if (message && el.data && canAnimate(message, el.data)) {
      window.Plotly.animate(el, animationOf(message, el.data), AT_ONCE).catch(() => {});
    } else {
      act();
    }
  };
  const view = {
    get: (name) => model.get(name),
    set: () => {},
    save_changes: () => {},
    on(event, act) {
      // plotly's model only keeps a copy of the data up to date, which no view here starts from
      if (!state.listens) return;
      listening.push([event, heard(event, act)]);
      model.on(...listening.at(-1));
    },
  };
  const stop = () => {
    for (const one of listening) model.off(...one);
  };
  return { view, stop };
}

/** Return a promise of the first drawing of a view. */
function firstDrawing(el) {
  const name = "plotlywidget-after-render";
  return new Promise((resolve) => {
    const drawn = (event) => {
      if (event.detail.element !== el) return;
      document.removeEventListener(name, drawn);
      resolve();
    };
    document.addEventListener(name, drawn);
  });
}

/** Draw the whole state whenever the kernel sends it. */
function followState(model, el) {
  let waiting = false;
  const draw = () => {
    waiting = false;
    if (!el._fullLayout) return; // the view is gone
    const [data, layout] = ["_widget_data", "_widget_layout"].map((name) => structuredClone(model.get(name)));
    window.Plotly.react(el, data, layout, model.get("_config")).catch(() => {});
  };
  const soon = () => {
    if (!waiting) queueMicrotask(draw);
    waiting = true;
  };
  const events = "change:_widget_data change:_widget_layout";
  model.on(events, soon);
  return () => model.off(events, soon);
}

// After a change of layout plotly keeps the width it had; the picture must go on following its box. Its height is the
// kernel's: plotly's own way, to measure both, reads a height from the page that may be nothing or that of before.
function followWidth(plot) {
  let timer = 0;
  const fit = () => {
    if (!plot._fullLayout || !plot.clientWidth) return;
    if (Math.abs(plot._fullLayout.width - plot.clientWidth) < 1.5) return;
    window.Plotly.relayout(plot, { width: plot.clientWidth }).catch(() => {});
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(fit, 60);
  };
  const observer = new ResizeObserver(soon);
  observer.observe(plot);
  window.addEventListener("resize", soon);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    window.removeEventListener("resize", soon);
  };
}

/** Tell what stands around a figure that it was drawn: where its axes lie may have changed. */
function tellDrawn(plot) {
  const tell = () => plot.dispatchEvent(new CustomEvent("ol-drawn", { bubbles: true }));
  plot.on("plotly_afterplot", tell);
  tell();
}

async function render({ model, el }) {
  const make = await plotlyWidget(model);
  const state = { listens: false, ready: false };
  const { view, stop } = viewOf(model, el, state);
  const figure = make();
  await figure.initialize({ model: view });
  state.listens = true;
  const drawn = firstDrawing(el);
  const end = figure.render({ model: view, el });
  await drawn;
  state.ready = true;
  const stops = [stop, followState(model, el), followWidth(el), end];
  reportState(el, () => figureState(el));
  el.olCovered = (age) => covered(el, age);
  tellDrawn(el);
  model.send({ do: "state" });
  return () => {
    state.ready = false;
    for (const one of stops) one();
  };
}

export default { render };
