"use strict";

/* A search of crossings and streets in our own network; what is chosen becomes a point like any other. */
barometer.search = (choose) => {
  const { say, find } = barometer;
  const FEWEST = 2;
  const WAIT_MS = 250;
  const input = find("search");
  const list = find("found");
  const said = find("search-said");
  let places = [];
  let active = -1;
  let sequence = 0;
  let waiting = null;

  function typed() {
    clearTimeout(waiting);
    sequence += 1; // An answer to what was typed before is stale.
    const query = input.value.trim();
    if (query.length < FEWEST) return close();
    waiting = setTimeout(() => ask(query), WAIT_MS);
  }

  async function ask(query) {
    const mine = ++sequence;
    try {
      const found = await barometer.post(barometer.config.urls.crossings, { query });
      if (mine === sequence) open(found);
    } catch (problem) {
      if (mine === sequence) failed(problem);
    }
  }

  function open(found) {
    places = found;
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    mark(-1);
    said.textContent = found.length ? say("search_found", { n: found.length }) : say("search_none");
  }

  function failed(problem) {
    close();
    if (problem.signedOut) said.textContent = say("signed_out");
    else said.textContent = problem.temporary ? say("search_offline") : say("search_none");
  }

  function close() {
    places = [];
    list.replaceChildren();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
    said.textContent = "";
  }

  function option(place, i) {
    const item = document.createElement("li");
    item.id = `found-${i}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const away = document.createElement("small");
    away.textContent = say("search_away", { km: barometer.number(metres(place) / 1000, 1) });
    item.append(place.name, " ", away);
    // The field keeps the focus, or the list would close before it is tapped.
    item.addEventListener("mousedown", (event) => event.preventDefault());
    item.addEventListener("click", () => take(i));
    return item;
  }

  function metres({ lon, lat }) {
    const { school } = barometer.config;
    return L.latLng(lat, lon).distanceTo([school.lat, school.lon]);
  }

  function mark(i) {
    active = i;
    [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === i)));
    if (i < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", `found-${i}`);
    list.children[i].scrollIntoView({ block: "nearest" });
  }

  function take(i) {
    const { name, lon, lat } = places[i];
    input.value = "";
    sequence += 1;
    close();
    if (choose(lon, lat)) said.textContent = say("search_taken", { name });
    // On a phone the keyboard would stay over the map.
    if (matchMedia("(pointer: coarse)").matches) input.blur();
  }

  function pressed(event) {
    const { length } = places;
    if (event.key === "Escape") {
      if (length) event.preventDefault();
      else input.value = "";
      sequence += 1;
      return close();
    }
    if (event.isComposing || !length) return event.key === "Enter" && event.preventDefault();
    const steps = { ArrowDown: active + 1, ArrowUp: active < 0 ? length - 1 : active - 1 + length };
    if (event.key in steps) {
      event.preventDefault();
      mark(steps[event.key] % length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      take(Math.max(0, active));
    }
  }

  input.addEventListener("input", typed);
  input.addEventListener("keydown", pressed);
  input.addEventListener("blur", () => {
    clearTimeout(waiting);
    sequence += 1;
    if (places.length) close();
  });
};
