"use strict";

/* The form of new classes: one more row at a time, and only the confirmations that the age asks for. */
(() => {
  const { find, say } = barometer;
  const step = find("consent-step");
  const youngest = find("youngest");
  const ofAge = find("of-age");
  const children = find("children");
  const more = find("more");

  function addRow(event) {
    event.preventDefault();
    const rows = document.querySelectorAll(".class-row");
    const last = rows[rows.length - 1];
    const row = last.cloneNode(true);
    const n = rows.length + 1;
    for (const problem of row.querySelectorAll(".field-error")) problem.remove();
    for (const input of row.querySelectorAll("input")) {
      const label = row.querySelector(`label[for="${input.id}"]`);
      input.id = `${input.name}-${n}`;
      label.htmlFor = input.id;
      label.textContent = input.name === "title" ? say("class_n", { n }) : say("students_n", { n });
      input.value = "";
      input.required = false;
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
    last.after(row);
    find(`title-${n}`).focus();
    find("added").textContent = say("class_added", { n });
  }

  function askWhatTheAgeNeeds() {
    const age = Number(youngest.value);
    const decides = age >= Number(step.dataset.age);
    const child = youngest.value !== "" && age < Number(step.dataset.child);
    ofAge.hidden = !decides;
    if (!decides) ofAge.querySelector("input").checked = false;
    children.hidden = !child;
    children.querySelector("input").required = child;
  }

  more.type = "button"; // Else Enter in a field would press it: it is the first that submits.
  more.addEventListener("click", addRow);
  youngest.addEventListener("input", askWhatTheAgeNeeds);
  askWhatTheAgeNeeds();
})();
