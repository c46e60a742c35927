"use strict";

/* What about a drawn ride asks for a second look. The same rules stand in geo/plausibility.py; a test compares them. */
(() => {
  /* The codes of what is unusual, always in the same order; `limits` come from the server. */
  function find(ride, limits) {
    const { length_m: length, direct_m: direct, minutes, mode } = ride;
    const found = [];
    if (length < limits.short) found.push("short");
    if (length > limits[`long_${mode}`]) found.push("long");
    if (length > limits.detour_ratio * direct && length - direct > limits.detour_floor) found.push("detour");
    if (minutes !== null) found.push(...pace(length, minutes, mode, limits));
    if (isStraight(ride, limits)) found.push("straight");
    return found;
  }

  function pace(length, minutes, mode, limits) {
    const kmh = length / 1000 / (minutes / 60);
    if (kmh > limits[`fast_${mode}`]) return ["fast"];
    return kmh < limits[`slow_${mode}`] && minutes > limits.slow_floor ? ["slow"] : [];
  }

  /* Most of a ride is off the map, or some of one that runs straight to school. */
  function isStraight({ length_m: length, direct_m: direct, free_m: free }, limits) {
    const mostly = free > limits.straight_share * length;
    return free > limits.straight_floor && (mostly || length < limits.straight_ratio * direct);
  }

  /* The whole drawing, which only this device knows. */
  function measured({ route, points, minutes, mode }) {
    const { school } = barometer.config;
    const [home] = points;
    const straight = route.legs.filter((leg) => leg.straight);
    return {
      length_m: route.length_m,
      direct_m: L.latLng(home.lat, home.lon).distanceTo([school.lat, school.lon]),
      free_m: straight.reduce((sum, leg) => sum + leg.length_m, 0),
      minutes,
      mode,
    };
  }

  barometer.plausible = { find, measured };
})();
