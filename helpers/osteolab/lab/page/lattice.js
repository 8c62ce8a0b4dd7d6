// The lattice lab in the page. It holds the voxels of two plans at every age, makes surfaces of them, plays, and
// shows bars and sentence. It decides nothing about bone: voxels, numbers and words come from Python.

const BEAT = 280; // ms between two pictures of Play, and not before the last one is drawn
const PATIENCE = 400; // ms of computing before anything is said about it
const LEVEL = 0.46; // surface of the smoothed voxels
const GRID = 27; // cells along an edge of the drawn surface: enough for a strut, few enough to turn smoothly
const REACH = 3; // cells around a point in which plate and rod are told apart
const RECENT = 4; // years for which what was cut counts as new

// ---- voxels -----------------------------------------------------------------------------------------------
async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// A pack is a series of frames, each XOR the one before; a frame is three bit planes.
async function unpack(view, size) {
  if (!view || !view.byteLength) return [];
  const bytes = await inflate(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  const plane = Math.ceil(size ** 3 / 8), frame = 3 * plane, frames = [];
  for (let at = 0; at + frame <= bytes.length; at += frame) {
    const now = bytes.subarray(at, at + frame);
    if (at) { const last = bytes.subarray(at - frame, at); for (let i = 0; i < frame; i++) now[i] ^= last[i]; }
    frames.push([0, 1, 2].map((i) => now.subarray(i * plane, (i + 1) * plane)));
  }
  return frames;
}

function spread(bits, n, out = new Uint8Array(n ** 3)) {
  for (let i = 0; i < out.length; i++) if ((bits[i >> 3] >> (7 - (i & 7))) & 1) out[i] = 1;
  return out;
}

// Weighted means of four voxels on each axis, every second one: a smoothed volume with half the edge.
function halve(voxels, n) {
  const m = n >> 1, at = (k) => Math.min(n - 1, Math.max(0, k));
  const z = new Float32Array(n * n * m), y = new Float32Array(n * m * m), x = new Float32Array(m ** 3);
  const lines = [];
  for (let k = 0; k < m; k++) lines.push([at(2 * k - 1), 2 * k, 2 * k + 1, at(2 * k + 2)]);
  for (let r = 0; r < n * n; r++) for (let k = 0; k < m; k++) {
    const [a, b, c, d] = lines[k], o = r * n;
    z[r * m + k] = (voxels[o + a] + 3 * voxels[o + b] + 3 * voxels[o + c] + voxels[o + d]) / 8;
  }
  for (let i = 0; i < n; i++) for (let k = 0; k < m; k++) {
    const [a, b, c, d] = lines[k].map((j) => (i * n + j) * m), o = (i * m + k) * m;
    for (let j = 0; j < m; j++) y[o + j] = (z[a + j] + 3 * z[b + j] + 3 * z[c + j] + z[d + j]) / 8;
  }
  const layer = m * m;
  for (let k = 0; k < m; k++) {
    const [a, b, c, d] = lines[k].map((i) => i * layer), o = k * layer;
    for (let j = 0; j < layer; j++) x[o + j] = (y[a + j] + 3 * y[b + j] + 3 * y[c + j] + y[d + j]) / 8;
  }
  return x;
}

// The smoothed volume on a grid of GRID cells: fewer triangles, the same shapes.
function drawnField(voxels, n) {
  const half = halve(voxels, n), m = n >> 1, k = Math.min(m, GRID), out = new Float32Array(k ** 3);
  const places = Array.from({ length: k }, (_, i) => {
    const at = Math.max(0, Math.min(m - 1.001, ((i + 0.5) * m) / k - 0.5));
    return [Math.floor(at), at - Math.floor(at)];
  });
  for (let x = 0, o = 0; x < k; x++) for (let y = 0; y < k; y++) for (let z = 0; z < k; z++, o++) {
    const [i, a] = places[x], [j, b] = places[y], [l, c] = places[z];
    let sum = 0;
    for (let q = 0; q < 8; q++) {
      const weight = (q & 1 ? a : 1 - a) * (q & 2 ? b : 1 - b) * (q & 4 ? c : 1 - c);
      if (weight) sum += weight * half[((i + (q & 1)) * m + j + ((q >> 1) & 1)) * m + l + (q >> 2)];
    }
    out[o] = sum;
  }
  return { field: out, m: k };
}

// ---- surfaces (naive surface nets: one point in each cell that the surface crosses) --------------------------
function surface(field, m, level) {
  const M = m + 2, MM = M * M, padded = new Float32Array(M ** 3);
  for (let x = 0; x < m; x++) for (let y = 0; y < m; y++) {
    padded.set(field.subarray((x * m + y) * m, (x * m + y + 1) * m), (x + 1) * MM + (y + 1) * M + 1);
  }
  const step = [MM, M, 1], corner = [0, 1, 2, 3, 4, 5, 6, 7].map((c) => (c & 1) * MM + ((c >> 1) & 1) * M + (c >> 2));
  const ids = new Int32Array(M ** 3).fill(-1), points = [], faces = [], v = new Float32Array(8);
  for (let x = 0; x < M - 1; x++) for (let y = 0; y < M - 1; y++) for (let z = 0, o = x * MM + y * M; z < M - 1; z++, o++) {
    let inside = 0;
    for (let c = 0; c < 8; c++) { v[c] = padded[o + corner[c]] - level; if (v[c] > 0) inside |= 1 << c; }
    if (inside === 0 || inside === 255) continue;
    let px = 0, py = 0, pz = 0, count = 0;
    for (let c = 0; c < 8; c++) for (let b = 1; b < 8; b <<= 1) {
      if (c & b || !((inside >> c) & 1) === !((inside >> (c | b)) & 1)) continue;
      const t = v[c] / (v[c] - v[c | b]);
      px += (c & 1) + (b === 1 ? t : 0); py += ((c >> 1) & 1) + (b === 2 ? t : 0); pz += (c >> 2) + (b === 4 ? t : 0);
      count++;
    }
    ids[o] = points.length / 3;
    points.push(x + px / count, y + py / count, z + pz / count);
    for (let axis = 0; axis < 3; axis++) {
      const first = inside & 1;
      if (first === ((inside >> (1 << axis)) & 1)) continue;
      const u = step[(axis + 1) % 3], w = step[(axis + 2) % 3];
      const a = ids[o], b = ids[o - u], c = ids[o - u - w], d = ids[o - w];
      if (b < 0 || c < 0 || d < 0) continue;
      if (first) faces.push(a, b, c, a, c, d); else faces.push(a, c, b, a, d, c);
    }
  }
  return { points: Float32Array.from(points), faces: Int32Array.from(faces) };
}

const BALL = [];
for (let x = -REACH; x <= REACH; x++) for (let y = -REACH; y <= REACH; y++) for (let z = -REACH; z <= REACH; z++) {
  if (x * x + y * y + z * z <= REACH * REACH + 0.5) BALL.push([x, y, z]);
}

// 0 plate, 1 rod, from the spread of the bone around each point: along one line, or over a plane.
function rodness(points, field, m) {
  const out = new Float32Array(points.length / 3), ring = (k) => ((k % m) + m) % m, wrap = [];
  for (let k = -REACH - 2; k <= m + REACH + 2; k++) wrap[k + REACH + 2] = ring(k);
  for (let i = 0; i < out.length; i++) {
    const cx = Math.round(points[3 * i]) - 1, cy = Math.round(points[3 * i + 1]) - 1, cz = Math.round(points[3 * i + 2]) - 1;
    let s = 0, sx = 0, sy = 0, sz = 0, xx = 0, yy = 0, zz = 0, xy = 0, xz = 0, yz = 0;
    for (const [x, y, z] of BALL) {
      const o = REACH + 2, f = field[(wrap[cx + x + o] * m + wrap[cy + y + o]) * m + wrap[cz + z + o]];
      if (f < 0.3) continue;
      s += f; sx += f * x; sy += f * y; sz += f * z;
      xx += f * x * x; yy += f * y * y; zz += f * z * z; xy += f * x * y; xz += f * x * z; yz += f * y * z;
    }
    if (!s) continue;
    sx /= s; sy /= s; sz /= s;
    out[i] = lineShare(xx / s - sx * sx, yy / s - sy * sy, zz / s - sz * sz, xy / s - sx * sy, xz / s - sx * sz, yz / s - sy * sz);
  }
  return out;
}

function lineShare(a, b, c, d, e, f) {
  const q = (a + b + c) / 3, p = Math.sqrt(((a - q) ** 2 + (b - q) ** 2 + (c - q) ** 2 + 2 * (d * d + e * e + f * f)) / 6);
  if (p < 1e-6) return 0;
  const [A, B, C, D, E, F] = [(a - q) / p, (b - q) / p, (c - q) / p, d / p, e / p, f / p];
  const half = (A * (B * C - F * F) - D * (D * C - F * E) + E * (D * F - B * E)) / 2;
  const phi = Math.acos(Math.max(-1, Math.min(1, half))) / 3;
  const high = q + 2 * p * Math.cos(phi), low = q + 2 * p * Math.cos(phi + (2 * Math.PI) / 3), middle = 3 * q - high - low;
  const share = (high - middle) / (high - low + 1e-6);
  return Math.max(0, Math.min(1, (share - 0.3) / 0.35));
}

// Neighbours on the surface share their colour a little.
function evened(values, faces, rounds = 3) {
  let now = values;
  for (let r = 0; r < rounds; r++) {
    const sum = Float32Array.from(now), count = new Uint16Array(now.length).fill(1);
    for (let i = 0; i < faces.length; i += 3) for (let k = 0; k < 3; k++) {
      const p = faces[i + k], q = faces[i + ((k + 1) % 3)];
      sum[p] += now[q]; count[p]++;
    }
    now = sum.map((v, i) => v / count[i]);
  }
  return now;
}

function asTrace({ points, faces }, m, intensity) {
  const count = points.length / 3, axes = [0, 1, 2].map(() => new Float32Array(count));
  for (let i = 0; i < count; i++) for (let k = 0; k < 3; k++) axes[k][i] = Math.max(0, Math.min(1, (points[3 * i + k] - 0.5) / m));
  const corners = [0, 1, 2].map(() => new Int32Array(faces.length / 3));
  for (let i = 0; i < faces.length; i++) corners[i % 3][(i / 3) | 0] = faces[i];
  return { x: axes[0], y: axes[1], z: axes[2], i: corners[0], j: corners[1], k: corners[2], intensity, visible: count > 0 };
}

function boneMesh(frame, n) {
  const { field, m } = drawnField(spread(frame[0], n), n), mesh = surface(field, m, LEVEL);
  return asTrace(mesh, m, evened(rodness(mesh.points, field, m), mesh.faces));
}

// What was cut for good: full colour where it is new, pale where it is older.
function lostMesh(frames, index, ages, n) {
  const cut = spread(frames[index][1], n);
  spread(frames[index][2], n, cut);
  const { field, m } = drawnField(cut, n), mesh = surface(field, m, 0.3);
  let since = index;
  while (since > 0 && ages[index] - ages[since] < RECENT) since--;
  const before = spread(frames[since][1], n);
  spread(frames[since][2], n, before);
  const fresh = new Float32Array(mesh.points.length / 3);
  const old = drawnField(before, n).field;
  for (let i = 0; i < fresh.length; i++) {
    const [x, y, z] = [0, 1, 2].map((k) => Math.max(0, Math.min(m - 1, Math.round(mesh.points[3 * i + k]) - 1)));
    fresh[i] = old[(x * m + y) * m + z] > 0.2 ? 0 : 1;
  }
  return asTrace(mesh, m, fresh);
}

// ---- the cross-section ---------------------------------------------------------------------------------------
function slice(bits, n, y) {
  const out = new Float32Array(n * n);
  for (let x = 0; x < n; x++) for (let z = 0; z < n; z++) {
    const i = (x * n + y) * n + z;
    out[(n - 1 - z) * n + x] = (bits[i >> 3] >> (7 - (i & 7))) & 1;
  }
  return out;
}

function softened(plane, n) {
  const out = new Float32Array(n * n), at = (k) => Math.min(n - 1, Math.max(0, k));
  for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) {
    let sum = 0;
    for (let i = -1; i <= 1; i++) for (let j = -1; j <= 1; j++) sum += plane[at(r + i) * n + at(c + j)] * (2 - Math.abs(i)) * (2 - Math.abs(j));
    out[r * n + c] = sum / 16;
  }
  return out;
}

