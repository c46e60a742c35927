"use strict";

/* A question about a ride that looks unusual: it is asked, never assumed. */
(() => {
  const { say, show, find, number } = barometer;
  const box = find("doubt");
  let answers = null;

  function question(code, { length_m: length, direct_m: direct, minutes }) {
    const km = number(length / 1000, 1);
    const speed = () => number((length / 1000 / minutes) * 60);
    if (code === "long") return say("doubt_long", { km });
    if (code === "short") return say("doubt_short", { m: number(length) });
    if (code === "detour") return say("doubt_detour", { times: number(length / direct, 1) });
    if (code === "fast") return say("doubt_fast", { speed: speed() });
    if (code === "slow") return say("doubt_slow", { speed: speed() });
    return say("doubt_straight");
  }

  function ask(code, values, handlers) {
    answers = handlers;
    show(find("doubt-question"), question(code, values));
    box.hidden = false;
    find("doubt-right").focus();
    box.scrollIntoView({ block: "nearest", behavior: barometer.calm() ? "auto" : "smooth" });
  }

  function close() {
    box.hidden = true;
    answers = null;
  }

  function answer(name) {
    const act = answers && answers[name];
    close();
    if (act) act();
  }

  find("doubt-right").addEventListener("click", () => answer("right"));
  find("doubt-wrong").addEventListener("click", () => answer("wrong"));

  barometer.doubt = { ask, close };
})();
