"use strict";

/* The drawing while it is on this device only. School computers are shared, so it never stays long. */
(() => {
  const PREFIX = "barometer.draft.";
  const VERSION = 1;
  const KEPT_MS = 7 * 24 * 3600 * 1000;
  const key = PREFIX + barometer.config.participant_key;

  function read(name) {
    try {
      const draft = JSON.parse(localStorage.getItem(name));
      const fresh = draft && draft.version === VERSION && Date.now() - draft.saved < KEPT_MS;
      return fresh ? draft : null;
    } catch (error) {
      return null; // Not ours any more, or written by a version that we cannot read.
    }
  }

  /* Whoever has this page open now is not the one who drew the others: their start must not stay here. */
  function purge() {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(PREFIX) && (name !== key || !read(name))) localStorage.removeItem(name);
    }
  }

  function save(draft) {
    try {
      localStorage.setItem(key, JSON.stringify({ ...draft, version: VERSION, saved: Date.now() }));
      return true;
    } catch (error) {
      return false; // Storage is full or switched off: the page says so.
    }
  }

  /* crypto.randomUUID exists in secure contexts only; a school's own server may be plain HTTP. */
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  barometer.draft = {
    load: () => {
      try {
        purge();
        return read(key);
      } catch (error) {
        return null; // Storage is switched off; saving will report it.
      }
    },
    save,
    remove: () => localStorage.removeItem(key),
    uuid,
  };
})();
