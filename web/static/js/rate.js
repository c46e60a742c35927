"use strict";

/* Rating: everything fine in one tap, then the exceptions; the map follows the place in hand. */
(() => {
  const { say, show, find, answers, extras } = barometer;
  const FINE = 8;
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
    extras.bind(item, i, () => note(stop, details));
    item.querySelector(".next").addEventListener("click", () => next(details));
    details.addEventListener("toggle", () => details.open && open(stop, details));
    details.querySelector("summary").addEventListener("focus", () => follow(stop));
    fill(stop, details);
    return item;
  }

  const cards = () => [...document.querySelectorAll("details.place")];
  const isOpen = (stop) => !answers.isRated(draft.answers[stop.key]);

  function open(stop, details) {
    opened = { key: stop.key, at: performance.now() };
    for (const other of cards()) {
      if (other !== details) other.open = false;
    }
    follow(stop);
    details.scrollIntoView({ block: "start", behavior: barometer.calm() ? "auto" : "smooth" });
  }

  function rate(stop, details, input) {
    const seconds = opened.key === stop.key ? Math.round((performance.now() - opened.at) / 100) / 10 : null;
    change(stop, { rating: Number(input.value), bulk: false, seconds: seconds && Math.min(seconds, 86400) });
    value(stop, details);
  }

  function note(stop, details) {
    change(stop, extras.read(details));
    value(stop, details);
  }

  /* What is changed is no longer what waits to be sent: it goes out anew, when it is sent anew. */
  function change(stop, said) {
    if (barometer.outbox.find(draft.id)) {
      barometer.outbox.remove(draft.id);
      draft.id = barometer.draft.uuid();
    }
    draft.answers[stop.key] = { ...answers.of(draft.answers, stop.key), ...said };
    keep();
    progress();
  }

  function fill(stop, details) {
    const answer = answers.of(draft.answers, stop.key);
    const score = details.querySelector(`.scale input[value="${answer.rating}"]`);
    if (score) score.checked = true;
    extras.write(details, answer);
    value(stop, details);
  }

  function value(stop, details) {
    const answer = answers.of(draft.answers, stop.key);
    const chosen = details.querySelector(".scale input:checked");
    const face = details.querySelector(".value .face");
    face.toggleAttribute("hidden", !chosen);
    details.classList.toggle("rated", Boolean(chosen));
    if (chosen) face.firstElementChild.setAttribute("href", `#face-${chosen.dataset.face}`);
    details.querySelector(".now").textContent = chosen
      ? say("rated_as", { rating: chosen.value, word: chosen.dataset.word })
      : say("not_rated");
    const happened = details.querySelector(".value .happened");
    show(happened, answer.incident ? say(answer.incident) : "");
    extras.fit(details, answer);
  }

  function allFine() {
    for (const stop of ride.stops.filter(isOpen)) change(stop, { rating: FINE, bulk: true });
    cards().forEach((details, i) => fill(ride.stops[i], details));
    ask(false);
  }

  function progress() {
    const all = ride.stops.length;
    const done = all - ride.stops.filter(isOpen).length;
    find("progress").textContent = done === all ? say("all_rated") : say("progress", { done, all });
    find("meter").max = all;
    find("meter").value = done;
    find("next-open").hidden = done === all || done === 0;
    find("continue").disabled = done === 0;
    if (done === all) ask(false);
  }

  function next(details) {
    const following = details.parentElement.nextElementSibling;
    details.open = false;
    if (!following) return find("continue").focus();
    return turn(following.querySelector("details"));
  }

  /* The next place without a rating, after the one in hand and then from the beginning. */
  function nextOpen() {
    const at = cards().findIndex((details) => details.open);
    const order = [...ride.stops.keys()].map((i) => (at + 1 + i) % ride.stops.length);
    const i = order.find((one) => isOpen(ride.stops[one]));
    if (i === undefined) return find("continue").focus();
    ask(false);
    return turn(cards()[i]);
  }

  function turn(details) {
    details.open = true;
    details.querySelector("summary").focus({ preventScroll: true });
  }

  /* Places that were forgotten are offered once more; nobody must rate them. */
  function ask(shown) {
    find("left").hidden = !shown;
    find("bar").hidden = shown;
  }

  function goOn() {
    const left = ride.stops.filter(isOpen).length;
    if (!left) return leave();
    ask(true);
    find("left-words").textContent = say("left_open", { n: left });
    return find("left-words").focus();
  }

  function leave() {
    if (keep()) location.assign(barometer.config.urls.check);
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
    const kept = barometer.draft.save(draft);
    if (!kept) show(find("problem"), say("storage_failed"));
    return kept;
  }

  /* For the teacher's count of how many are rating; nobody waits for the answer. */
  async function tellStage() {
    if (draft.told) return;
    try {
      await barometer.post(barometer.config.urls.stage, { stage: "rating" });
      draft.told = true;
      keep();
    } catch (problem) {
      // The next time this page opens it is told again.
    }
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
      barometer.draft.remove();
      return;
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
    tellStage();
  }

  barometer.rate = (theMap) => {
    map = theMap;
    const { school } = barometer.config;
    map.setView([school.lat, school.lon], 14, { animate: false });
    marks = L.layerGroup().addTo(map);
    barometer.schoolPin().addTo(map);
    find("all-fine").addEventListener("click", allFine);
    find("left-fine").addEventListener("click", () => {
      allFine();
      find("continue").focus();
    });
    find("left-rate").addEventListener("click", nextOpen);
    find("left-leave").addEventListener("click", leave);
    find("next-open").addEventListener("click", nextOpen);
    find("continue").addEventListener("click", goOn);
    start();
  };
})();
