"use strict";

/* While results are computed: ask now and then, and load the page again once they are there. */
(() => {
  const PAUSE_MS = 2000;

  async function ask() {
    try {
      const response = await fetch(location.href, { credentials: "same-origin" });
      if (response.ok && !(await response.text()).includes('id="publishing"')) return location.reload();
    } catch (error) {
      // No connection just now: the next question may be answered.
    }
    return setTimeout(ask, PAUSE_MS);
  }

  setTimeout(ask, PAUSE_MS);
})();
