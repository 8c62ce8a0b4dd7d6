// The surface of a bone in cross-section on one day, as SVG. It decides nothing: places, dates, depths and curves come
// from Python.

import { along, siteOn, surfaceOn } from "./calendar.js";

// ---- small helpers ----------------------------------------------------------------------------------------
const r = (v) => Math.round(v * 10) / 10;
const path = (points, close = false) =>
  points.length ? `M${points.map(([x, y]) => `${r(x)} ${r(y)}`).join("L")}${close ? "Z" : ""}` : "";
function noise(n) {
  const x = Math.sin(n * 127.1 + 11.7) * 43758.5453;
  return x - Math.floor(x);
}

// ---- the picture ------------------------------------------------------------------------------------------
function geometry(plan, width, k) {
  const s = width / plan.length,
    top = 122 * k,
    thick = plan.thickness * s;
  const bone = top + thick,
    chartTop = bone + 58 * k,
    chart = 66 * k;
  return {
    s,
    k,
    width,
    top,
    bone,
    marrow: bone + 26 * k,
    chartTop,
    chartBottom: chartTop + chart,
    height: chartTop + chart + 22 * k,
    x: (um) => um * s,
    y: (um) => top - um * s,
  };
}

function backdrop(g) {
  let out = `<rect class="c-marrow" x="0" y="0" width="${r(g.width)}" height="${r(g.marrow)}" rx="6"/>`;
  for (let i = 0; i < 26; i++) {
    const x = noise(i) * g.width,
      y = 8 + noise(i + 50) * (g.top - 44),
      size = (11 + 9 * noise(i + 99)) * g.k;
    out += `<ellipse class="c-fat" cx="${r(x)}" cy="${r(y)}" rx="${r(size * 1.1)}" ry="${r(size)}"/>`;
  }
  return out;
}

function boneRuns(read, level) {
  const runs = [];
  let now = null;
  level.forEach((v, i) => {
    if (Number.isNaN(v)) {
      now = null;
      return;
    }
    if (!now) {
      now = [];
      runs.push(now);
    }
    now.push([i * read.step, v]);
  });
  return runs.filter((run) => run.length > 1);
}

function osteocyte(x, y, size, turn) {
  const w = 5.2 * size,
    h = 2 * size;
  let arms = "";
  for (const a of [-2.6, -2.0, -1.2, -0.5, 0.5, 1.2, 2.0, 2.6])
    arms += `M${r(x + Math.cos(a) * w * 0.9)} ${r(y + Math.sin(a) * h)}l${r(Math.cos(a) * 4.5 * size)} ${r(Math.sin(a) * 6 * size)}`;
  return `<path class="c-arm" d="${arms}"/><ellipse class="c-cyte" cx="${r(x)}" cy="${r(y)}" rx="${r(w)}" ry="${r(h)}" transform="rotate(${r(turn)} ${r(x)} ${r(y)})"/>`;
}

function oldBone(g, read) {
  const { thickness, length } = read.plan,
    size = Math.max(0.75, g.s);
  let out = `<rect class="c-old" x="0" y="${r(g.top - 40 * g.s)}" width="${r(g.width)}" height="${r((thickness + 40) * g.s)}"/>`;
  for (let d = 22; d < thickness; d += 24) {
    let line = "";
    for (let x = 0; x <= length; x += 50)
      line += `${x ? "L" : "M"}${r(g.x(x))} ${r(g.y(-d + 3 * Math.sin(x / 130 + d)))}`;
    out += `<path class="c-lamella" d="${line}"/>`;
  }
  let n = 0;
  for (let d = 18; d < thickness - 8; d += 30)
    for (let x = 18; x < length; x += 66) {
      n++;
      if (g.x(x) < 205 * g.k && d > thickness - 40) continue; // the caption stands there
      out += osteocyte(
        g.x(x + 34 * noise(n) + (d % 60 ? 8 : 30)),
        g.y(-d - 9 * noise(n + 300)),
        size,
        16 * noise(n + 7) - 8,
      );
    }
  return out;
}

