"use strict";

/* What may be added to the rating of a place: only what fits it is shown, and nothing of it is asked for. */
(() => {
  const { answers } = barometer;
  const LISTS = ["reasons", "likes", "times", "helps"];
  const CHOICES = ["incident", "counterpart"];
  const TEXTS = ["comment", "proposal"];

  const part = (card, name) => card.querySelector(`[data-field=${name}]`);
  const inputs = (card, name) => [...part(card, name).querySelectorAll("input")];

  /* A radio button knows its place by its name. */
  function bind(card, i, changed) {
    for (const name of CHOICES) inputs(card, name).forEach((input) => (input.name = `${name}-${i}`));
    card.querySelector(".more").addEventListener("change", changed);
    const button = card.querySelector(".further");
    button.addEventListener("click", () => unfold(card, button.getAttribute("aria-expanded") !== "true"));
  }

  function unfold(card, open) {
    card.querySelector(".further").setAttribute("aria-expanded", String(open));
    card.querySelector(".rest").hidden = !open;
  }

  function read(card) {
    const chosen = (name) => inputs(card, name).filter((input) => input.checked).map((input) => input.value);
    return Object.fromEntries([
      ...LISTS.map((name) => [name, chosen(name)]),
      ...CHOICES.map((name) => [name, chosen(name)[0] || null]),
      ...TEXTS.map((name) => [name, answers.plain(part(card, name).value)]),
    ]);
  }

  function write(card, answer) {
    for (const name of LISTS) inputs(card, name).forEach((input) => (input.checked = answer[name].includes(input.value)));
    for (const name of CHOICES) inputs(card, name).forEach((input) => (input.checked = input.value === (answer[name] || "")));
    for (const name of TEXTS) part(card, name).value = answer[name];
    unfold(card, Boolean(answer.times.length || answer.helps.length || answer.proposal));
    fit(card, answer);
  }

  function fit(card, answer) {
    const kind = answer.incident ? "happened" : answers.isGood(answer) ? "good" : "low";
    card.querySelector(".more").hidden = !answers.isRated(answer);
    part(card, "reasons").hidden = answers.isGood(answer);
    part(card, "likes").hidden = !answers.isGood(answer);
    part(card, "counterpart").hidden = !answer.incident;
    for (const label of card.querySelectorAll("[data-when]")) label.hidden = label.dataset.when !== kind;
  }

  barometer.extras = { bind, read, write, fit };
})();
