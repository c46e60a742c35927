"use strict";

/* The cut that keeps a home out of the data. The same rule stands in geo/trimming.py; a test compares them. */
(() => {
  const EARTH_M = 6371008.8;
  const NEAREST_M = 150;
  const SPREAD_M = 150;
  const SHORTEST_M = 300;
  const DEVICE = "barometer.device.1";

  function distance(a, b) {
    const radians = (degrees) => (degrees * Math.PI) / 180;
    const half =
      Math.sin(radians(b[1] - a[1]) / 2) ** 2 +
      Math.cos(radians(a[1])) * Math.cos(radians(b[1])) * Math.sin(radians(b[0] - a[0]) / 2) ** 2;
    return 2 * EARTH_M * Math.asin(Math.sqrt(half));
  }

  /* The index of the first place that is stored, -1 if there is none. `short`: less than 300 m left. */
  function find(places, start, u, lengthM) {
    const along = NEAREST_M + SPREAD_M * u;
    const index = places.findIndex(
      (place) =>
        place.kind === "intersection" &&
        place.safe &&
        place.from_m >= along &&
        distance(start, [place.lon, place.lat]) >= NEAREST_M,
    );
    return { index, short: index < 0 || lengthM - places[index].from_m < SHORTEST_M };
  }

  function device() {
    const stored = localStorage.getItem(DEVICE);
    if (stored) return JSON.parse(stored);
    const fresh = { key: Array.from(crypto.getRandomValues(new Uint8Array(32))), shares: {} };
    localStorage.setItem(DEVICE, JSON.stringify(fresh));
    return fresh;
  }

  /* u in [0, 1), the same on every drawing, so that several drawings do not give the start away. */
  async function share(participant) {
    const mine = device();
    if (participant in mine.shares) return mine.shares[participant];
    if (crypto.subtle) return keyed(mine.key, participant);
    // Without https there is no HMAC: a random share that stays on this device does the same.
    mine.shares = { [participant]: fraction(crypto.getRandomValues(new Uint8Array(4)).buffer) };
    localStorage.setItem(DEVICE, JSON.stringify(mine));
    return mine.shares[participant];
  }

  async function keyed(bytes, participant) {
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", new Uint8Array(bytes), algorithm, false, ["sign"]);
    return fraction(await crypto.subtle.sign(algorithm, key, new TextEncoder().encode(participant)));
  }

  function fraction(buffer) {
    return new DataView(buffer).getUint32(0) / 2 ** 32;
  }

  barometer.cut = { find, share, distance };
})();
