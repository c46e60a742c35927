"use strict";

/* The points of the ride as a list: everything that can be done on the map, without the map. */
barometer.pointList = (change) => {
  const { say, find, drawing } = barometer;
  const list = find("list");
  const isBack = () => drawing.state.variant === "back";

  /* In riding order: a ride home begins at the school, and its home end is the last point. */
  function render() {
    const points = drawing.ridden();
    const at = (row) => (isBack() ? drawing.chain().length - 1 - row : row);
    const rows = points.map((point, row) => item(title(at(row)), point.straight, at(row)));
    const held = list.contains(document.activeElement) ? document.activeElement : null;
    const row = held ? [...list.children].indexOf(held.closest("li")) : -1;
    list.replaceChildren(...rows);
    // An answer of the server draws the list anew under whoever is using it.
    if (held) focus(row, held.dataset.action);
  }

  /* The number of a point on the map and in the list. */
  function number(i) {
    return isBack() ? drawing.chain().length - i : i + 1;
  }

  function title(i) {
    const { name } = barometer.config.school;
    if (i === drawing.state.points.length) return isBack() ? say("draft_from_school", { school: name }) : say("draft_school", { school: name });
    if (i === 0) return isBack() ? say("draft_end") : say("draft_start");
    return say("draft_point", { n: number(i) });
  }

  function actions(i, point) {
    const { length } = drawing.state.points;
    if (i === length) return [];
    const [before, after] = isBack() ? [i + 1, i - 1] : [i - 1, i + 1];
    const isPoint = (j) => j >= 0 && j < length;
    return [
      { action: "earlier", words: "↑", title: say("earlier_point", { point }), act: () => swap(i, before, "earlier"), off: !isPoint(before) },
      { action: "later", words: "↓", title: say("later_point", { point }), act: () => swap(i, after, "later"), off: !isPoint(after) },
      { action: "remove", words: say("remove"), title: say("remove_point", { point }), act: () => remove(i) },
    ];
  }

  function item(text, straight, i) {
    const row = document.createElement("li");
    const label = document.createElement("span");
    label.textContent = text;
    row.append(label);
    if (straight) {
      const note = document.createElement("small");
      note.textContent = say("missing_here");
      label.append(note);
    }
    row.append(...actions(i, text).map(button));
    return row;
  }

  function button({ action, words, title: name, act, off }) {
    const made = document.createElement("button");
    made.type = "button";
    made.dataset.action = action;
    made.textContent = words;
    made.disabled = Boolean(off);
    made.title = name;
    made.setAttribute("aria-label", name);
    made.addEventListener("click", act);
    return made;
  }

  function swap(i, j, action) {
    change(() => drawing.swap(i, j));
    find("status").textContent = say("moved", { n: number(j) });
    // The focus goes with the point; at an end of the list its button there rests.
    focus(isBack() ? drawing.chain().length - 1 - j : j, action);
  }

  function remove(i) {
    change(() => drawing.remove(i));
    find("status").textContent = say("removed", { n: drawing.state.points.length });
    // The button that had the focus is gone with its row.
    const summary = find("points").querySelector("summary");
    if (drawing.state.points.length) summary.focus();
    else document.querySelector(".folium-map").focus();
  }

  function focus(row, action) {
    const buttons = [...list.children[row]?.querySelectorAll("button:not(:disabled)") ?? []];
    (buttons.find((one) => one.dataset.action === action) || buttons[0])?.focus();
  }

  return { render, number };
};
