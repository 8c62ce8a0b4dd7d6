// From voxels to what is drawn: frames unpacked, surfaces of plates and rods, cross-sections.
import assert from "node:assert/strict";
import { test } from "node:test";
import { boneMesh, lostMesh, sectionPixels, unpack } from "../../helpers/osteolab/lab/page/parts/mesh.js";

const N = 32;
const INKS = { bone: [1, 0, 0], lost: [2, 0, 0], thin: [3, 0, 0], ground: [4, 0, 0] };

/** Return voxels as bits, those inside set. */
function bits(inside) {
  const out = new Uint8Array(N ** 3 / 8);
  for (let x = 0; x < N; x += 1) {
    for (let y = 0; y < N; y += 1) {
      for (let z = 0; z < N; z += 1) {
        const i = (x * N + y) * N + z;
        if (inside(x, y, z)) out[i >> 3] |= 1 << (7 - (i & 7));
      }
    }
  }
  return out;
}

const NOTHING = bits(() => false);
const PLATE = bits((_x, _y, z) => Math.abs(z - 16) <= 2);
const ROD = bits((x, y) => Math.hypot(x - 16, y - 16) <= 2.5);
const frame = (bone, holed = NOTHING, cut = NOTHING) => [bone, holed, cut];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function packed(...frames) {
  const flat = frames.map((planes) => Uint8Array.from(planes.flatMap((plane) => [...plane])));
  const series = flat.map((now, i) => (i ? now.map((byte, k) => byte ^ flat[i - 1][k]) : now));
  const stream = new Blob(series).stream().pipeThrough(new CompressionStream("deflate"));
  const bytes = await new Response(stream).arrayBuffer();
  return new DataView(bytes);
}

test("frames come back as they were packed, each beside the one before", async () => {
  const frames = [frame(PLATE), frame(ROD, PLATE), frame(NOTHING, PLATE, ROD)];
  const found = await unpack(await packed(...frames), N);
  assert.equal(found.length, 3);
  found.forEach((planes, i) => {
    assert.deepEqual(
      planes.map((plane) => [...plane]),
      frames[i].map((plane) => [...plane]),
    );
  });
  assert.deepEqual(await unpack(null, N), []);
});

test("the surface of a bone lies inside its box and is closed", () => {
  const mesh = boneMesh(frame(ROD), N);
  assert.ok(mesh.visible && mesh.i.length > 100);
  for (const axis of [mesh.x, mesh.y, mesh.z]) assert.ok(axis.every((value) => value >= 0 && value <= 1));
  const edges = new Map();
  for (let t = 0; t < mesh.i.length; t += 1) {
    const corners = [mesh.i[t], mesh.j[t], mesh.k[t]];
    corners.forEach((corner, c) => {
      const edge = [corner, corners[(c + 1) % 3]].sort((a, b) => a - b).join();
      edges.set(edge, (edges.get(edge) ?? 0) + 1);
    });
  }
  assert.ok([...edges.values()].every((count) => count === 2));
});

test("a rod is told from a plate", () => {
  assert.ok(mean(boneMesh(frame(ROD), N).intensity) > 0.8);
  assert.ok(mean(boneMesh(frame(PLATE), N).intensity) < 0.3);
});

test("no bone is no surface", () => {
  const mesh = boneMesh(frame(NOTHING), N);
  assert.equal(mesh.visible, false);
  assert.equal(mesh.i.length, 0);
});

test("what was cut lately is told from what was cut before", () => {
  const ages = [46, 48, 60, 62];
  const frames = [frame(PLATE), frame(PLATE), frame(PLATE, NOTHING, ROD), frame(PLATE, NOTHING, ROD)];
  assert.equal(lostMesh(frames, 0, ages, N).visible, false);
  assert.ok(lostMesh(frames, 2, ages, N).intensity.every((fresh) => fresh === 1));
  const older = [...frames, frame(PLATE, NOTHING, ROD)];
  assert.ok(mean(lostMesh(older, 4, [...ages, 70], N).intensity) < 0.5);
});

test("a cross-section shows bone, what is thinner, what is gone, and ground", () => {
  const frames = [frame(PLATE), frame(NOTHING, NOTHING, NOTHING), frame(ROD, NOTHING, NOTHING)];
  const share = (index, ink) => {
    const pixels = sectionPixels(frames, index, N, 0.5, 40, INKS);
    assert.equal(pixels.length, 4 * 40 * 40);
    return pixels.filter((value, i) => i % 4 === 0 && value === INKS[ink][0]).length / 1600;
  };
  assert.ok(Math.abs(share(0, "bone") - 5 / N) < 0.05);
  assert.equal(share(1, "bone"), 0);
  assert.ok(share(1, "thin") > 0.1);
  assert.ok(share(2, "bone") > 0.1 && share(2, "ground") > 0.5);
  const cut = [frame(PLATE), frame(NOTHING, NOTHING, PLATE)];
  const pixels = sectionPixels(cut, 1, N, 0.5, 40, INKS).filter((_, i) => i % 4 === 0);
  assert.ok(pixels.includes(INKS.lost[0]) && pixels.includes(INKS.ground[0]), "stripes, not colour alone");
});
