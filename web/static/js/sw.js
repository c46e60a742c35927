"use strict";

/* The student's three pages without a connection: the last copy of each, their files, the base map.
   Nothing else is kept: no other page, no answer of the API. */
(() => {
  const FILES = "barometer.files";
  const TILES = "barometer.tiles";
  // One participant and language at a time, in the name.
  const PAGES = "barometer.pages.";
  const OWN_PAGES = ["/draw", "/rate", "/check"];
  const PATIENCE_MS = 4000;
  const STALE_MS = 3600 * 1000;
  // A town's base map; a country's is not loaded onto a child's phone.
  const LARGEST_TILES = 32 * 1024 * 1024;
  const ANY = { ignoreVary: true };
  let held = null;

  /* Pages. */

  async function pageCaches() {
    return (await caches.keys()).filter((name) => name.startsWith(PAGES));
  }

  async function forget(except = null) {
    for (const name of await pageCaches()) {
      if (name !== except) await caches.delete(name);
    }
  }

  async function findPage(path) {
    for (const name of await pageCaches()) {
      const found = await (await caches.open(name)).match(path, ANY);
      if (found) return found;
    }
    return null;
  }

  /* Whose page it is stands in it; another one's means that somebody else has joined on this device. */
  function nameOf(text) {
    const participant = /"participant_key":\s*"([0-9a-f]+)"/.exec(text);
    const language = /<html lang="([\w-]+)"/.exec(text);
    return participant && language ? `${PAGES}${participant[1]}.${language[1]}` : null;
  }

  async function keepPage(path, response) {
    // Sent to the class code: nobody is in a class here any more.
    if (response.type === "opaqueredirect" || response.redirected) return forget();
    if (!response.ok) return undefined;
    const name = nameOf(await response.clone().text());
    if (!name) return undefined;
    await forget(name);
    return (await caches.open(name)).put(path, response);
  }

  /* A ride home is drawn on a page of its own. */
  function pathOf({ pathname, searchParams }) {
    const variant = searchParams.get("variant");
    return variant ? `${pathname}?variant=${encodeURIComponent(variant)}` : pathname;
  }

  async function page(event, path) {
    const network = fetch(event.request);
    event.waitUntil(network.then((response) => keepPage(path, response.clone())).catch(() => {}));
    const kept = await findPage(path);
    if (!kept) return network;
    try {
      const late = new Promise((_, reject) => setTimeout(reject, PATIENCE_MS));
      const response = await Promise.race([network, late]);
      return response.status >= 500 ? kept : response;
    } catch (error) {
      return kept;
    }
  }

  /* Files. */

  async function file(event) {
    const cache = await caches.open(FILES);
    const kept = await cache.match(event.request, ANY);
    if (kept && new URL(event.request.url).searchParams.has("v")) return kept;
    const network = fetch(event.request);
    event.waitUntil(network.then((response) => keepFile(event.request, response.clone())).catch(() => {}));
    return kept || network;
  }

  async function keepFile(request, response) {
    if (response.status === 200) await (await caches.open(FILES)).put(request, response);
  }

  /* Tiles: kept as one file, asked for in ranges, which no cache can cut out itself. */

  async function tiles(event) {
    const range = /^bytes=(\d+)-(\d+)$/.exec(event.request.headers.get("range") || "");
    const kept = range && (await hold(event.request.url));
    return kept ? slice(kept, Number(range[1]), Number(range[2])) : fetch(event.request);
  }

  /* A map asks dozens of times: the cache is opened once. */
  async function hold(url) {
    if (held && held.url === url) return held;
    const found = await (await caches.open(TILES)).match(url, ANY);
    if (found) held = { url, etag: found.headers.get("etag"), whole: await found.blob() };
    return found ? held : null;
  }

  function slice({ whole, etag }, first, last) {
    const end = Math.min(last + 1, whole.size);
    const headers = new Headers({
      "content-type": "application/vnd.pmtiles",
      "content-length": String(Math.max(end - first, 0)),
      "content-range": `bytes ${first}-${end - 1}/${whole.size}`,
    });
    if (first >= whole.size) return new Response(null, { status: 416, headers: { "content-range": `bytes */${whole.size}` } });
    // Whoever reads ranges checks that they are of one file.
    if (etag) headers.set("etag", etag);
    return new Response(whole.slice(first, end), { status: 206, headers });
  }

  async function keepTiles(address) {
    const cache = await caches.open(TILES);
    for (const old of await cache.keys()) {
      if (new URL(old.url).pathname !== address) await cache.delete(old);
    }
    if (await cache.match(address, ANY)) return;
    const probe = await fetch(address, { headers: { range: "bytes=0-0" } });
    const size = Number(/\/(\d+)$/.exec(probe.headers.get("content-range") || "")?.[1] ?? Infinity);
    if (size > LARGEST_TILES) return;
    const whole = await fetch(address);
    if (whole.status === 200) await cache.put(address, whole);
  }

  /* Everything that a page asks to be kept. */

  async function keep(asked) {
    await keepPages();
    await keepFiles(asked.files);
    await keepTiles(asked.tiles);
  }

  /* The server's own dates say which copy is old: the clock of the device may be wrong. */
  async function keepPages() {
    const kept = await Promise.all(OWN_PAGES.map(findPage));
    const dates = kept.map((response) => (response ? Date.parse(response.headers.get("date")) || 0 : -Infinity));
    const newest = Math.max(...dates);
    for (const [i, path] of OWN_PAGES.entries()) {
      if (kept[i] && newest - dates[i] < STALE_MS) continue;
      await keepPage(path, await fetch(path, { redirect: "manual" }));
    }
  }

  async function keepFiles(used) {
    const pages = await Promise.all(OWN_PAGES.map(findPage));
    const texts = await Promise.all(pages.map((response) => (response ? response.text() : "")));
    const wanted = new Set([...used, ...texts.flatMap((text) => text.match(/\/static\/[^"'\s<>]+\?v=[0-9a-f]+/g) || [])]);
    const cache = await caches.open(FILES);
    for (const { url } of await cache.keys()) {
      const { pathname, search } = new URL(url);
      if (search && !wanted.has(pathname + search)) await cache.delete(url);
    }
    for (const address of wanted) {
      if (!(await cache.match(address, ANY))) await keepFile(address, await fetch(address));
    }
  }

  /* What is answered here; everything else goes its way as if this script were not there. */

  function answered(event, url) {
    const { pathname } = url;
    const { mode, method } = event.request;
    if (method !== "GET") return null;
    if (mode === "navigate") return OWN_PAGES.includes(pathname) ? page(event, pathOf(url)) : null;
    if (pathname.startsWith("/static/")) return file(event);
    if (/^\/areas\/.+\/basemap\.pmtiles$/.test(pathname)) return tiles(event);
    return null;
  }

  /* Who is done, joins or signs out leaves no page behind for the next one. */
  function leaves({ request: { mode, method } }, { pathname }) {
    if (mode !== "navigate") return false;
    return method === "POST" ? ["/join", "/leave", "/sign-out"].includes(pathname) : pathname === "/" && navigator.onLine;
  }

  self.addEventListener("install", () => self.skipWaiting());
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
  self.addEventListener("message", (event) => {
    if (event.data.keep) event.waitUntil(keep(event.data.keep).catch(() => {}));
  });
  self.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (url.origin !== self.location.origin) return;
    if (leaves(event, url)) event.waitUntil(forget());
    const answer = answered(event, url);
    if (answer) event.respondWith(answer);
  });
})();
