// The lattice lab in the page. It holds the voxels of two plans at every age, makes surfaces of them, plays, and
// shows bars and sentence. It decides nothing about bone: voxels, numbers and words come from Python.

import { findRoot } from "./parts/find.js";
import { barsHtml, busyWords, LATTICE_PARTS, legendHtml } from "./parts/lattice_words.js";
import { boneMesh, lostMesh, sectionPixels, unpack } from "./parts/mesh.js";
import { reportState } from "./parts/report.js";
import { saveFile, wrapTexts } from "./parts/save.js";

const BEAT = 280; // ms between two pictures of Play, and not before the last one is drawn
const PATIENCE = 400; // ms of computing before anything is said about it
const STEP_YEARS = 5; // of Play where nothing may move by itself
const SCENES = ["scene", "scene2"];
const MESH = ["x", "y", "z", "i", "j", "k", "intensity", "visible"];

function inksOf(root) {
  const style = getComputedStyle(root);
  const read = (name) => style.getPropertyValue(`--ol-${name}`).trim();
  const names = { lost: "resorption", pale: "lost-pale" };
  const roles = ["plate", "rod", "lost", "pale", "surface", "thin", "ink"];
  return Object.fromEntries(roles.map((role) => [role, read(names[role] ?? role)]));
}

function rgb(colour) {
  const hex = colour.replace("#", "");
  return [0, 2, 4].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
}

function textOfPart(node) {
  // biome-ignore lint/performance/useDomNodeTextContent: what is hidden is not read
  return (node?.innerText ?? "").replace(/[\u00a0\u202f]/g, " ").trim();
}

class Pair {
  constructor(model, el, root) {
    Object.assign(this, { model, el, root, frames: [[], []], meshes: [new Map(), new Map()] });
    Object.assign(this, {
      playing: false,
      drawn: "",
      share: 2,
      began: 0,
      busyTimer: 0,
      idle: 0,
      ready: 0,
      ticket: 0,
      known: null,
    });
    el.innerHTML = LATTICE_PARTS;
    const one = (css) => el.querySelector(css);
    this.run = one(".ol-run");
    this.range = one(".ol-age");
    this.at = one(".ol-at");
    this.heads = [...el.querySelectorAll(".ol-heads b")];
    this.depth = one(".ol-depth input");
    this.canvases = [...el.querySelectorAll("canvas")];
    this.bars = [...el.querySelectorAll(".ol-bars > div")];
    this.legend = one(".ol-legend");
    this.say = one(".ol-say");
    this.busy = one(".ol-busy");
    this.unit = one(".ol-unit-of");
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.run.addEventListener("click", () => this.toggle());
    this.range.addEventListener("input", () => {
      this.stop();
      this.go(this.ages[Number(this.range.value)]);
    });
    this.depth.addEventListener("input", () => this.draw(true));
    this.label();
  }

  get told() {
    return this.model.get("frames");
  }

  get ages() {
    return this.told.ages || [];
  }

  get index() {
    const age = this.model.get("age");
    return this.ages.reduce((best, a, i) => (Math.abs(a - age) < Math.abs(this.ages[best] - age) ? i : best), 0);
  }

  get plot() {
    return this.root.querySelector(".ol-figure .js-plotly-plot");
  }

  async load() {
    this.ticket += 1;
    const { ticket } = this;
    const { size } = this.told;
    const frames = await Promise.all(["pack_a", "pack_b"].map((name) => unpack(this.model.get(name), size)));
    if (ticket !== this.ticket) return;
    this.frames = frames;
    this.meshes = [new Map(), new Map()];
    this.drawn = "";
    this.show();
    this.prepare();
  }

  // Meshes of the other ages are made while the page has nothing else to do.
  prepare() {
    clearTimeout(this.idle);
    const missing = () => {
      for (let i = 0; i < this.ages.length; i++) {
        for (const plan of [0, 1]) if (this.frames[plan][i] && !this.meshes[plan].has(i)) return [plan, i];
      }
      return null;
    };
    const later = () => {
      const next = missing();
      if (!next) return;
      this.mesh(...next);
      this.idle = setTimeout(later, 30);
    };
    this.idle = setTimeout(later, 600);
  }

