// The page's side of the figure: loads plotly's own widget code once for the whole page, however slow the machine.
//
// anywidget gives a widget two seconds to start. Plotly's code is 5 MB, and on a slow computer its first import
// takes longer; the figure would then stay deaf to every change. Here the start is immediate, changes that
// arrive during the import wait in a queue, and all labs of a page share one import.
//
// Two habits of plotly's widget are left out. Its model spoils its copy of the data when a change arrives before
// the first view (a trace without a changed property gets the text "_undefined_"), so the model hears nothing:
// a view starts from the whole state that Python sends when the lab is shown. And its report of every computed
// property after each change is not sent back, because nothing in the kernel reads it.

const SHARED = "__osteolab_plotly_widget";
const MESSAGES = ["addTraces", "restyle", "relayout", "update", "animate", "deleteTraces", "moveTraces",
  "removeLayoutProps", "removeTraceProps"].map((name) => `_py2js_${name}`);

function plotlyWidget(model) {
  if (!globalThis[SHARED]) {
    const url = URL.createObjectURL(new Blob([model.get("_bundle")], { type: "text/javascript" }));
    const loading = import(url).then((module) => module.default).finally(() => URL.revokeObjectURL(url));
    loading.catch(() => { delete globalThis[SHARED]; });
    globalThis[SHARED] = loading;
  }
  return globalThis[SHARED];
}

// A change of data alone is drawn by Plotly.animate without a full redraw: three times faster than Plotly.update,
// which draws axes, titles and every trace again.
const DATA = new Set(["x", "y", "text", "textposition", "customdata"]);

function dataOnly(message) {
  const layout = message && message.layout_data;
  return message && !(layout && Object.keys(layout).length) && Object.keys(message.style_data || {}).every((key) => DATA.has(key));
}

// plotly's animation empties every panel that has no trace in the message: one trace of each goes along unchanged.
function oneOfEachOtherPanel(plot, traces) {
  const panel = (i) => `${plot.data[i].xaxis || "x"}${plot.data[i].yaxis || "y"}`;
  const there = new Set(traces.map(panel)), others = [];
  plot.data.forEach((trace, i) => {
    if (there.has(panel(i)) || !trace.x || !trace.x.length) return;
    there.add(panel(i));
    others.push(i);
  });
  return others;
}

function drawData(plot, message) {
  const others = oneOfEachOtherPanel(plot, message.style_traces);
  const frames = message.style_traces.map((_, i) => {
    const frame = {};
    for (const [key, values] of Object.entries(message.style_data)) {
      if (values[i] !== "_undefined_") frame[key] = values[i];
    }
    return frame;
  });
  for (const i of others) frames.push({ x: plot.data[i].x, y: plot.data[i].y });
  const still = { transition: { duration: 0 }, frame: { duration: 0, redraw: false }, mode: "immediate" };
  window.Plotly.animate(plot, { data: frames, traces: [...message.style_traces, ...others] }, still).catch(() => {});
}

// The model as plotly's code sees it: its reports go nowhere, while `deaf.now` it cannot listen, and changes of
// data alone take the fast way.
function quiet(model, deaf) {
  const listen = (event, heard) => {
    if (deaf.now) return;
    if (event !== "change:_py2js_update") { model.on(event, heard); return; }
    const plot = deaf.plot;
    model.on(event, () => {
      const message = model.get("_py2js_update");
      if (window.Plotly && plot && plot._fullLayout && dataOnly(message)) drawData(plot, message);
      else heard();
    });
  };
  return new Proxy(model, {
    get(target, name) {
      if (name === "save_changes") return () => {};
      if (name === "on") return listen;
      if (name === "set") {
        return (key, ...rest) => (String(key).startsWith("_js2py_") ? target : target.set(key, ...rest));
      }
      const value = target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

// After a change of layout plotly keeps the width it had; the picture must go on following its box.
function followWidth(plot) {
  let last = 0;
  const fit = () => {
    if (!window.Plotly || !plot._fullLayout || !plot.clientWidth) return;
    if (Math.abs(plot._fullLayout.width - plot.clientWidth) < 1.5) return;
    delete plot.layout.width;
    delete plot.layout.height;
    window.Plotly.relayout(plot, { autosize: true }).catch(() => {});
  };
  const soon = () => { clearTimeout(last); last = setTimeout(fit, 60); };
  const observer = new ResizeObserver(soon);
  observer.observe(plot);
  window.addEventListener("resize", soon);
  return () => { observer.disconnect(); window.removeEventListener("resize", soon); };
}

function nextFrame() {
  return new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve), 0));
}

export default () => {
  let figure = null, waiting = [], shown = null;
  const deaf = { now: true };
  const start = async (model) => {
    const make = await plotlyWidget(model);
    if (figure) return;
    const made = make();
    deaf.now = true;
    await made.initialize({ model: quiet(model, deaf) });
    deaf.now = false;
    figure = made;
  };
  const replay = (model) => {
    const late = waiting;
    waiting = [];
    for (const [name, value] of late) {
      model.set(name, null);
      model.set(name, value);
    }
  };
  return {
    initialize({ model }) {
      model.on("change:_widget_data", () => { waiting = []; });
      for (const name of MESSAGES) {
        model.on(`change:${name}`, () => {
          const value = model.get(name);
          if (!shown && value) waiting.push([name, value]);
        });
      }
    },
    async render(context) {
      const { model, el } = context;
      await start(model);
      if (shown && shown.data) { // a further view begins as the first one looks now
        model.set("_widget_data", structuredClone(shown.data));
        model.set("_widget_layout", structuredClone(shown.layout));
      }
      deaf.plot = el;
      const stop = await figure.render(context);
      await nextFrame();
      shown = el;
      replay(model);
      const letGo = followWidth(el);
      return () => { letGo(); if (typeof stop === "function") stop(); };
    },
  };
};
