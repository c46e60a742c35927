"use strict";

/* What goes out of a drawing, and what of it the next page may show. */
(() => {
  // As the server has them: an older drawing says nothing of them.
  const ABOUT = {
    variant: "there", replaces: false, same_way_back: false, mode: "bicycle", departure: null, minutes: null,
    companions: null, why: [], source: "drawn", confirmed: [],
  };
  const MOST_EDITS = 1000;

  function build(draft, ride) {
    const about = Object.fromEntries(Object.entries(ABOUT).map(([name, usual]) => [name, draft[name] ?? usual]));
    return {
      id: draft.id,
      ...about,
      rides_per_week: draft.rides,
      edits: Math.min(draft.edits, MOST_EDITS),
      accepted_unchanged: about.source === "drawn" && draft.way === "proposal" && draft.edits === 0,
      steps: ride.steps,
      ...barometer.answers.said(ride, draft.answers),
    };
  }

  /* Of the ride that is stored, so never of the home end. */
  function shown(draft, ride) {
    const segments = ride.short ? [] : ride.places.filter((place) => place.kind === "segment");
    const metres = {};
    for (const { id, from_m: fromM, to_m: toM } of segments) metres[id] = (metres[id] || 0) + toM - fromM;
    return {
      places: ride.places.map((place) => place.id),
      lines: ride.lines,
      segments_m: metres,
      variant: draft.variant ?? ABOUT.variant,
      same_way_back: draft.same_way_back ?? ABOUT.same_way_back,
      home_way: draft.home ?? null,
    };
  }

  barometer.contribution = { build, shown };
})();