  mesh(plan, index) {
    const kept = this.meshes[plan];
    if (!kept.has(index)) {
      const { size } = this.told;
      const frames = this.frames[plan];
      kept.set(index, { bone: boneMesh(frames[index], size), lost: lostMesh(frames, index, this.ages, size) });
    }
    return kept.get(index);
  }

  // words and bars follow at once, the picture as soon as plotly is there
  show() {
    const { told, index } = this;
    const view = this.model.get("view");
    if (!this.ages.length) return undefined;
    Object.assign(this.range, { min: 0, max: this.ages.length - 1, value: index });
    this.range.setAttribute("aria-label", "Age, years");
    this.range.setAttribute("aria-valuetext", `${this.ages[index]} years`);
    this.at.textContent = this.ages[index];
    this.heads.forEach((head, i) => {
      head.textContent = told.titles[i];
    });
    this.unit.textContent = told.unit;
    this.bars.forEach((box, plan) => {
      box.dataset.whose = told.titles[plan];
      const bars = barsHtml(told.bars[plan][index], told.cut[plan][index]);
      if (box.innerHTML !== bars) box.innerHTML = bars;
    });
    this.legend.innerHTML = legendHtml(view);
    const words = told.sentences[index] || "";
    if (this.say.dataset.words !== words) {
      this.say.dataset.words = words;
      this.say.innerHTML = words;
    }
    this.root.classList.toggle("ol-section-view", view === "section");
    this.canvases.forEach((canvas, i) => {
      canvas.setAttribute("aria-label", `Cross-section of ${told.titles[i]}; the text below says the same`);
    });
    return this.draw();
  }

  async draw(force = false) {
    const { index, plot } = this;
    const view = this.model.get("view");
    if (!this.frames[0][index] || !this.frames[1][index]) return;
    const ink = inksOf(this.root);
    const name = [index, view, this.depth.value, ink.plate, ink.lost].join();
    if (view === "section") {
      if (force || name !== this.drawn) this.drawSections(index, ink);
      this.drawn = name;
      return;
    }
    if (!window.Plotly || !plot?._fullLayout?.scene) return;
    const fresh = plot !== this.known;
    if (!fresh && !force && name === this.drawn && plot.data[0].x?.length) return;
    if (fresh) {
      this.known = plot;
      this.watchCamera(plot);
    }
    this.drawn = name;
    await this.drawSurfaces(plot, index, ink);
  }

  async drawSurfaces(plot, index, ink) {
    const began = performance.now();
    const traces = [0, 1].flatMap((plan) => [this.mesh(plan, index).bone, this.mesh(plan, index).lost]);
    const change = Object.fromEntries(MESH.map((key) => [key, traces.map((trace) => trace[key])]));
    const scale = (low, high) => [
      [0, low],
      [1, high],
    ];
    const [bone, lost] = [scale(ink.plate, ink.rod), scale(ink.pale, ink.lost)];
    change.colorscale = [bone, lost, bone, lost];
    await window.Plotly.restyle(plot, change, [0, 1, 2, 3]).catch(() => {});
    this.took = performance.now() - began;
    this.triangles = traces.map((trace) => trace.i.length);
    this.shown = this.ages[index];
  }

  drawSections(index, ink) {
    const n = this.told.size;
    const scale = Math.min(2, window.devicePixelRatio || 1);
    const roles = { bone: ink.plate, lost: ink.lost, thin: ink.thin, ground: ink.surface };
    const inks = Object.fromEntries(Object.entries(roles).map(([role, colour]) => [role, rgb(colour)]));
    this.canvases.forEach((canvas, plan) => {
      const room = Math.min(canvas.parentNode.clientHeight, canvas.parentNode.clientWidth / 2 - 8);
      const side = Math.max(120, Math.round(room * scale));
      if (canvas.width !== side || canvas.height !== side) {
        Object.assign(canvas, { width: side, height: side });
        Object.assign(canvas.style, { width: `${side / scale}px`, height: `${side / scale}px` });
      }
      const pixels = sectionPixels(this.frames[plan], index, n, Number(this.depth.value) / 100, side, inks);
      canvas.getContext("2d").putImageData(new ImageData(pixels, side, side), 0, 0);
    });
    this.shown = this.ages[index];
  }

