"use strict";

/* The drawing while it is on this device only. School computers are shared, so it never stays long. */
(() => {
  const PREFIX = "barometer.draft.";
  const VERSION = 2;
  // The first version lacks fields only; who reads a draft knows what they mean when missing.
  const READABLE = [1, VERSION];
  const DAY_MS = 24 * 3600 * 1000;
  const KEPT_MS = 7 * DAY_MS;
  const JUMP_MS = 60 * DAY_MS;
  const key = PREFIX + barometer.config.participant_key;

  /* Only the device's clock tells the age, and it may be wrong by years: a class session ends long
     before JUMP_MS, so who is still in it was not away that long. Somebody else's drawing goes anyway. */
  function isFresh(saved) {
    const age = Date.now() - saved;
    return Number.isFinite(age) && (age < KEPT_MS || age > JUMP_MS);
  }

  function read(storage, name) {
    try {
      const draft = JSON.parse(storage.getItem(name));
      return draft && READABLE.includes(draft.version) && isFresh(draft.saved) ? draft : null;
    } catch (error) {
      return null; // Not ours any more, or written by a version that we cannot read.
    }
  }

  /* Whoever has this page open now is not the one who drew the others: their start must not stay here. */
  function purge(storage) {
    for (const name of Object.keys(storage)) {
      if (name.startsWith(PREFIX) && (name !== key || !read(storage, name))) storage.removeItem(name);
    }
  }

  /* A full disk does not stop a lesson: as long as the tab is open the drawing is kept in the other storage. */
  function save(draft) {
    const text = JSON.stringify({ ...draft, version: VERSION, saved: Date.now() });
    return put(() => localStorage, text, () => sessionStorage) || put(() => sessionStorage, text);
  }

  function put(storage, text, other) {
    try {
      storage().setItem(key, text);
      if (other) other().removeItem(key);
      return true;
    } catch (error) {
      return false; // Storage is full or switched off: where both are, the page says so.
    }
  }

  /* What this tab kept because of a full disk is newer than what the disk has. */
  function load() {
    return find(() => sessionStorage) || find(() => localStorage);
  }

  function find(storage) {
    try {
      purge(storage());
      return read(storage(), key);
    } catch (error) {
      return null; // Storage is switched off; saving will report it.
    }
  }

  function remove() {
    for (const storage of [() => sessionStorage, () => localStorage]) {
      try {
        storage().removeItem(key);
      } catch (error) {
        // Switched off: nothing was kept.
      }
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

  barometer.draft = { load, save, remove, uuid, isFresh };
})();