function sample(plane, n, u, v) {
  const r = Math.min(n - 1.001, Math.max(0, v * n - 0.5)), c = Math.min(n - 1.001, Math.max(0, u * n - 0.5));
  const i = r | 0, j = c | 0, a = r - i, b = c - j, o = i * n + j;
  return (plane[o] * (1 - b) + plane[o + 1] * b) * (1 - a) + (plane[o + n] * (1 - b) + plane[o + n + 1] * b) * a;
}

function rgb(colour) {
  const hex = colour.trim().replace("#", "");
  return [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16));
}

function drawSection(canvas, frames, index, n, depth, ink) {
  const side = canvas.width, pen = canvas.getContext("2d"), image = pen.createImageData(side, side), y = Math.min(n - 1, Math.floor(depth * n));
  const now = softened(slice(frames[index][0], n, y), n), first = softened(slice(frames[0][0], n, y), n);
  const cutA = slice(frames[index][1], n, y), cutB = slice(frames[index][2], n, y), cut = softened(cutA.map((v, i) => Math.max(v, cutB[i])), n);
  const [bone, lost, thin, ground] = [ink.plate, ink.lost, ink.thin, ink.surface].map(rgb);
  for (let r = 0; r < side; r++) for (let c = 0; c < side; c++) {
    const u = (c + 0.5) / side, v = (r + 0.5) / side;
    let colour = ground;
    if (sample(now, n, u, v) > 0.5) colour = bone;
    else if (sample(cut, n, u, v) > 0.4) colour = (r + c) % 9 < 6 ? lost : ground; // stripes: not by colour alone
    else if (sample(first, n, u, v) > 0.5) colour = thin;
    const o = 4 * (r * side + c);
    image.data[o] = colour[0]; image.data[o + 1] = colour[1]; image.data[o + 2] = colour[2]; image.data[o + 3] = 255;
  }
  pen.putImageData(image, 0, 0);
}

