"use strict";

/* What a student may say about the ride: nothing of it needs an answer. */
barometer.about = (keep) => {
  const { find, drawing } = barometer;
  const inputs = (name) => [...document.querySelectorAll(`[name=${name}]`)];

  /* A browser keeps what was chosen over a reload: the drawing has the last word. */
  function fill() {
    for (const name of ["rides", "mode", "home"]) {
      for (const input of inputs(name)) input.checked = input.value === String(drawing.state[name]);
    }
    for (const name of ["departure", "minutes", "companions"]) find(name).value = drawing.state[name] ?? "";
    for (const input of inputs("why")) input.checked = drawing.state.why.includes(input.value);
    tellHome();
  }

  function tellHome() {
    const hint = find("home-hint");
    if (hint) hint.hidden = drawing.state.home !== "another";
  }

  function set(changes) {
    Object.assign(drawing.state, changes);
    keep();
  }

  function each(name, said) {
    for (const input of inputs(name)) input.addEventListener("change", () => set(said(input.value)));
  }

  /* Another speed asks another question. */
  function calm(changes) {
    const confirmed = drawing.state.confirmed.filter((code) => code !== "fast" && code !== "slow");
    set({ ...changes, confirmed });
  }

  each("rides", (value) => ({ rides: Number(value) }));
  each("home", (value) => ({ home: value, same_way_back: value === "same" }));
  for (const input of inputs("home")) input.addEventListener("change", tellHome);
  for (const input of inputs("mode")) input.addEventListener("change", () => calm({ mode: input.value }));
  for (const input of inputs("why")) {
    input.addEventListener("change", () => set({ why: inputs("why").filter((one) => one.checked).map((one) => one.value) }));
  }
  find("departure").addEventListener("change", () => set({ departure: find("departure").value || null }));
  find("companions").addEventListener("change", () => set({ companions: find("companions").value || null }));
  find("minutes").addEventListener("change", () => {
    const { value, validity } = find("minutes");
    calm({ minutes: value && validity.valid ? Number(value) : null });
  });

  return { fill };
};