  // plotly follows the width of its box by itself, not the height
  fit() {
    const { plot } = this;
    if (!window.Plotly || !plot?._fullLayout || !plot.clientHeight) return;
    if (Math.abs(plot._fullLayout.height - plot.clientHeight) < 1.5) return;
    delete plot.layout.width;
    delete plot.layout.height;
    window.Plotly.relayout(plot, { autosize: true }).catch(() => {});
  }

  // Both pieces are turned together: while the hand moves, and for good when it lets go.
  watchCamera(plot) {
    const isCamera = (key, scene) => key === `${scene}.camera` || key.startsWith(`${scene}.camera.`);
    const moved = (update) => SCENES.find((scene) => Object.keys(update ?? {}).some((key) => isCamera(key, scene)));
    const other = (scene) => SCENES.find((one) => one !== scene);
    const cameraOf = (scene) => plot._fullLayout[scene]._scene.getCamera();
    const live = (update) => {
      const from = moved(update);
      if (!from || this.following) return;
      const { aspectratio, _scene } = plot._fullLayout[other(from)];
      try {
        _scene.setViewport({ camera: cameraOf(from), aspectratio });
      } catch {
        // then it follows when the hand lets go
      }
    };
    const done = (update) => {
      const from = moved(update);
      if (!from || this.following) return;
      this.following = true;
      const free = () => {
        this.following = false;
      };
      window.Plotly.relayout(plot, { [`${other(from)}.camera`]: cameraOf(from) }).then(free, free);
    };
    plot.on("plotly_relayouting", live);
    plot.on("plotly_relayout", done);
  }

  turnBack(camera) {
    if (!this.known) return;
    window.Plotly.relayout(this.known, { "scene.camera": camera, "scene2.camera": camera }).catch(() => {});
  }

  // time
  go(age) {
    if (age === undefined || age === this.model.get("age")) return undefined;
    this.model.set("age", age);
    this.model.save_changes();
    return this.show();
  }

  label() {
    const words = this.still.matches ? "Step" : this.playing ? "Pause" : "Play";
    this.run.innerHTML = `<span aria-hidden="true">${this.playing ? "❚❚" : "▶"}</span> ${words}`;
  }

  toggle() {
    if (this.still.matches) {
      this.step();
      return;
    }
    if (this.playing) {
      this.stop();
      return;
    }
    this.playing = true;
    this.label();
    if (this.index === this.ages.length - 1) this.go(this.ages[0]);
    this.timer = setTimeout(() => this.beat(), BEAT);
  }

  step() {
    const last = this.ages.length - 1;
    const next = this.ages.findIndex((age) => age >= this.ages[this.index] + STEP_YEARS);
    this.go(this.ages[this.index === last ? 0 : next < 0 ? last : next]);
  }

  async beat() {
    if (!this.playing) return;
    const next = this.index + 1;
    if (next >= this.ages.length) {
      this.stop();
      return;
    }
    const began = performance.now();
    await this.go(this.ages[next]);
    if (this.playing) this.timer = setTimeout(() => this.beat(), Math.max(0, BEAT - (performance.now() - began)));
  }

  stop() {
    clearTimeout(this.timer);
    if (!this.playing) return;
    this.playing = false;
    this.label();
  }

  end() {
    this.stop();
    for (const timer of [this.idle, this.ready, this.busyTimer]) clearTimeout(timer);
  }

  working() {
    const share = this.model.get("progress");
    if (share < 0) {
      this.share = 2;
      clearTimeout(this.busyTimer);
      this.busyTimer = 0;
      this.root.classList.remove("ol-computing");
      return;
    }
    if (share < this.share) this.began = performance.now(); // the next plan
    this.share = share;
    this.busy.firstElementChild.textContent = busyWords(share, (performance.now() - this.began) / 1000);
    this.busy.lastElementChild.value = share;
    this.busyTimer ||= setTimeout(() => this.root.classList.add("ol-computing"), PATIENCE);
  }

