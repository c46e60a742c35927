"use strict";

/* One place on its map. */
barometer.place = (map, options) => {
  map.setView(options.center, 17, { animate: false });
  L.circleMarker(options.center, { radius: 18, className: "place-mark", interactive: false }).addTo(map);
};