// One packet of new bone: from the floor of its pit (the cement line) up to what has been laid down.
function packet(g, read, site, day) {
  const { dug, filled, phase } = siteOn(site, read.plan, day),
    p = read.plan;
  if (filled <= 0) return "";
  const floor = site.share.map((s, k) => [g.x((site.first + k) * read.step), g.y(site.before[k] - dug * s)]);
  const up = (amount) =>
    site.share.map((s, k) => [g.x((site.first + k) * read.step), g.y(site.before[k] - (dug - amount) * s)]);
  const ring = (a, b) => path([...a, ...b.slice().reverse()], true);
  const top = up(filled),
    age = day - (site.fillStart + site.fill / 2) - p.mineralLag;
  const old = age < 0 ? 0 : 1 - 0.5 ** (age / p.ripening);
  let out = `<path class="c-old" d="${ring(floor, top)}"/><path class="c-new" d="${ring(floor, top)}" opacity="${r(10 * (1 - 0.85 * old)) / 10}"/>`;
  const seam = phase === "build" || day < site.end + p.mineralLag ? Math.min(filled, p.osteoid * 1.25) : 0;
  [
    [-0.42, 0.35],
    [0.1, 0.6],
    [0.5, 0.3],
  ].forEach(([dx, dy], i) => {
    const k = Math.round((0.5 + dx / 2) * (site.share.length - 1)),
      need = site.depth * site.share[k] * dy;
    if (filled * site.share[k] - seam > need + 5)
      out += osteocyte(
        g.x((site.first + k) * read.step),
        g.y(site.before[k] - dug * site.share[k] + need),
        Math.max(0.7, g.s),
        12 * i - 12,
      );
  });
  if (seam)
    out += `<path class="c-osteoid" d="${ring(up(filled - seam), top)}"/><path class="c-front" d="${path(up(filled - seam))}"/>`;
  return `${out}<path class="c-cement" d="${path(floor)}"/>`;
}

function heightAt(level, read, um) {
  const i = Math.min(level.length - 1, Math.max(0, Math.round(um / read.step)));
  return level[i];
}

function slopeAt(level, read, um) {
  const a = heightAt(level, read, um - 14),
    b = heightAt(level, read, um + 14);
  return Number.isFinite(a + b) ? (Math.atan2(-(b - a), 28) * 180) / Math.PI : 0;
}

const NUCLEI = [
  [-0.58, 0.36],
  [-0.34, 0.68],
  [0.02, 0.74],
  [0.4, 0.64],
  [-0.12, 0.42],
  [0.22, 0.36],
  [0.62, 0.34],
];

// An osteoclast: large, several nuclei, sealed to the bone at its edges, ruffled where it eats.
function osteoclast(g, x, y, turn, seed) {
  const w = 34 * g.s,
    h = 30 * g.s;
  let ruffle = `M${r(-w * 0.72)} -1`;
  for (let i = 0; i < 9; i++) ruffle += `q${r(w * 0.04)} ${i % 2 ? -5 : 5} ${r(w * 0.16)} 0`;
  const body = `M${r(-w)} 1C${r(-w * 1.12)} ${r(-h * 0.62)} ${r(-w * 0.62)} ${r(-h * 1.12)} ${r(-w * 0.05)} ${r(-h)}S${r(w * 1.2)} ${r(-h * 0.78)} ${r(w)} 1Q${r(w * 0.86)} 3 ${r(w * 0.72)} -3L${r(-w * 0.72)} -3Q${r(-w * 0.86)} 3 ${r(-w)} 1Z`;
  const nuclei = NUCLEI.map(([px, py], i) => {
    const wob = 0.1 * (noise(seed + i) - 0.5);
    return `<ellipse class="c-ocn" cx="${r((px + wob) * w)}" cy="${r(-(py + wob) * h)}" rx="${r(4.2 * g.s)}" ry="${r(3.5 * g.s)}"/>`;
  }).join("");
  return `<g transform="translate(${r(x)} ${r(y)}) rotate(${r(turn)})"><path class="c-oc" d="${body}"/>${nuclei}<path class="c-ruffle" d="${ruffle}"/></g>`;
}

