"use strict";

/* Is it better? Asked of places that the town calls fixed, if the own ride passes them: only this
   device knows whether it does. */
(() => {
  const { say, show, find } = barometer;
  const ANSWERS = { better: "fixed_better", same: "fixed_same", worse: "fixed_worse" };
  const SKIPPED = "barometer.skipped";
  const MOST_ASKED = 3;

  function skipped() {
    try {
      return JSON.parse(sessionStorage.getItem(SKIPPED)) || [];
    } catch (error) {
      return []; // Storage is switched off: then it is asked again.
    }
  }

  function skip(id, box) {
    try {
      sessionStorage.setItem(SKIPPED, JSON.stringify([...skipped(), id]));
    } catch (error) {
      // It is gone from the page all the same.
    }
    const next = box.nextElementSibling || box.previousElementSibling;
    box.remove();
    if (!next) find("fixed").hidden = true;
    (next ? next.querySelector("button") : find("main")).focus();
  }

  function press(buttons, answer) {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.value === answer));
  }

  async function send(id, buttons, chosen) {
    const before = buttons.find((button) => button.getAttribute("aria-pressed") === "true");
    press(buttons, chosen.value);
    try {
      await barometer.post(`${barometer.config.urls.fixed}/${id}`, { answer: chosen.value });
      show(find("fixed-status"), say("fixed_thanks", { answer: chosen.textContent }));
    } catch (problem) {
      press(buttons, before && before.value);
      show(find("fixed-status"), say("fixed_failed", { reason: problem.detail }));
    }
  }

  function made(name, text, className = "") {
    const element = document.createElement(name);
    element.textContent = text;
    element.className = className;
    return element;
  }

  function button(text, value) {
    const one = made("button", text);
    Object.assign(one, { type: "button", value });
    return one;
  }

  function question(one) {
    const box = made("fieldset", "", "fixed");
    const row = made("div", "", "row");
    const buttons = Object.entries(ANSWERS).map(([answer, words]) => button(say(words), answer));
    const leave = button(say("fixed_skip"), "");
    leave.className = "plain";
    press(buttons, one.answer);
    for (const each of buttons) each.addEventListener("click", () => send(one.id, buttons, each));
    leave.addEventListener("click", () => skip(one.id, box));
    row.append(...buttons, leave);
    box.append(made("legend", say("fixed_place", { name: barometer.ownRide.titles([one]) })), row);
    return box;
  }

  /* Without a ride on this device: the places that the school's ways pass, for whoever rides there. */
  function passed(stored, found) {
    const places = new Set(stored ? stored.places : found.cases.map((one) => one.place));
    return found.fixed.filter((one) => one.places.some((place) => places.has(place)));
  }

  function ask(stored, found) {
    const gone = skipped();
    const open = found.sent.length ? passed(stored, found).filter((one) => !gone.includes(one.id)) : [];
    find("fixed").hidden = !open.length;
    find("fixed-lead").textContent = say(stored ? "fixed_of_ride" : "fixed_around");
    find("fixed-list").replaceChildren(...open.slice(0, MOST_ASKED).map(question));
  }

  barometer.confirm = { ask, forget: () => sessionStorage.removeItem(SKIPPED) };
})();
