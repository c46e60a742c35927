"use strict";

/* What of a drawing is stored: the ride after the cut, as places, steps and lines. */
(() => {
  const { distance } = barometer.cut;

  /* The distance is from the start that was drawn, not from the street it was moved to. */
  function stored({ route, points }, u) {
    const start = [points[0].lon, points[0].lat];
    const { index, short } = barometer.cut.find(route.places, start, u, route.length_m);
    const after = index < 0 ? [] : route.places.slice(index);
    const fromM = index < 0 ? route.length_m : route.places[index].from_m;
    // Of a short ride only crossings remain: a line of streets would lead back to the home.
    const places = short ? after.filter((place) => place.kind === "intersection" && place.safe) : after;
    return {
      short,
      fromM,
      places,
      stops: stops(places),
      steps: short ? [] : steps(route, after, fromM),
      lines: short ? [] : slice(route, fromM, route.length_m),
      metres: short ? 0 : route.length_m - fromM,
    };
  }

  /* Places as people see them: pieces of one street without a crossing between them are one stretch. */
  function stops(places) {
    const found = [];
    const seen = new Set();
    let joins = false;
    for (const place of places) {
      const last = found[found.length - 1];
      if (seen.has(place.id)) {
        joins = false; // Out and back: a place has one rating.
        continue;
      }
      seen.add(place.id);
      if (joins && place.kind === "segment" && last.kind === "segment" && last.name === place.name) {
        last.ids.push(place.id);
        last.points.push([place.lon, place.lat]);
        last.to_m = place.to_m;
      } else {
        const { kind, name, from_m, to_m } = place;
        found.push({ kind, name, from_m, to_m, ids: [place.id], points: [[place.lon, place.lat]] });
      }
      joins = true;
    }
    return found.map((stop) => ({ ...stop, key: stop.ids.join(" ") }));
  }

  /* Straight legs have no places: they go between those before and after them. */
  function steps(route, after, fromM) {
    const free = legs(route).filter((leg) => leg.straight && leg.fromM >= fromM);
    const found = [];
    for (const place of after) {
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

  const isRated = (answer) => Boolean(answer) && answer.rating !== null;
  const isPlain = (answer) => answer.bulk && !answer.reasons.length && !answer.incident && !answer.comment;

  /* "All fine, except …" goes out as it was said: one rating for the rest, and the exceptions. */
  function said({ stops, short }, answers) {
    const rated = stops.filter((stop) => isRated(answers[stop.key]));
    const plain = rated.filter((stop) => isPlain(answers[stop.key]));
    // The rest means every place: where one is still open, each rating is named.
    const rest = !short && plain.length && rated.length === stops.length ? answers[plain[0].key].rating : null;
    const named = rest === null ? rated : rated.filter((stop) => !plain.includes(stop));
    return { rest, ratings: named.flatMap((stop) => spread(stop, answers[stop.key])) };
  }

  /* One answer counts for every piece of its stretch, but a near miss happened once: in the middle. */
  function spread(stop, answer) {
    const { rating, seconds, reasons, incident, comment } = answer;
    const middle = Math.floor(stop.ids.length / 2);
    return stop.ids.map((place, i) =>
      i === middle
        ? { place, rating, seconds, reasons, incident, comment }
        : { place, rating, seconds, reasons, incident: null, comment: "" },
    );
  }

  function title(stop) {
    return stop.name || barometer.say(stop.kind === "intersection" ? "unnamed_crossing" : "unnamed_street");
  }

  barometer.ride = { stored, slice, said, title, isRated };
})();
