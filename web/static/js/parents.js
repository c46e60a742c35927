"use strict";

/* The recommended ways to a school: streets with colour, pattern and width, and numbered marks. */
barometer.parents = (map, options) => {
  const { latLng, pin } = barometer;
  const { school } = barometer.config;
  const CASING_PX = 4;
  const SMALL_PX = 600;
  const NEAR_M = 1400;
  const WIDTHS_PX = [4, 6, 9];
  const turned = (parts) => parts.map((part) => part.map(latLng));

  function draw(line, name, weight) {
    return L.polyline(turned(line.parts), { className: name, weight, interactive: false }).addTo(map);
  }

  L.circle(latLng([school.lon, school.lat]), { radius: school.zone, className: "school-zone", interactive: false }).addTo(map);
  // All casings lie below all lines, or one way would cut another where they meet.
  options.lines.forEach((line) => draw(line, "calm-casing", WIDTHS_PX[line.width] + CASING_PX));
  for (const line of options.lines) {
    draw(line, `calm-way ${line.look}`, WIDTHS_PX[line.width]);
    if (line.look === "map") draw(line, "calm-dots", WIDTHS_PX[line.width] / 2);
  }
  barometer.schoolPin().unbindTooltip().addTo(map);
  for (const mark of options.marks) pin(mark.at, `parents-pin ${mark.kind}`, mark.text, { interactive: false }).addTo(map);

  // On a phone the marks of all ways would hide them: it begins at the school.
  const small = map.getSize().x < SMALL_PX;
  const at = L.latLng(latLng([school.lon, school.lat]));
  const bounds = small ? at.toBounds(NEAR_M) : L.latLngBounds([at]);
  if (!small) options.marks.forEach((mark) => bounds.extend(latLng(mark.at)));
  map.fitBounds(bounds, { padding: [16, 16], maxZoom: 16, animate: false });
};