// ---- the parts of the card ----------------------------------------------------------------------------------
const PARTS = `
<div class="ol-play">
  <button type="button" class="ol-run"><span aria-hidden="true">▶</span> Play</button>
  <label class="ol-label">Age <input type="range" class="ol-age" data-lm-suppress-shortcuts="true"></label>
  <output class="ol-at"></output>
</div>
<div class="ol-heads"><b></b><span class="ol-turn">drag to turn both</span>
  <label class="ol-depth">depth <input type="range" min="0" max="100" value="50" aria-label="Depth of the cross-section" data-lm-suppress-shortcuts="true"></label><b></b><span class="ol-unit-of"></span></div>
<div class="ol-sections"><canvas role="img"></canvas><canvas role="img"></canvas></div>
<div class="ol-below">
  <div class="ol-bars"></div><div class="ol-legend"></div>
  <div class="ol-busy" role="status"><span></span><progress max="1"></progress></div><div class="ol-say"></div>
</div>`;
const BARS = ["Density", "Connections", "Strength"];
const MEANING = ["bone volume times mineral, as a CT scan of the core sees it", "struts and plates that have not been cut", "stiffness along the spine, which strength follows"];

function legend(view) {
  const lost = `<span><i class="ol-k-lost"></i>cut for good (${view === "surface" ? "pale: earlier" : "striped"})</span>`;
  const surface = '<span><i class="ol-k-plate"></i>plate</span><span><i class="ol-k-rod"></i>rod</span>';
  const section = '<span><i class="ol-k-plate"></i>bone</span><span><i class="ol-k-thin"></i>thinner than at the start</span>';
  return (view === "surface" ? surface : section) + lost;
}

