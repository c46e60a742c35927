"use strict";

/* After sending: the six words, once, and how far the class is. */
(() => {
  const { say, find, number } = barometer;
  const STORED = "barometer.stored";

  function phrase() {
    const stored = JSON.parse(sessionStorage.getItem(STORED) || "null");
    if (stored) find("phrase").textContent = stored.phrase;
    else find("copied").textContent = say("no_phrase");
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

  async function progress() {
    const data = await barometer.get(barometer.config.urls.class);
    find("participants").textContent = number(data.participants);
    find("km").textContent = number(data.km, 1);
    const percent = { style: "percent", maximumFractionDigits: 0 };
    find("share").textContent = new Intl.NumberFormat(document.documentElement.lang, percent).format(data.share_rated);
    find("needed").textContent = data.needed > 0 ? say("needed_more", { n: number(data.needed) }) : say("needed_none");
  }

  barometer.thanks = () => {
    phrase();
    find("copy").addEventListener("click", copy);
    find("done").addEventListener("click", () => sessionStorage.removeItem(STORED));
    // The numbers stand on the page already: without a connection they stay as they are.
    progress().catch(() => {});
  };
})();
