"use strict";

/* What of a drawing is stored: the ride after the cut, as places, steps and lines. */
(() => {
  const { distance } = barometer.cut;
  // As long as a stretch may be.
  const LONGEST_M = 230;

  /* The distance is from the start that was drawn, not from the street it was moved to. */
  function stored(draft, u) {
    const { route } = draft;
    const { places, span, short } = cut(draft, u);
    // Of a short ride only crossings remain: a line of streets would lead back to the home.
    const left = short ? places.filter((place) => place.kind === "intersection" && place.safe) : places;
    return {
      short,
      cutM: route.length_m - (span[1] - span[0]),
      places: left,
      // Without the streets between them the crossings stand alone.
      stops: stops(short ? left.map((place) => ({ ...place, stretch: null })) : left),
      steps: short ? [] : steps(route, places, span),
      lines: short ? [] : slice(route, ...span),
      metres: short ? 0 : span[1] - span[0],
    };
  }

  /* The places that are left, and from where to where along the ride. `points[0]` is the home end, also
     of a ride back, which ends there: such a ride is cut as if it were ridden the other way round. */
  function cut({ route, points, variant }, u) {
    const home = [points[0].lon, points[0].lat];
    const { places, length_m: length } = route;
    const back = variant === "back";
    const facing = back ? mirrored(places, length) : places;
    const { index, short } = barometer.cut.find(facing, home, u, length);
    if (index < 0) return { places: [], span: back ? [0, 0] : [length, length], short };
    const fromM = facing[index].from_m;
    return back
      ? { places: places.slice(0, places.length - index), span: [0, length - fromM], short }
      : { places: places.slice(index), span: [fromM, length], short };
  }

  function mirrored(places, length) {
    return places.map((place) => ({ ...place, from_m: length - place.to_m, to_m: length - place.from_m })).reverse();
  }

  /* Places as people see them: a stretch with the driveways on it is one, and short ones that follow each other. */
  function stops(places) {
    const found = [];
    for (const group of stretches(places)) {
      const stop = stopOf(group);
      const last = found[found.length - 1];
      if (last && goesOn(last, stop)) {
        last.ids.push(...stop.ids);
        last.points.push(...stop.points);
        last.segments.push(...stop.segments);
        last.to_m = stop.to_m;
      } else {
        found.push(stop);
      }
    }
    return found.map((stop) => ({ ...stop, key: stop.ids.join(" ") }));
  }

  /* Places one after the other on one stretch. Out and back: a place has one rating. */
  function stretches(places) {
    const found = [];
    const seen = new Set();
    let last = null;
    for (const place of places) {
      if (seen.has(place.id)) {
        last = null;
        continue;
      }
      seen.add(place.id);
      if (last && place.stretch && place.stretch === last.stretch) found[found.length - 1].push(place);
      else found.push([place]);
      last = place;
    }
    return found;
  }

  function stopOf(places) {
    const segments = places.filter((place) => place.kind === "segment");
    const named = segments.find((place) => place.name) || segments[0] || places[0];
    return {
      kind: named.kind,
      name: named.name,
      from_m: places[0].from_m,
      to_m: places[places.length - 1].to_m,
      ids: places.map((place) => place.id),
      segments: segments.map((place) => place.id),
      points: places.map((place) => [place.lon, place.lat]),
    };
  }

  function goesOn(last, stop) {
    return (
      last.kind === "segment" &&
      stop.kind === "segment" &&
      last.name === stop.name &&
      Math.abs(stop.from_m - last.to_m) < 1 &&
      stop.to_m - last.from_m <= LONGEST_M
    );
  }

  /* Straight legs have no places: they go between those before and after them. */
  function steps(route, places, [fromM, toM]) {
    const free = legs(route).filter((leg) => leg.straight && leg.fromM >= fromM && leg.toM <= toM + 0.5);
    const found = [];
    for (const place of places) {
      while (free.length && free[0].toM <= place.from_m + 0.5) found.push(freeStep(free.shift()));
      found.push(
        place.kind === "segment"
          ? { kind: "segment", id: place.id, direction: place.direction }
          : { kind: "intersection", id: place.id },
      );
    }
    return found.concat(free.map(freeStep));
  }

  function freeStep(leg) {
    return { kind: "free", coordinates: leg.coordinates };
  }

  function legs(route) {
    let along = 0;
    return route.legs.map((leg) => {
      const fromM = along;
      along += leg.length_m;
      return { ...leg, fromM, toM: along };
    });
  }

  /* The lines of the route between two distances along it. */
  function slice(route, fromM, toM) {
    return legs(route)
      .map((leg) => ({ straight: leg.straight, coordinates: clip(leg, fromM, toM) }))
      .filter((line) => line.coordinates.length > 1);
  }

  function clip(leg, fromM, toM) {
    const gaps = leg.coordinates.slice(1).map((point, i) => distance(leg.coordinates[i], point));
    const total = gaps.reduce((sum, gap) => sum + gap, 0);
    // The server measures on its own plane: a leg is stretched to the server's length.
    const scale = total ? leg.length_m / total : 1;
    const points = [];
    let along = leg.fromM;
    gaps.forEach((gap, i) => {
      const end = along + gap * scale;
      const low = Math.max(along, fromM);
      const high = Math.min(end, toM);
      if (low < high) {
        if (!points.length) points.push(between(leg.coordinates[i], leg.coordinates[i + 1], (low - along) / (end - along)));
        points.push(between(leg.coordinates[i], leg.coordinates[i + 1], (high - along) / (end - along)));
      }
      along = end;
    });
    return points;
  }

  function between(a, b, share) {
    return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
  }

  function title(stop) {
    return stop.name || barometer.say(stop.kind === "intersection" ? "unnamed_crossing" : "unnamed_street");
  }

  barometer.ride = { stored, slice, title };
})();