function barsHtml(bars, cut) {
  return BARS.map((name, i) => {
    const v = bars[i], full = Math.max(0, Math.min(100, v));
    const missing = i === 1 && v < 100 ? `<i class="ol-gone" style="left:${full}%;width:${100 - full}%"></i>` : "";
    const said = i === 1 ? `; ${cut[0]} plates holed and ${cut[1]} rods cut` : "";
    return `<div class="ol-bar" title="${name}: ${MEANING[i]}${said}"><span>${name}</span><span class="ol-track"><i style="width:${full}%"></i>${missing}</span><b>${v}\u202f%</b></div>`;
  }).join("");
}

function colours(root) {
  const style = getComputedStyle(root.querySelector(".ol-lab")), read = (name) => style.getPropertyValue(`--${name}`).trim();
  return { plate: read("plate"), rod: read("rod"), lost: read("resorption"), surface: read("surface"), thin: read("thin"), pale: read("lost-pale"), ink: read("ink"), ink2: read("ink2"), font: style.fontFamily };
}

// ---- together -----------------------------------------------------------------------------------------------
class Picture {
  constructor(model, el, root) {
    Object.assign(this, { model, el, root, frames: [[], []], meshes: [new Map(), new Map()], playing: false, drawn: "", busyTimer: 0, idle: 0, ready: 0 });
    el.innerHTML = PARTS;
    const find = (css) => el.querySelector(css);
    this.run = find(".ol-run"); this.range = find(".ol-age"); this.at = find(".ol-at"); this.heads = el.querySelectorAll(".ol-heads b");
    this.depth = find(".ol-depth input"); this.canvases = [...el.querySelectorAll("canvas")]; this.bars = find(".ol-bars");
    this.legend = find(".ol-legend"); this.say = find(".ol-say"); this.busy = find(".ol-busy"); this.unit = find(".ol-unit-of");
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.run.addEventListener("click", () => this.toggle());
    this.range.addEventListener("input", () => { this.stop(); this.go(this.ages[Number(this.range.value)]); });
    this.depth.addEventListener("input", () => this.draw(true));
    this.label();
  }