function osteoblast(g, x, y, turn, tall) {
  const w = 14.5 * g.s,
    h = Math.max(3.2, 19 * g.s * tall);
  const nucleus = `<ellipse class="c-obn" cx="${r(w * 0.08)}" cy="${r(-h * 0.64)}" rx="${r(w * 0.25)}" ry="${r(Math.min(w * 0.25, h * 0.25))}"/>`;
  return `<g transform="translate(${r(x)} ${r(y)}) rotate(${r(turn)})"><rect class="c-ob" x="${r(-w / 2)}" y="${r(-h)}" width="${r(w)}" height="${r(h)}" rx="${r(Math.min(3, h / 2))}"/>${nucleus}</g>`;
}

// A lining cell: a thin sheet with a flat nucleus in its middle.
function flat(x, y, turn, css, half, thick) {
  return `<g transform="translate(${r(x)} ${r(y)}) rotate(${r(turn)})"><path class="${css}" d="M${-half} 0L${r(-half * 0.5)} -1.8H${r(half * 0.5)}L${half} 0Z"/><ellipse class="${css}" cx="0" cy="-2" rx="${r(half * 0.3)}" ry="${r(thick * 0.5)}"/></g>`;
}

function mononuclear(g, x, y, turn) {
  const w = 8 * g.s,
    h = 7 * g.s;
  return `<g transform="translate(${r(x)} ${r(y)}) rotate(${r(turn)})"><ellipse class="c-mono" cx="0" cy="${r(-h)}" rx="${r(w)}" ry="${r(h)}"/><circle class="c-monon" cx="0" cy="${r(-h)}" r="${r(3 * g.s)}"/></g>`;
}

function crewAt(g, read, site, level, day) {
  const state = siteOn(site, read.plan, day),
    out = [];
  const put = (um, draw) => {
    const v = heightAt(level, read, um);
    if (Number.isFinite(v)) out.push(draw(g.x(um), g.y(v), slopeAt(level, read, um)));
  };
  if (state.phase === "dig") {
    const sway = 10 * Math.sin((day - site.start) / 4);
    for (const side of [-0.23, 0.23])
      put(site.x + side * site.width + sway * side, (x, y, a) => osteoclast(g, x, y + 2, a * 0.8, site.start + side));
  } else if (state.phase === "turn") {
    for (let i = -3; i <= 3; i++) put(site.x + (i * site.width) / 8.4, (x, y, a) => mononuclear(g, x, y - 1, a));
  } else if (state.phase === "build") {
    const count = Math.floor((site.width * 0.9) / 14.5),
      tall = state.v < 0.6 ? 1 : Math.max(0.12, 1 - (state.v - 0.6) / 0.42);
    for (let i = 0; i < count; i++)
      put(site.x + (i - (count - 1) / 2) * 14.5, (x, y, a) => osteoblast(g, x, y - 0.5, a, tall));
  }
  return out.join("");
}

function lining(g, read, level, busy) {
  let out = "";
  for (let um = 20; um < read.plan.length - 10; um += 44) {
    if (busy.some((s) => Math.abs(um - s.x) < s.width / 2 + 12)) continue;
    const v = heightAt(level, read, um);
    if (Number.isFinite(v))
      out += flat(g.x(um), g.y(v) - 0.5, slopeAt(level, read, um), "c-lining", r(21 * g.s), r(4 * g.s));
  }
  return out;
}

const NAMES = {
  dig: ["Demolition", "c-dig", "osteoclasts dig"],
  turn: ["Reversal", "c-turn", "osteoblasts gather"],
  build: ["Construction", "c-build", "osteoblasts build"],
};

