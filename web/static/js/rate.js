"use strict";

/* Rating: everything fine in one tap, then the exceptions; the map follows the place in hand. */
(() => {
  const { say, show, find } = barometer;
  let map = null;
  let marks = null;
  let draft = null;
  let ride = null;
  let opened = { key: null, at: 0 };

  function card(stop, i) {
    const item = find("place").content.cloneNode(true).firstElementChild;
    const details = item.querySelector("details");
    const isCrossing = stop.kind === "intersection";
    const length = barometer.number(Math.round((stop.to_m - stop.from_m) / 10) * 10);
    item.querySelector(".what").textContent = isCrossing
      ? say("crossing")
      : `${say("stretch")}, ${say("stretch_of", { m: length })}`;
    for (const name of item.querySelectorAll(".name")) name.textContent = barometer.ride.title(stop);
    item.querySelector("legend .name").append(": ");
    item.querySelectorAll(".scale input").forEach((input) => {
      input.name = `rating-${i}`;
      input.addEventListener("change", () => rate(stop, details, input));
    });
    item.querySelectorAll(".incident input").forEach((input) => {
      input.name = `incident-${i}`;
      input.addEventListener("change", () => note(stop, details));
    });
    item.querySelectorAll(".reasons input").forEach((input) => input.addEventListener("change", () => note(stop, details)));
    item.querySelector("textarea").addEventListener("change", () => note(stop, details));
    item.querySelector(".next").addEventListener("click", () => next(details));
    details.addEventListener("toggle", () => details.open && open(stop, details));
    details.querySelector("summary").addEventListener("focus", () => follow(stop));
    fill(stop, details);
    return item;
  }

  function open(stop, details) {
    opened = { key: stop.key, at: performance.now() };
    for (const other of document.querySelectorAll("details.place[open]")) {
      if (other !== details) other.open = false;
    }
    follow(stop);
    details.scrollIntoView({ block: "start", behavior: barometer.calm() ? "auto" : "smooth" });
  }

  function rate(stop, details, input) {
    const seconds = opened.key === stop.key ? Math.round((performance.now() - opened.at) / 100) / 10 : null;
    const before = draft.answers[stop.key] || blank();
    draft.answers[stop.key] = { ...before, rating: Number(input.value), bulk: false, seconds };
    note(stop, details);
  }

  function blank() {
    return { rating: null, bulk: false, seconds: null, reasons: [], incident: null, comment: "" };
  }

  /* Reasons and a near miss may be given before the number; without a number they are not sent. */
  function note(stop, details) {
    const answer = draft.answers[stop.key] || blank();
    answer.reasons = Array.from(details.querySelectorAll(".reasons input:checked"), (input) => input.value);
    answer.incident = details.querySelector(".incident input:checked").value || null;
    answer.comment = details.querySelector("textarea").value.trim();
    draft.answers[stop.key] = answer;
    keep();
    value(stop, details);
    progress();
  }

  function fill(stop, details) {
    const answer = draft.answers[stop.key];
    if (answer) {
      const check = (selector) => {
        const input = details.querySelector(selector);
        if (input) input.checked = true;
      };
      if (answer.rating !== null) check(`.scale input[value="${answer.rating}"]`);
      check(`.incident input[value="${answer.incident || ""}"]`);
      for (const reason of answer.reasons) check(`.reasons input[value="${reason}"]`);
      details.querySelector("textarea").value = answer.comment;
    }
    value(stop, details);
  }

  function value(stop, details) {
    const answer = draft.answers[stop.key];
    const chosen = details.querySelector(".scale input:checked");
    const face = details.querySelector(".value .face");
    face.toggleAttribute("hidden", !chosen);
    details.classList.toggle("rated", Boolean(chosen));
    if (chosen) face.firstElementChild.setAttribute("href", `#face-${chosen.dataset.face}`);
    const words = chosen ? say("rated_as", { rating: chosen.value, word: chosen.dataset.word }) : say("not_rated");
    const incident = answer && answer.incident ? `, ${say(answer.incident)}` : "";
    details.querySelector(".now").textContent = words + incident;
  }

  function allFine() {
    for (const stop of ride.stops) {
      const answer = draft.answers[stop.key] || blank();
      if (answer.rating === null) draft.answers[stop.key] = { ...answer, rating: 8, bulk: true };
    }
    keep();
    document.querySelectorAll("details.place").forEach((details, i) => fill(ride.stops[i], details));
    progress();
  }

  function progress() {
    const done = ride.stops.filter((stop) => barometer.ride.isRated(draft.answers[stop.key])).length;
    const all = ride.stops.length;
    find("progress").textContent = done === all ? say("all_rated") : say("progress", { done, all });
    find("continue").disabled = done === 0;
  }

  function next(details) {
    const following = details.parentElement.nextElementSibling;
    details.open = false;
    const target = following ? following.querySelector("details") : null;
    if (!target) return find("continue").focus();
    target.open = true;
    target.querySelector("summary").focus({ preventScroll: true });
  }

  function follow(stop) {
    marks.clearLayers();
    if (stop.kind === "intersection") {
      L.circleMarker(barometer.latLng(stop.points[0]), { radius: 16, className: "place-mark", interactive: false }).addTo(marks);
    } else {
      barometer.routeLine(barometer.ride.slice(draft.route, stop.from_m, stop.to_m), "marked").addTo(marks);
    }
    const middle = stop.points[Math.floor(stop.points.length / 2)];
    map.setView(barometer.latLng(middle), Math.max(map.getZoom(), 16), { animate: !barometer.calm() });
  }

  function keep() {
    if (!barometer.draft.save(draft)) show(find("problem"), say("storage_failed"));
  }

  async function start() {
    draft = barometer.draft.load();
    if (!draft || !draft.route || !draft.id) {
      find("rating").hidden = true;
      location.replace(barometer.config.urls.draw);
      return;
    }
    ride = barometer.ride.stored(draft, await barometer.cut.share(barometer.config.participant_key));
    if (ride.short) show(find("problem"), say(ride.stops.length ? "only_crossings" : "too_short"));
    if (!ride.stops.length) {
      find("rating").hidden = true;
      return barometer.draft.remove();
    }
    draft.answers = Object.fromEntries(
      ride.stops.filter((stop) => stop.key in draft.answers).map((stop) => [stop.key, draft.answers[stop.key]]),
    );
    find("places").replaceChildren(...ride.stops.map(card));
    barometer.routeLine(ride.lines, "").addTo(map);
    const points = ride.stops.flatMap((stop) => stop.points.map(barometer.latLng));
    map.invalidateSize({ animate: false });
    map.fitBounds(L.latLngBounds(points).pad(0.1), { animate: false, maxZoom: 17 });
    progress();
  }

  barometer.rate = (theMap) => {
    map = theMap;
    const { school } = barometer.config;
    map.setView([school.lat, school.lon], 14, { animate: false });
    marks = L.layerGroup().addTo(map);
    barometer.schoolPin().addTo(map);
    find("all-fine").addEventListener("click", allFine);
    find("continue").addEventListener("click", () => location.assign(barometer.config.urls.check));
    start();
  };
})();