  get told() { return this.model.get("frames"); }
  get ages() { return this.told.ages || []; }
  get index() {
    const age = this.model.get("age");
    return this.ages.reduce((best, a, i) => (Math.abs(a - age) < Math.abs(this.ages[best] - age) ? i : best), 0);
  }
  get plot() { return this.root.querySelector(".ol-figure .js-plotly-plot"); }

  async load() {
    const ticket = (this.ticket = (this.ticket || 0) + 1), size = this.told.size;
    const frames = await Promise.all(["pack_a", "pack_b"].map((name) => unpack(this.model.get(name), size)));
    if (ticket !== this.ticket) return;
    this.frames = frames; this.meshes = [new Map(), new Map()]; this.drawn = "";
    this.show();
    this.prepare();
  }

  // Meshes of the other ages are made while the page has nothing else to do.
  prepare() {
    clearTimeout(this.idle);
    const later = () => {
      for (let i = 0; i < this.ages.length; i++) for (const plan of [0, 1]) {
        if (this.frames[plan][i] && !this.meshes[plan].has(i)) { this.mesh(plan, i); this.idle = setTimeout(later, 30); return; }
      }
    };
    this.idle = setTimeout(later, 600);
  }

  mesh(plan, index) {
    const kept = this.meshes[plan];
    if (!kept.has(index)) {
      const n = this.told.size, began = performance.now();
      kept.set(index, { bone: boneMesh(this.frames[plan][index], n), lost: lostMesh(this.frames[plan], index, this.ages, n) });
      this.meshTime = performance.now() - began;
    }
    return kept.get(index);
  }

  // words and bars follow at once, the picture as soon as plotly is there
  show() {
    const { told, index } = this, view = this.model.get("view");
    if (!this.ages.length) return;
    this.range.min = 0; this.range.max = this.ages.length - 1; this.range.value = index;
    this.range.setAttribute("aria-label", "Age, years");
    this.range.setAttribute("aria-valuetext", `${this.ages[index]} years`);
    this.at.textContent = this.ages[index];
    this.heads.forEach((head, i) => { head.textContent = told.titles[i]; });
    this.unit.textContent = told.unit;
    const bars = [0, 1].map((p) => `<div>${barsHtml(told.bars[p][index], told.cut[p][index])}</div>`).join("");
    if (this.bars.innerHTML !== bars) this.bars.innerHTML = bars;
    this.legend.innerHTML = legend(view);
    const words = told.sentences[index] || "";
    if (this.say.dataset.words !== words) { this.say.dataset.words = words; this.say.innerHTML = words; }
    this.root.classList.toggle("ol-section-view", view === "section");
    this.canvases.forEach((canvas, i) => canvas.setAttribute("aria-label", `Cross-section of ${told.titles[i]}; the text below says the same`));
    return this.draw();
  }

