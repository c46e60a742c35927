"use strict";

/* A calmer way beside the own ride. The server is asked with the places of the ride and keeps nothing. */
(() => {
  const { say, show, find, number } = barometer;
  const SAME_M = 10;
  const STRESSFUL = 2; // Levels 3 and 4 of 1 to 4.

  const rounded = (metres) => number(Math.round(metres / 10) * 10);
  const stressful = (metres) => metres.slice(STRESSFUL).reduce((sum, one) => sum + one, 0);

  function longer({ length_m: length, ridden_m: ridden }) {
    const more = length - ridden;
    if (Math.abs(more) < SAME_M) return say("calmer_same");
    return more > 0 ? say("calmer_longer", { m: rounded(more) }) : say("calmer_shorter", { m: rounded(-more) });
  }

  function tell(found) {
    find("calmer-length").textContent = longer(found);
    const { titles } = barometer.ownRide;
    show(find("calmer-avoids"), found.avoids.length ? say("calmer_avoids", { places: titles(found.avoids) }) : "");
    find("calmer-stress").textContent = say("calmer_stress", {
      before: rounded(stressful(found.ridden_stress_m)), after: rounded(stressful(found.stress_m)),
    });
    show(find("calmer-unknown"), found.unknown_m ? say("calmer_unknown", { m: rounded(found.unknown_m) }) : "");
    find("calmer-found").hidden = false;
  }

  function toggle(map, line, spots) {
    const button = find("calmer-show");
    const on = !map.hasLayer(line);
    if (on) line.addTo(map);
    else line.remove();
    button.setAttribute("aria-pressed", String(on));
    find("legend-calmer").hidden = !on;
    if (!on) return;
    barometer.ownRide.fit(map, spots);
    map.getContainer().scrollIntoView({ block: "center", behavior: barometer.calm() ? "auto" : "smooth" });
  }

  function offer(map, stored, found) {
    tell(found);
    const line = barometer.routeLine([{ coordinates: found.coordinates, straight: false }], "calmer");
    const spots = [...barometer.ownRide.corners(stored), ...found.coordinates.map(barometer.latLng)];
    find("calmer-show").addEventListener("click", () => toggle(map, line, spots));
  }

  async function ask(map, stored) {
    const status = find("calmer-status");
    find("calmer").hidden = false;
    if (stored.variant === "back") return show(status, say("calmer_back"));
    show(status, say("calmer_searching"));
    try {
      const { alternative } = await barometer.post(barometer.config.urls.alternative, { places: stored.places });
      show(status, alternative ? "" : say("calmer_none"));
      if (alternative) offer(map, stored, alternative);
    } catch (problem) {
      show(status, say("calmer_failed"));
    }
    return undefined;
  }

  barometer.alternative = { ask };
})();