function labels(g, read, level, busy, day) {
  const size = 13 * g.k,
    wide = 192 * g.k,
    items = busy
      .map((site) => {
        const state = siteOn(site, read.plan, day),
          [word, css, what] = NAMES[state.phase];
        const [at, of] =
          state.phase === "dig"
            ? [day - site.start, site.dig]
            : state.phase === "turn"
              ? [day - site.start - site.dig, site.pause]
              : [day - site.fillStart, site.fill];
        const v = heightAt(level, read, site.x),
          rise = state.phase === "dig" ? 36 * g.s : state.phase === "turn" ? 18 * g.s : 24 * g.s;
        return {
          x: g.x(site.x),
          want: g.x(site.x),
          y: g.y(Number.isFinite(v) ? v : -40) - rise,
          word,
          css,
          line: `${what}, day ${Math.max(1, Math.ceil(at))} of ${Math.round(of)}`,
        };
      })
      .sort((a, b) => a.x - b.x);
  const short = items.length * wide > g.width * 0.98,
    need = short ? 92 * g.k : wide;
  items.forEach((it, i) => {
    it.want = Math.max(it.want, need / 2 + 4, i ? items[i - 1].want + need : 0);
  });
  for (let i = items.length - 1; i >= 0; i--)
    items[i].want = Math.min(items[i].want, i === items.length - 1 ? g.width - need / 2 - 4 : items[i + 1].want - need);
  return items
    .map((it) => {
      const y = 24 * g.k;
      const second = short
        ? ""
        : `<text x="${r(it.want)}" y="${r(y + 17 * g.k)}" font-size="${size}" text-anchor="middle">${it.line}</text>`;
      const from = y + (short ? 6 : 23) * g.k;
      return `<path class="c-leader" d="M${r(it.want)} ${r(from)}L${r(it.x)} ${r(Math.max(from, it.y - 4))}"/><text class="c-word ${it.css}" x="${r(it.want)}" y="${r(y)}" font-size="${size * 1.08}" text-anchor="middle">${it.word}</text>${second}`;
    })
    .join("");
}

function captions(g, read) {
  const size = 13 * g.k,
    bar = 100 * g.s,
    x = g.width - bar - 14;
  return (
    `<rect class="c-old" x="6" y="${r(g.bone - 26 * g.k)}" width="${r(200 * g.k)}" height="${r(22 * g.k)}"/><text class="c-strong" x="12" y="${r(g.bone - 10 * g.k)}" font-size="${size}">bone: one strut, ${Math.round(read.plan.thickness)} µm thick</text>` +
    `<text x="12" y="${r(g.marrow - 8 * g.k)}" font-size="${size}">marrow</text>` +
    `<path class="c-scale" d="M${r(x)} ${r(g.marrow - 10 * g.k)}h${r(bar)}"/><text x="${r(x - 8)}" y="${r(g.marrow - 6 * g.k)}" font-size="${size}" text-anchor="end">100 µm</text>`
  );
}

function chartRange(plan) {
  const low = Math.min(...plan.level),
    high = Math.max(...plan.level);
  const floor = [-20, -40, -80, -140].find((v) => v <= low - 1) ?? -150;
  return [floor, high > 8 ? 40 : 10];
}

function chart(g, read, day) {
  const { plan } = read,
    size = 13 * g.k,
    left = 52 * g.k,
    right = g.width - 64 * g.k,
    [low, high] = chartRange(plan);
  const x = (d) => left + ((right - left) * d) / plan.days,
    y = (v) => g.chartBottom - ((g.chartBottom - g.chartTop) * (v - low)) / (high - low);
  const at = along(plan.level, day / plan.chartStep / (plan.level.length - 1)),
    points = [];
  plan.level.forEach((v, i) => {
    if (i * plan.chartStep < day) points.push([x(i * plan.chartStep), y(v)]);
  });
  points.push([x(day), y(at)]);
  let out = `<text x="0" y="${r(g.chartTop - 12 * g.k)}" font-size="${14 * g.k}"><tspan class="c-strong">Bone surface</tspan> mean level, µm</text>`;
  out += `<path class="c-start" d="M${r(left)} ${r(y(0))}H${r(right)}"/><path class="c-axis" d="M${r(left)} ${r(g.chartBottom)}H${r(right)}"/>`;
  for (const v of [0, low / 2, low])
    out += `<text x="${r(left - 8 * g.k)}" y="${r(y(v) + size * 0.35)}" font-size="${size}" text-anchor="end">${String(v).replace("-", "−")}</text>`;
  [0, 1, 2, 3].forEach((year) => {
    out += `<text x="${r(x(year * 365))}" y="${r(g.chartBottom + 17 * g.k)}" font-size="${size}" text-anchor="${year ? "middle" : "start"}">${year === 3 ? "year 3" : year}</text>`;
  });
  const shown = Math.round(at),
    sign = shown > 0 ? "+" : shown < 0 ? "−" : "";
  return (
    out +
    `<path class="c-level" d="${path(points)}"/><circle class="c-dot" cx="${r(x(day))}" cy="${r(y(at))}" r="${4 * g.k}"/>` +
    `<text class="c-strong" x="${r(x(day) + 9 * g.k)}" y="${r(y(at) + size * 0.35)}" font-size="${14 * g.k}">${sign}${Math.abs(shown)} µm</text>`
  );
}