  async draw(force = false) {
    const index = this.index, view = this.model.get("view");
    if (!this.frames[0][index] || !this.frames[1][index]) return;
    const ink = colours(this.root), name = [index, view, this.depth.value, ink.plate, ink.lost].join();
    if (view === "section") { if (force || name !== this.drawn) { this.drawSections(index, ink); this.drawn = name; } return; }
    const plot = this.plot;
    if (!window.Plotly || !plot || !plot._fullLayout || !plot._fullLayout.scene) return;
    const fresh = plot !== this.known;
    if (!fresh && !force && name === this.drawn && plot.data[0].x && plot.data[0].x.length) return;
    if (fresh) { this.known = plot; this.watchCamera(plot); }
    this.drawn = name;
    const began = performance.now(), change = {}, traces = [0, 1].flatMap((p) => { const m = this.mesh(p, index); return [m.bone, m.lost]; });
    for (const key of ["x", "y", "z", "i", "j", "k", "intensity", "visible"]) change[key] = traces.map((t) => t[key]);
    const bone = [[0, ink.plate], [1, ink.rod]], lost = [[0, ink.pale], [1, ink.lost]];
    change.colorscale = [bone, lost, bone, lost];
    this.drawing = window.Plotly.restyle(plot, change, [0, 1, 2, 3]).catch(() => {});
    await this.drawing;
    this.took = performance.now() - began;
    this.root.dataset.latticeMs = this.took.toFixed(0);
    this.root.dataset.latticeTriangles = traces.map((t) => t.i.length).join();
    this.root.dataset.latticeAge = this.ages[index];
  }

  // plotly follows the width of its box by itself, not the height
  fit() {
    const plot = this.plot;
    if (!window.Plotly || !plot || !plot._fullLayout || !plot.clientHeight) return;
    if (Math.abs(plot._fullLayout.height - plot.clientHeight) < 1.5) return;
    delete plot.layout.width;
    delete plot.layout.height;
    window.Plotly.relayout(plot, { autosize: true }).catch(() => {});
  }

  drawSections(index, ink) {
    const n = this.told.size, scale = Math.min(2, window.devicePixelRatio || 1);
    this.canvases.forEach((canvas, plan) => {
      const side = Math.max(120, Math.round(Math.min(canvas.parentNode.clientHeight, canvas.parentNode.clientWidth / 2 - 8) * scale));
      if (canvas.width !== side || canvas.height !== side) { canvas.width = canvas.height = side; canvas.style.width = canvas.style.height = `${side / scale}px`; }
      drawSection(canvas, this.frames[plan], index, n, Number(this.depth.value) / 100, ink);
    });
    this.root.dataset.latticeAge = this.ages[index];
  }

  // Both pieces are turned together: while the hand moves, and for good when it lets go.
  watchCamera(plot) {
    const scenes = ["scene", "scene2"];
    const moved = (update) => scenes.find((name) => update && Object.keys(update).some((key) => key === `${name}.camera` || key.startsWith(`${name}.camera.`)));
    const live = (update) => {
      const from = moved(update);
      if (!from || this.following) return;
      const to = scenes.find((name) => name !== from);
      try {
        const camera = plot._fullLayout[from]._scene.getCamera();
        plot._fullLayout[to]._scene.setViewport({ camera, aspectratio: plot._fullLayout[to].aspectratio });
      } catch { /* then it follows when the hand lets go */ }
    };
    const done = (update) => {
      const from = moved(update);
      if (!from || this.following) return;
      const to = scenes.find((name) => name !== from), camera = plot._fullLayout[from]._scene.getCamera();
      this.following = true;
      window.Plotly.relayout(plot, { [`${to}.camera`]: camera }).catch(() => {}).finally(() => { this.following = false; });
    };
    plot.on("plotly_relayouting", live);
    plot.on("plotly_relayout", done);
  }

  turnBack(camera) {
    if (this.known) window.Plotly.relayout(this.known, { "scene.camera": camera, "scene2.camera": camera }).catch(() => {});
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
    if (this.still.matches) { this.step(); return; }
    if (this.playing) { this.stop(); return; }
    this.playing = true;
    this.label();
    if (this.index === this.ages.length - 1) this.go(this.ages[0]);
    this.timer = setTimeout(() => this.beat(), BEAT);
  }

  step() {
    const years = 5, now = this.ages[this.index], last = this.ages.length - 1;
    const next = this.ages.findIndex((a) => a >= now + years);
    this.go(this.ages[this.index === last ? 0 : next < 0 ? last : next]);
  }

  async beat() {
    if (!this.playing) return;
    const next = this.index + 1;
    if (next >= this.ages.length) { this.stop(); return; }
    const began = performance.now();
    await this.go(this.ages[next]);
    if (this.playing) this.timer = setTimeout(() => this.beat(), Math.max(0, BEAT - (performance.now() - began)));
  }

  stop() {
    clearTimeout(this.timer);
    if (this.playing) { this.playing = false; this.label(); }
  }

