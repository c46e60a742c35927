"use strict";

/* After sending: the six words, once, how far the class is, and what comes back of it. */
(() => {
  const { say, show, find, number } = barometer;
  const STORED = "barometer.stored";
  const AGAIN_MS = 20000;
  let waiting = null;
  let release = null;
  let framed = false;

  function load() {
    try {
      return JSON.parse(sessionStorage.getItem(STORED));
    } catch (error) {
      return null; // Storage is switched off, or this was never ours.
    }
  }

  function phrase(stored) {
    if (stored) find("phrase").textContent = stored.receipt.phrase;
    else find("copied").textContent = say("no_phrase");
    find("write-down").hidden = !stored;
    find("copy").hidden = !stored;
  }

  async function copy() {
    try {
      await navigator.clipboard.writeText(find("phrase").textContent);
      find("copied").textContent = say("copied");
    } catch (error) {
      find("copied").textContent = say("copy_failed");
    }
  }

  /* Who said that the way home is another one has not finished yet. */
  function more(stored) {
    const back = find("more-back");
    const asked = Boolean(stored) && stored.variant === "there" && stored.home_way === "another";
    if (!back || !asked) return; // Sent already, or nothing was sent yet.
    back.classList.add("primary");
    show(find("more-asked"), say("home_missing"));
  }

  async function progress(reload) {
    const data = await barometer.get(barometer.config.urls.class);
    find("participants").textContent = number(data.participants);
    find("senders").textContent = number(data.senders);
    find("km").textContent = number(data.km, 1);
    const percent = { style: "percent", maximumFractionDigits: 0 };
    find("share").textContent = data.share_rated === null
      ? "–"
      : new Intl.NumberFormat(document.documentElement.lang, percent).format(data.share_rated);
    find("needed").textContent = missing(data.next_release_in);
    // Only a release starts the count again.
    if (waiting !== null && data.next_release_in > waiting) await reload();
    waiting = data.next_release_in;
  }

  function missing(students) {
    if (!students) return say("results_soon");
    const n = number(students);
    return release === null ? say("results_missing", { n }) : say("results_next", { n });
  }

  async function results(map, options, stored) {
    const found = await barometer.get(barometer.config.urls.results);
    release = found.release;
    find("no-results").hidden = release !== null;
    find("results").hidden = release === null && !stored;
    find("told").hidden = release === null;
    find("one-class").hidden = !found.single_class;
    if (release !== null) barometer.ownRide.tell(stored, found.places);
    barometer.confirm.ask(stored, found);
    if (release === null && !stored) return;
    if (!framed) barometer.ownRide.frame(map, stored);
    framed = true;
    barometer.ownRide.draw(map, options, stored, found.places);
  }

  /* Everything but a ride that still waits for a connection: that would be lost. */
  async function done(event) {
    event.preventDefault();
    const form = event.currentTarget;
    sessionStorage.removeItem(STORED);
    barometer.confirm.forget();
    barometer.draft.remove();
    await barometer.offline.forget().catch(() => {});
    // A ride that waits needs the session to be sent.
    if (barometer.outbox.all().length) location.assign("/");
    else form.submit();
  }

  function refresh(work) {
    const again = () => document.visibilityState === "visible" && work().catch(() => {});
    setInterval(again, AGAIN_MS);
    document.addEventListener("visibilitychange", again);
  }

  barometer.thanks = async (map, options) => {
    const stored = load();
    phrase(stored);
    more(stored);
    find("copy").addEventListener("click", copy);
    find("leave").addEventListener("submit", done);
    show(find("own-gone"), stored ? "" : say("own_gone"));
    const again = () => results(map, options, stored);
    // What stands on the page stays without a connection.
    await again().catch(() => {});
    progress(again).catch(() => {});
    refresh(() => progress(again));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => again().catch(() => {}));
    if (framed && stored && stored.lines.length) barometer.alternative.ask(map, stored);
  };
})();
