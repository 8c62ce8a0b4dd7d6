// From voxels to what is drawn of a piece of bone: surfaces of triangles, and cross-sections. Arrays in, arrays out.

const LEVEL = 0.46; // surface of the smoothed voxels
const CUT_LEVEL = 0.13; // lower, so that a cut is drawn a little larger than it is and is seen from afar
const GRID = 27; // cells along an edge of the drawn surface: enough for a strut, few enough to turn smoothly
const REACH = 3; // cells around a point in which plate and rod are told apart
const RECENT = 4; // years for which what was cut counts as new

// ---- voxels ----

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// A pack is a series of frames, each XOR the one before; a frame is three bit planes.
export async function unpack(view, size) {
  if (!view?.byteLength) return [];
  const bytes = await inflate(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  const plane = Math.ceil(size ** 3 / 8),
    frame = 3 * plane,
    frames = [];
  for (let at = 0; at + frame <= bytes.length; at += frame) {
    const now = bytes.subarray(at, at + frame);
    if (at) {
      const last = bytes.subarray(at - frame, at);
      for (let i = 0; i < frame; i++) now[i] ^= last[i];
    }
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
  const m = n >> 1,
    at = (k) => Math.min(n - 1, Math.max(0, k));
  const z = new Float32Array(n * n * m),
    y = new Float32Array(n * m * m),
    x = new Float32Array(m ** 3);
  const lines = [];
  for (let k = 0; k < m; k++) lines.push([at(2 * k - 1), 2 * k, 2 * k + 1, at(2 * k + 2)]);
  for (let r = 0; r < n * n; r++)
    for (let k = 0; k < m; k++) {
      const [a, b, c, d] = lines[k],
        o = r * n;
      z[r * m + k] = (voxels[o + a] + 3 * voxels[o + b] + 3 * voxels[o + c] + voxels[o + d]) / 8;
    }
  for (let i = 0; i < n; i++)
    for (let k = 0; k < m; k++) {
      const [a, b, c, d] = lines[k].map((j) => (i * n + j) * m),
        o = (i * m + k) * m;
      for (let j = 0; j < m; j++) y[o + j] = (z[a + j] + 3 * z[b + j] + 3 * z[c + j] + z[d + j]) / 8;
    }
  const layer = m * m;
  for (let k = 0; k < m; k++) {
    const [a, b, c, d] = lines[k].map((i) => i * layer),
      o = k * layer;
    for (let j = 0; j < layer; j++) x[o + j] = (y[a + j] + 3 * y[b + j] + 3 * y[c + j] + y[d + j]) / 8;
  }
  return x;
}

// The smoothed volume on a grid of GRID cells: fewer triangles, the same shapes.
function drawnField(voxels, n) {
  const half = halve(voxels, n),
    m = n >> 1,
    k = Math.min(m, GRID),
    out = new Float32Array(k ** 3);
  const places = Array.from({ length: k }, (_, i) => {
    const at = Math.max(0, Math.min(m - 1.001, ((i + 0.5) * m) / k - 0.5));
    return [Math.floor(at), at - Math.floor(at)];
  });
  for (let x = 0, o = 0; x < k; x++)
    for (let y = 0; y < k; y++)
      for (let z = 0; z < k; z++, o++) {
        const [i, a] = places[x],
          [j, b] = places[y],
          [l, c] = places[z];
        let sum = 0;
        for (let q = 0; q < 8; q++) {
          const weight = (q & 1 ? a : 1 - a) * (q & 2 ? b : 1 - b) * (q & 4 ? c : 1 - c);
          if (weight) sum += weight * half[((i + (q & 1)) * m + j + ((q >> 1) & 1)) * m + l + (q >> 2)];
        }
        out[o] = sum;
      }
  return { field: out, m: k };
}

// ---- surfaces (naive surface nets: one point in each cell that the surface crosses) ----

function surface(field, m, level) {
  const M = m + 2,
    MM = M * M,
    padded = new Float32Array(M ** 3);
  for (let x = 0; x < m; x++)
    for (let y = 0; y < m; y++) {
      padded.set(field.subarray((x * m + y) * m, (x * m + y + 1) * m), (x + 1) * MM + (y + 1) * M + 1);
    }
  const step = [MM, M, 1],
    corner = [0, 1, 2, 3, 4, 5, 6, 7].map((c) => (c & 1) * MM + ((c >> 1) & 1) * M + (c >> 2));
  const ids = new Int32Array(M ** 3).fill(-1),
    points = [],
    faces = [],
    v = new Float32Array(8);
  for (let x = 0; x < M - 1; x++)
    for (let y = 0; y < M - 1; y++)
      for (let z = 0, o = x * MM + y * M; z < M - 1; z++, o++) {
        let inside = 0;
        for (let c = 0; c < 8; c++) {
          v[c] = padded[o + corner[c]] - level;
          if (v[c] > 0) inside |= 1 << c;
        }
        if (inside === 0 || inside === 255) continue;
        let px = 0,
          py = 0,
          pz = 0,
          count = 0;
        for (let c = 0; c < 8; c++)
          for (let b = 1; b < 8; b <<= 1) {
            if (c & b || !((inside >> c) & 1) === !((inside >> (c | b)) & 1)) continue;
            const t = v[c] / (v[c] - v[c | b]);
            px += (c & 1) + (b === 1 ? t : 0);
            py += ((c >> 1) & 1) + (b === 2 ? t : 0);
            pz += (c >> 2) + (b === 4 ? t : 0);
            count++;
          }
        ids[o] = points.length / 3;
        points.push(x + px / count, y + py / count, z + pz / count);
        for (let axis = 0; axis < 3; axis++) {
          const first = inside & 1;
          if (first === ((inside >> (1 << axis)) & 1)) continue;
          const u = step[(axis + 1) % 3],
            w = step[(axis + 2) % 3];
          const a = ids[o],
            b = ids[o - u],
            c = ids[o - u - w],
            d = ids[o - w];
          if (b < 0 || c < 0 || d < 0) continue;
          if (first) faces.push(a, b, c, a, c, d);
          else faces.push(a, c, b, a, d, c);
        }
      }
  return { points: Float32Array.from(points), faces: Int32Array.from(faces) };
}

const BALL = [];
for (let x = -REACH; x <= REACH; x++)
  for (let y = -REACH; y <= REACH; y++)
    for (let z = -REACH; z <= REACH; z++) {
      if (x * x + y * y + z * z <= REACH * REACH + 0.5) BALL.push([x, y, z]);
    }

// 0 plate, 1 rod, from the spread of the bone around each point: along one line, or over a plane.
function rodness(points, field, m) {
  const out = new Float32Array(points.length / 3),
    ring = (k) => ((k % m) + m) % m,
    wrap = [];
  for (let k = -REACH - 2; k <= m + REACH + 2; k++) wrap[k + REACH + 2] = ring(k);
  for (let i = 0; i < out.length; i++) {
    const cx = Math.round(points[3 * i]) - 1,
      cy = Math.round(points[3 * i + 1]) - 1,
      cz = Math.round(points[3 * i + 2]) - 1;
    let s = 0,
      sx = 0,
      sy = 0,
      sz = 0,
      xx = 0,
      yy = 0,
      zz = 0,
      xy = 0,
      xz = 0,
      yz = 0;
    for (const [x, y, z] of BALL) {
      const o = REACH + 2,
        f = field[(wrap[cx + x + o] * m + wrap[cy + y + o]) * m + wrap[cz + z + o]];
      if (f < 0.3) continue;
      s += f;
      sx += f * x;
      sy += f * y;
      sz += f * z;
      xx += f * x * x;
      yy += f * y * y;
      zz += f * z * z;
      xy += f * x * y;
      xz += f * x * z;
      yz += f * y * z;
    }
    if (!s) continue;
    sx /= s;
    sy /= s;
    sz /= s;
    out[i] = lineShare(
      xx / s - sx * sx,
      yy / s - sy * sy,
      zz / s - sz * sz,
      xy / s - sx * sy,
      xz / s - sx * sz,
      yz / s - sy * sz,
    );
  }
  return out;
}

function lineShare(a, b, c, d, e, f) {
  const q = (a + b + c) / 3,
    p = Math.sqrt(((a - q) ** 2 + (b - q) ** 2 + (c - q) ** 2 + 2 * (d * d + e * e + f * f)) / 6);
  if (p < 1e-6) return 0;
  const [A, B, C, D, E, F] = [(a - q) / p, (b - q) / p, (c - q) / p, d / p, e / p, f / p];
  const half = (A * (B * C - F * F) - D * (D * C - F * E) + E * (D * F - B * E)) / 2;
  const phi = Math.acos(Math.max(-1, Math.min(1, half))) / 3;
  const high = q + 2 * p * Math.cos(phi),
    low = q + 2 * p * Math.cos(phi + (2 * Math.PI) / 3),
    middle = 3 * q - high - low;
  const share = (high - middle) / (high - low + 1e-6);
  return Math.max(0, Math.min(1, (share - 0.3) / 0.35));
}

// Neighbours on the surface share their colour a little.
function evened(values, faces, rounds = 3) {
  let now = values;
  for (let r = 0; r < rounds; r++) {
    const sum = Float32Array.from(now),
      count = new Uint16Array(now.length).fill(1);
    for (let i = 0; i < faces.length; i += 3)
      for (let k = 0; k < 3; k++) {
        const p = faces[i + k],
          q = faces[i + ((k + 1) % 3)];
        sum[p] += now[q];
        count[p]++;
      }
    now = sum.map((v, i) => v / count[i]);
  }
  return now;
}

function asTrace({ points, faces }, m, intensity) {
  const count = points.length / 3,
    axes = [0, 1, 2].map(() => new Float32Array(count));
  for (let i = 0; i < count; i++)
    for (let k = 0; k < 3; k++) axes[k][i] = Math.max(0, Math.min(1, (points[3 * i + k] - 0.5) / m));
  const corners = [0, 1, 2].map(() => new Int32Array(faces.length / 3));
  for (let i = 0; i < faces.length; i++) corners[i % 3][(i / 3) | 0] = faces[i];
  return {
    x: axes[0],
    y: axes[1],
    z: axes[2],
    i: corners[0],
    j: corners[1],
    k: corners[2],
    intensity,
    visible: count > 0,
  };
}

export function boneMesh(frame, n) {
  const { field, m } = drawnField(spread(frame[0], n), n),
    mesh = surface(field, m, LEVEL);
  return asTrace(mesh, m, evened(rodness(mesh.points, field, m), mesh.faces));
}

// The highest value in the cells around a place: a surface runs outside of what it encloses.
function mostAround(field, m, [x, y, z]) {
  const near = (k) => [k - 1, k, k + 1].filter((j) => j >= 0 && j < m);
  let most = 0;
  for (const a of near(x))
    for (const b of near(y)) for (const c of near(z)) most = Math.max(most, field[(a * m + b) * m + c]);
  return most;
}

// What was cut through: full colour where it is new, pale where it is older.
export function lostMesh(frames, index, ages, n) {
  const cut = spread(frames[index][1], n);
  spread(frames[index][2], n, cut);
  const { field, m } = drawnField(cut, n),
    mesh = surface(field, m, CUT_LEVEL);
  let since = index;
  while (since > 0 && ages[index] - ages[since] < RECENT) since--;
  const before = spread(frames[since][1], n);
  spread(frames[since][2], n, before);
  const fresh = new Float32Array(mesh.points.length / 3);
  const old = drawnField(before, n).field;
  for (let i = 0; i < fresh.length; i++) {
    const at = [0, 1, 2].map((k) => Math.round(mesh.points[3 * i + k]) - 1);
    fresh[i] = mostAround(old, m, at) > CUT_LEVEL ? 0 : 1;
  }
  return asTrace(mesh, m, fresh);
}

// ---- the cross-section ----

function slice(bits, n, y) {
  const out = new Float32Array(n * n);
  for (let x = 0; x < n; x++)
    for (let z = 0; z < n; z++) {
      const i = (x * n + y) * n + z;
      out[(n - 1 - z) * n + x] = (bits[i >> 3] >> (7 - (i & 7))) & 1;
    }
  return out;
}

function softened(plane, n) {
  const out = new Float32Array(n * n),
    at = (k) => Math.min(n - 1, Math.max(0, k));
  for (let r = 0; r < n; r++)
    for (let c = 0; c < n; c++) {
      let sum = 0;
      for (let i = -1; i <= 1; i++)
        for (let j = -1; j <= 1; j++) sum += plane[at(r + i) * n + at(c + j)] * (2 - Math.abs(i)) * (2 - Math.abs(j));
      out[r * n + c] = sum / 16;
    }
  return out;
}

function sample(plane, n, u, v) {
  const r = Math.min(n - 1.001, Math.max(0, v * n - 0.5)),
    c = Math.min(n - 1.001, Math.max(0, u * n - 0.5));
  const i = r | 0,
    j = c | 0,
    a = r - i,
    b = c - j,
    o = i * n + j;
  return (plane[o] * (1 - b) + plane[o + 1] * b) * (1 - a) + (plane[o + n] * (1 - b) + plane[o + n + 1] * b) * a;
}

/** Return the pixels of a cross-section; `inks` are the colours of bone, of what was lost, thinned, and of the ground. */
export function sectionPixels(frames, index, n, depth, side, inks) {
  const y = Math.min(n - 1, Math.floor(depth * n));
  const plane = (bits) => softened(slice(bits, n, y), n);
  const [cutA, cutB] = [1, 2].map((kind) => slice(frames[index][kind], n, y));
  const cut = softened(
    cutA.map((v, i) => Math.max(v, cutB[i])),
    n,
  );
  const [now, first] = [plane(frames[index][0]), plane(frames[0][0])];
  const pixels = new Uint8ClampedArray(4 * side * side);
  for (let r = 0; r < side; r++) {
    for (let c = 0; c < side; c++) {
      const [u, v] = [(c + 0.5) / side, (r + 0.5) / side];
      let colour = inks.ground;
      if (sample(now, n, u, v) > 0.5) colour = inks.bone;
      else if (sample(cut, n, u, v) > 0.4)
        colour = (r + c) % 9 < 6 ? inks.lost : inks.ground; // stripes: not by colour alone
      else if (sample(first, n, u, v) > 0.5) colour = inks.thin;
      pixels.set([...colour, 255], 4 * (r * side + c));
    }
  }
  return pixels;
}