  working() {
    const share = this.model.get("progress");
    if (share < 0) { clearTimeout(this.busyTimer); this.busyTimer = 0; this.root.classList.remove("ol-computing"); return; }
    this.busy.firstElementChild.textContent = `Computing this plan, month by month: ${Math.round(100 * share)}\u202f%`;
    this.busy.lastElementChild.value = share;
    if (!this.busyTimer) this.busyTimer = setTimeout(() => this.root.classList.add("ol-computing"), PATIENCE);
  }

  // the picture as a file
  async save({ name, caption }) {
    const ink = colours(this.root), width = 960, high = 440, canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
    canvas.width = 2 * width;
    const font = `15px ${ink.font}`, lines = [];
    pen.font = font;
    for (const text of caption) {
      let line = "";
      for (const word of text.split(" ")) {
        const more = line ? `${line} ${word}` : word;
        if (line && pen.measureText(more).width > width - 40) { lines.push(line); line = word; } else line = more;
      }
      lines.push(line);
    }
    canvas.height = 2 * (60 + high + 24 * lines.length + 24);
    pen.scale(2, 2);
    pen.fillStyle = ink.surface; pen.fillRect(0, 0, width, canvas.height / 2);
    pen.fillStyle = ink.ink; pen.font = `600 16px ${ink.font}`;
    this.told.titles.forEach((text, i) => pen.fillText(`${text}, age ${this.ages[this.index]}`, 20 + (i * width) / 2, 34));
    if (this.model.get("view") === "section") this.canvases.forEach((c, i) => pen.drawImage(c, 20 + (i * width) / 2, 50, high - 10, high - 10));
    else {
      // Each scene by itself: plotly's picture of the whole figure draws the second into the depths of the first.
      for (const [i, scene] of ["scene", "scene2"].entries()) {
        const picture = new Image();
        picture.src = this.plot._fullLayout[scene]._scene.toImage("png");
        await picture.decode();
        const share = Math.min(width / 2 / picture.width, high / picture.height), w = picture.width * share, h = picture.height * share;
        pen.drawImage(picture, (i * width) / 2 + (width / 2 - w) / 2, 46 + (high - h) / 2, w, h);
      }
    }
    pen.font = font;
    lines.forEach((line, i) => pen.fillText(line, 20, 60 + high + 24 * (i + 1)));
    const link = document.createElement("a");
    link.download = name; link.href = canvas.toDataURL("image/png");
    document.body.append(link); link.click(); link.remove();
  }
}

function attach(model, el, root) {
  const picture = new Picture(model, el, root);
  const load = () => picture.load(), show = () => picture.show();
  const work = () => picture.working(), said = (message) => { if (message.do === "picture") picture.save(message); else picture.turnBack(message.camera); };
  model.on("change:frames", show);
  model.on("change:pack_a change:pack_b", load);
  model.on("change:age change:view", show);
  model.on("change:progress", work);
  model.on("msg:custom", said);
  picture.still.addEventListener("change", () => picture.label());
  // The figure comes late, may be drawn anew, and changes its colours with the theme.
  const seen = new MutationObserver(() => { clearTimeout(picture.ready); picture.ready = setTimeout(() => picture.draw(), 60); });
  seen.observe(root, { attributes: true, attributeFilter: ["class"] });
  const figure = root.querySelector(".ol-figure");
  if (figure) seen.observe(figure, { childList: true, subtree: true });
  const sized = new ResizeObserver(() => { if (model.get("view") === "section") picture.draw(true); else setTimeout(() => picture.fit(), 120); });
  sized.observe(el.querySelector(".ol-sections"));
  if (figure) sized.observe(figure);
  let tries = 0;
  const wait = setInterval(() => { picture.draw(); if (picture.known || ++tries > 300) clearInterval(wait); }, 200);
  load();
  return () => {
    picture.stop();
    clearInterval(wait); clearTimeout(picture.idle); clearTimeout(picture.ready);
    seen.disconnect(); sized.disconnect();
    model.off("change:frames", show); model.off("change:pack_a change:pack_b", load);
    model.off("change:age change:view", show); model.off("change:progress", work); model.off("msg:custom", said);
  };
}

function render({ model, el }) {
  let stop = () => {}, timer = 0, tries = 0;
  const find = () => {
    const root = el.closest(".ol-host");
    if (root && root.querySelector(".ol-figure")) { stop = attach(model, el, root); return; }
    if (++tries < 400) timer = setTimeout(find, 25);
  };
  find();
  return () => { clearTimeout(timer); stop(); };
}

export { boneMesh, lostMesh, unpack };
export default { render };
