"use strict";

/* Asks for what the student's pages need without a connection; sw.js keeps it and answers with it. */
(() => {
  const PAGES = "barometer.pages.";

  /* Files that this page has used: styles name fonts that no page names. */
  function files() {
    const used = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
    const own = used.filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"));
    return [...new Set(own.map((url) => url.pathname + url.search))];
  }

  /* Browsers allow it on https and on the own machine only; elsewhere the pages work as long as they are open. */
  async function start() {
    if (!isSecureContext || !("serviceWorker" in navigator)) return;
    await navigator.serviceWorker.register("/sw.js");
    const { active } = await navigator.serviceWorker.ready;
    const { name, version } = barometer.config.area;
    active.postMessage({ keep: { files: files(), tiles: `/areas/${name}/${version}/basemap.pmtiles` } });
  }

  async function forget() {
    if (!window.caches) return;
    for (const name of await caches.keys()) {
      if (name.startsWith(PAGES)) await caches.delete(name);
    }
  }

  barometer.offline = { forget };
  // Not before the page itself has what it needs; without it the page works as before.
  addEventListener("load", () => setTimeout(() => start().catch(() => {}), 500));
})();
