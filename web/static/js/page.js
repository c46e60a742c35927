"use strict";

/* What every script of a page needs: the configuration, the words and numbers in the page's language. */
window.barometer = {};

(() => {
  const data = document.getElementById("config");
  const config = data ? JSON.parse(data.textContent) : {};
  const messages = config.messages || {};

  /* Words come from the catalogue of the pages; a missing key is a mistake that must be seen. */
  function say(key, values = {}) {
    if (!(key in messages)) throw new Error(`no message '${key}'`);
    return messages[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  }

  const formats = new Map(); // To make one takes as long as to write a hundred numbers.

  function number(value, digits = 0) {
    if (!formats.has(digits)) {
      const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
      formats.set(digits, new Intl.NumberFormat(document.documentElement.lang, options));
    }
    return formats.get(digits).format(value);
  }

  /* Text only, never HTML: names come from OpenStreetMap, details from the server. */
  function show(element, text) {
    element.textContent = text;
    element.hidden = !text;
  }

  function find(id) {
    return document.getElementById(id);
  }

  function calm() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  /* Another language of the same view: scripts may have changed the address since it was loaded. */
  function keepAddress({ target }) {
    const link = target.closest(".languages a");
    if (!link || link.pathname !== location.pathname) return;
    const here = new URL(location.href);
    here.searchParams.set("lang", link.lang);
    link.href = here;
  }

  // Before any way of opening it: a click, another tab, a copy of the link.
  for (const before of ["pointerdown", "focusin"]) document.addEventListener(before, keepAddress);

  Object.assign(barometer, { config, say, number, show, find, calm });
})();
