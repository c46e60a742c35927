"use strict";

/* A track from a phone, read and thinned on this device. */
(() => {
  const { say } = barometer;
  const LARGEST_BYTES = 5e6;
  const MOST_POINTS = 500;
  const MOST_MINUTES = 180;
  const NEAR_M = 3;
  const TOLERANCE_M = 5;
  const DEGREE_M = 111195;

  /* What is wrong with a file, in words for people. */
  class TrackProblem extends Error {}

  async function read(file) {
    if (!file.size) throw new TrackProblem(say("gpx_empty"));
    if (file.size > LARGEST_BYTES) throw new TrackProblem(say("gpx_large"));
    return parse(await file.text());
  }

  function parse(text) {
    // Entities can make a small file endless; what is no XML at all makes browsers complain.
    if (/<!(DOCTYPE|ENTITY)/i.test(text) || !/<(\w+:)?gpx[\s>]/.test(text)) throw new TrackProblem(say("gpx_not"));
    const found = new DOMParser().parseFromString(text.trim(), "application/xml");
    const root = found.documentElement;
    if (found.getElementsByTagName("parsererror").length || root.localName !== "gpx") throw new TrackProblem(say("gpx_not"));
    const points = longest(root);
    const line = thinned(points.map(({ lon, lat }) => [lon, lat]));
    if (line.length < 2) throw new TrackProblem(say("gpx_short"));
    return { line, minutes: minutes(points) };
  }

  /* The track with the most points; a planned route has no track. */
  function longest(root) {
    const all = (name, within = root) => [...within.getElementsByTagNameNS("*", name)];
    const lines = [
      ...all("trk").map((track) => all("trkpt", track)),
      ...all("rte").map((route) => all("rtept", route)),
    ];
    const best = lines.reduce((most, line) => (line.length > most.length ? line : most), []);
    return best.map(point).filter(({ lon, lat }) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90);
  }

  function point(element) {
    const number = (name) => (element.hasAttribute(name) ? Number(element.getAttribute(name)) : NaN);
    const time = element.getElementsByTagNameNS("*", "time")[0];
    return { lon: number("lon"), lat: number("lat"), time: time ? Date.parse(time.textContent) : NaN };
  }

  function minutes(points) {
    const times = points.map(({ time }) => time).filter(Number.isFinite);
    const taken = Math.round((times[times.length - 1] - times[0]) / 60000);
    return taken >= 1 && taken <= MOST_MINUTES ? taken : null;
  }

  /* Few enough points for the server, as near to the line as they can be. */
  function thinned(line) {
    const apart = spread(line);
    for (let tolerance = TOLERANCE_M; ; tolerance *= 1.5) {
      const found = simplified(apart, tolerance);
      if (found.length <= MOST_POINTS) return found;
    }
  }

  /* Standing still draws a knot. */
  function spread(line) {
    const found = [];
    for (const at of line) {
      const last = found[found.length - 1];
      if (!last || metres(last, at) >= NEAR_M) found.push(at);
    }
    return found;
  }

  function metres(a, b) {
    const [x, y] = flat(a, b[1]);
    const [toX, toY] = flat(b, b[1]);
    return Math.hypot(x - toX, y - toY);
  }

  function flat([lon, lat], middle) {
    return [lon * DEGREE_M * Math.cos((middle * Math.PI) / 180), lat * DEGREE_M];
  }

  /* Douglas and Peucker (1973), without recursion: a track may be long. */
  function simplified(line, tolerance) {
    if (line.length < 3) return line;
    const points = line.map((at) => L.point(...flat(at, line[0][1])));
    const kept = new Set([0, line.length - 1]);
    const open = [[0, line.length - 1]];
    while (open.length) {
      const [from, to] = open.pop();
      let farthest = tolerance;
      let at = -1;
      for (let i = from + 1; i < to; i += 1) {
        const away = L.LineUtil.pointToSegmentDistance(points[i], points[from], points[to]);
        if (away > farthest) [farthest, at] = [away, i];
      }
      if (at < 0) continue;
      kept.add(at);
      open.push([from, at], [at, to]);
    }
    return line.filter((_, i) => kept.has(i));
  }

  barometer.gpx = { read, parse, TrackProblem };
})();
