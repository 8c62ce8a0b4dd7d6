// The calendar of sites as it is sent, read once, and what each site and the surface are like on a day.

export function along(curve, u) {
  if (u <= 0) return curve[0];
  if (u >= 1) return curve[curve.length - 1];
  const x = u * (curve.length - 1),
    i = Math.floor(x);
  return curve[i] + (curve[i + 1] - curve[i]) * (x - i);
}

export function readCalendar(plan) {
  const step = plan.length / (plan.points - 1),
    base = new Float64Array(plan.points);
  const sites = plan.events.map(([x, width, start, depth, dig, pause, fill, refill]) => {
    const first = Math.max(0, Math.ceil((x - width / 2) / step));
    const last = Math.min(plan.points - 1, Math.floor((x + width / 2) / step));
    const share = [],
      before = [];
    for (let i = first; i <= last; i++) {
      const s = along(plan.pit, (i * step - x) / width + 0.5);
      share.push(s);
      before.push(base[i]);
      base[i] += depth * s * (refill - 1);
    }
    return {
      x,
      width,
      start,
      depth,
      dig,
      pause,
      fill,
      refill,
      first,
      share,
      before,
      fillStart: start + dig + pause,
      end: start + dig + pause + fill,
    };
  });
  return { plan, step, sites, gone: new Map(plan.holes) };
}

export function siteOn(site, plan, day) {
  const u = (day - site.start) / site.dig,
    v = (day - site.fillStart) / site.fill;
  const dug = u <= 0 ? 0 : site.depth * along(plan.digCurve, u);
  const filled = v <= 0 ? 0 : site.depth * site.refill * along(plan.fillCurve, v);
  const phase = u < 0 ? "waiting" : u < 1 ? "dig" : v < 0 ? "turn" : v < 1 ? "build" : "quiet";
  return { dug, filled, phase, u, v };
}

export function surfaceOn(read, day) {
  const out = new Float64Array(read.plan.points);
  for (const site of read.sites) {
    if (site.start > day) continue;
    const { dug, filled } = siteOn(site, read.plan, day);
    site.share.forEach((s, k) => {
      out[site.first + k] += (filled - dug) * s;
    });
  }
  for (const [i, when] of read.gone) if (when <= day) out[i] = Number.NaN;
  return out.map((v) => (v < -read.plan.thickness ? Number.NaN : v));
}