export function drawCrew(read, day, width, k = 1, id = "ol-crew-clip") {
  const g = geometry(read.plan, width, k),
    level = surfaceOn(read, day),
    runs = boneRuns(read, level),
    clip = `${id}`;
  const busy = read.sites.filter((s) => s.start <= day && day < s.end);
  const shape = runs
    .map((run) =>
      path([...run.map(([x, v]) => [g.x(x), g.y(v)]), [g.x(run.at(-1)[0]), g.bone], [g.x(run[0][0]), g.bone]], true),
    )
    .join("");
  const edges = runs
    .map(
      (run) =>
        `${path(run.map(([x, v]) => [g.x(x), g.y(v)]))}M${r(g.x(run[0][0]))} ${r(g.bone)}H${r(g.x(run.at(-1)[0]))}`,
    )
    .join("");
  const packets = read.sites
    .filter((s) => s.start <= day)
    .map((s) => packet(g, read, s, day))
    .join("");
  const crew = busy.map((s) => crewAt(g, read, s, level, day)).join("");
  const body =
    `<defs><clipPath id="${clip}"><path d="${shape || "M0 0"}"/></clipPath></defs>${backdrop(g)}` +
    `<g clip-path="url(#${clip})">${oldBone(g, read)}${packets}</g><path class="c-start" d="M0 ${r(g.top)}H${r(g.width)}"/><path class="c-edge" d="${edges}"/>` +
    lining(g, read, level, busy) +
    crew +
    labels(g, read, level, busy, day) +
    captions(g, read) +
    chart(g, read, day);
  return { body, width: r(g.width), height: r(g.height) };
}

export function describeCrew(read, day) {
  const count = { dig: 0, turn: 0, build: 0 };
  for (const site of read.sites) {
    const { phase } = siteOn(site, read.plan, day);
    if (phase in count) count[phase]++;
  }
  const level = Math.round(along(read.plan.level, day / read.plan.chartStep / (read.plan.level.length - 1)));
  const cut = read.plan.holes.some(([, when]) => when <= day) ? " The strut has been cut through." : "";
  return `Bone surface in cross-section, day ${Math.round(day)}: ${count.dig} being dug by osteoclasts, ${count.turn} in reversal, ${count.build} being refilled by osteoblasts; mean level ${String(level).replace("-", "minus ")} micrometres.${cut}`;
}

export const CREW_KEY = [
  ["osteoclast: demolishes", () => osteoclast({ s: 0.5 }, 19, 19, 0, 3), 38],
  ["osteoblast: builds", (g) => osteoblast(g, 7, 20, 0, 1) + osteoblast(g, 19, 20, 0, 1), 26],
  [
    "osteoid: new, still soft",
    () => `<rect class="c-osteoid" x="1" y="7" width="20" height="12" rx="2"/><path class="c-front" d="M1 19h20"/>`,
    22,
  ],
  ["new bone", () => `<rect class="c-new" x="1" y="7" width="20" height="12" rx="2"/>`, 22],
  ["old bone", () => `<rect class="c-old" x="1" y="7" width="20" height="12" rx="2"/>`, 22],
  ["osteocyte: buried osteoblast", () => osteocyte(11, 13, 1, 0), 22],
  ["lining cell: resting surface", () => flat(13, 16, 0, "c-lining", 12, 3), 26],
];
