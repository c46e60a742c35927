"use strict";

/* The places of a patrol plan on the map, with the numbers of its table. */
barometer.patrol = (map, options) => {
  const { latLng, pin } = barometer;
  if (!options.marks.length) return;
  for (const mark of options.marks) pin(mark.at, "patrol-pin", mark.text, { interactive: false }).addTo(map);
  const bounds = L.latLngBounds(options.marks.map((mark) => latLng(mark.at)));
  map.fitBounds(bounds, { padding: [32, 32], maxZoom: 16, animate: false });
};
