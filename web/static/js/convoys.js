"use strict";

/* Every convoy of a school on the map, each with its number, dashes and colour. */
barometer.convoys = (map, options) => {
  const { latLng, pin } = barometer;
  const LOOKS = 6;
  const STOP_PX = 5;
  const corners = (convoy) => L.latLngBounds(convoy.coordinates.map(latLng));

  function line(convoy, part, look) {
    return L.polyline(convoy.coordinates.map(latLng), { className: `${part} ${look}`, interactive: false }).addTo(map);
  }

  function draw(convoy, i) {
    const look = `way-${(i % LOOKS) + 1}`;
    const [first] = convoy.stops;
    return [
      line(convoy, "convoy-line", look),
      ...convoy.stops.slice(1).map((stop) =>
        L.circleMarker(latLng([stop.lon, stop.lat]), { radius: STOP_PX, className: `convoy-stop ${look}`, interactive: false }).addTo(map)),
      pin([first.lon, first.lat], `convoy-pin ${look}`, String(i + 1), { interactive: false }).addTo(map),
    ];
  }

  // All casings lie below all lines: where convoys meet, each shows in the gaps of the next.
  const casings = options.convoys.map((convoy) => [line(convoy, "convoy-casing", "")]);
  const drawn = options.convoys.map(draw);
  const parts = drawn.map((own, i) => [...own, ...casings[i]]);
  const buttons = [...document.querySelectorAll(".show-convoy")];
  // The name of the school would hide convoys that begin beside it; it stands on the page.
  barometer.schoolPin().unbindTooltip().addTo(map);

  function fit(convoys) {
    const { school } = barometer.config;
    const bounds = L.latLngBounds([latLng([school.lon, school.lat])]);
    convoys.forEach((convoy) => bounds.extend(corners(convoy)));
    map.fitBounds(bounds, { padding: [24, 24], maxZoom: 16, animate: false });
  }

  function show(chosen) {
    parts.forEach((own, i) => {
      for (const part of own) part.getElement().classList.toggle("faded", chosen !== null && chosen !== i);
    });
    buttons.forEach((button, i) => button.setAttribute("aria-pressed", String(chosen === i)));
    fit(chosen === null ? options.convoys : [options.convoys[chosen]]);
  }

  buttons.forEach((button, i) => {
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      show(on ? i : null);
      if (on) map.getContainer().scrollIntoView({ block: "nearest", behavior: barometer.calm() ? "auto" : "smooth" });
    });
  });
  fit(options.convoys);
};
