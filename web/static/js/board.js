"use strict";

/* The board of a class: asks for the numbers every five seconds, while somebody can see them. */
(() => {
  const { say, find, number, show, config } = barometer;
  const PAUSE_MS = 5000;
  const BARS = ["participants", "drawing", "rating", "senders"];

  let timer = null;
  let asking = false;
  let asked = new Date();

  function percent(share) {
    if (share === null) return "–";
    const format = { style: "percent", maximumFractionDigits: 0 };
    return new Intl.NumberFormat(document.documentElement.lang, format).format(share);
  }

  function clock(moment) {
    const format = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
    return new Intl.DateTimeFormat(document.documentElement.lang, format).format(moment);
  }

  function line(numbers) {
    if (numbers.missing > 0) return say("board_missing", { n: number(numbers.missing) });
    return numbers.computing ? say("board_computing") : say("board_closing");
  }

  function draw(numbers) {
    for (const name of BARS) {
      const bar = find(`${name}-bar`);
      bar.max = Math.max(numbers.roster, numbers.participants);
      bar.value = numbers[name];
      find(name).textContent = number(numbers[name]);
    }
    find("km").textContent = number(numbers.km, 1);
    find("km_rated").textContent = number(numbers.km_rated, 1);
    find("share").textContent = percent(numbers.share_rated);
    // A class that is closed waits for nobody.
    if (!find("line")) return;
    find("line").textContent = line(numbers);
    find("towards").value = numbers.batch - numbers.missing;
  }

  /* Returns whether to ask again. */
  async function ask() {
    try {
      const numbers = await barometer.get(config.url);
      // New results bring places with them, which only the page has.
      if (numbers.release !== config.numbers.release) {
        location.reload();
        return false;
      }
      asked = new Date();
      draw(numbers);
      show(find("state"), "");
      return true;
    } catch (problem) {
      show(find("state"), problem.temporary ? say("board_offline", { time: clock(asked) }) : say("board_stopped"));
      return problem.temporary;
    }
  }

  async function go() {
    clearTimeout(timer);
    if (asking || document.hidden) return;
    asking = true;
    const again = await ask();
    asking = false;
    if (again && !document.hidden) timer = setTimeout(go, PAUSE_MS);
  }

  barometer.board = () => {
    show(find("state"), "");
    document.addEventListener("visibilitychange", go);
    timer = setTimeout(go, PAUSE_MS);
  };
})();