  /** Hand both pieces to the reader as one picture. */
  async save({ name, caption }) {
    if (this.root.olInUse === false) return; // another view of this lab was pressed
    const [width, high] = [960, 440];
    const { fontFamily } = getComputedStyle(this.root.querySelector(".ol-lab"));
    const ink = inksOf(this.root);
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    canvas.width = 2 * width;
    pen.font = `15px ${fontFamily}`;
    const lines = wrapTexts(pen, caption, width - 40);
    canvas.height = 2 * (60 + high + 24 * lines.length + 24);
    pen.scale(2, 2);
    pen.fillStyle = ink.surface;
    pen.fillRect(0, 0, width, canvas.height / 2);
    pen.fillStyle = ink.ink;
    pen.font = `600 16px ${fontFamily}`;
    this.told.titles.forEach((text, i) => {
      pen.fillText(`${text}, age ${this.ages[this.index]}`, 20 + (i * width) / 2, 34);
    });
    await this.paintPieces(pen, width / 2, high);
    pen.font = `15px ${fontFamily}`;
    lines.forEach((line, i) => {
      pen.fillText(line, 20, 60 + high + 24 * (i + 1));
    });
    saveFile(name, canvas.toDataURL("image/png"));
  }

  async paintPieces(pen, wide, high) {
    if (this.model.get("view") === "section") {
      this.canvases.forEach((canvas, i) => {
        pen.drawImage(canvas, 20 + i * wide, 50, high - 10, high - 10);
      });
      return;
    }
    // Each scene by itself: plotly's picture of the whole figure draws the second into the depths of the first.
    for (const [i, scene] of SCENES.entries()) {
      const picture = new Image();
      picture.src = this.plot._fullLayout[scene]._scene.toImage("png");
      await picture.decode();
      const share = Math.min(wide / picture.width, high / picture.height);
      const [w, h] = [picture.width * share, picture.height * share];
      pen.drawImage(picture, i * wide + (wide - w) / 2, 46 + (high - h) / 2, w, h);
    }
  }

  /** Return what can be seen: age, pictures, bars, sentence, and from where the bones are seen. */
  state() {
    const seen = (css) => [...this.el.querySelectorAll(css)].filter((node) => node.offsetParent);
    const eye = (scene) => {
      const found = this.plot?._fullLayout?.[scene]?._scene?.getCamera().eye;
      return found ? [found.x, found.y, found.z].map((value) => Math.round(1000 * value) / 1000) : null;
    };
    return {
      age: Number(this.at.textContent),
      drawn: this.shown ?? null,
      titles: seen(".ol-heads b").map(textOfPart),
      bars: seen(".ol-bars > div").map((one) => textOfPart(one).split("\n").join(" ")),
      sentence: textOfPart(this.say),
      triangles: this.triangles ?? [],
      sections: seen(".ol-sections canvas").map((canvas) => canvas.toDataURL().length),
      eyes: SCENES.map(eye),
    };
  }
}

function attach(model, el, root) {
  const pair = new Pair(model, el, root);
  const said = (message) => (message.do === "picture" ? pair.save(message) : pair.turnBack(message.camera));
  const listening = [
    ["change:frames", () => pair.show()],
    ["change:pack_a change:pack_b", () => pair.load()],
    ["change:age change:view", () => pair.show()],
    ["change:progress", () => pair.working()],
    ["msg:custom", said],
  ];
  for (const one of listening) model.on(...one);
  const relabel = () => pair.label();
  pair.still.addEventListener("change", relabel);
  // The figure comes late, may be drawn anew, and changes its colours with the theme.
  const drawSoon = () => {
    clearTimeout(pair.ready);
    pair.ready = setTimeout(() => {
      pair.fit();
      pair.draw();
    }, 60);
  };
  const seen = new MutationObserver(drawSoon);
  const figure = root.querySelector(".ol-figure");
  seen.observe(root, { attributes: true, attributeFilter: ["class"] });
  seen.observe(figure, { childList: true, subtree: true });
  figure.addEventListener("ol-drawn", drawSoon);
  const sized = new ResizeObserver(() => {
    if (model.get("view") === "section") pair.draw(true);
    else setTimeout(() => pair.fit(), 120);
  });
  sized.observe(el.querySelector(".ol-sections"));
  sized.observe(figure);
  reportState(el, () => pair.state());
  pair.load();
  return () => {
    pair.end();
    pair.still.removeEventListener("change", relabel);
    figure.removeEventListener("ol-drawn", drawSoon);
    seen.disconnect();
    sized.disconnect();
    for (const one of listening) model.off(...one);
  };
}

function render({ model, el }) {
  return findRoot(el, ".ol-host", (root) => attach(model, el, root), ".ol-figure");
}

export default { render };
