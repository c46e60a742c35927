"use strict";

/* The student's own ride in the colours of what may be told of its places. It stays on this device. */
(() => {
  const { say, show, find, number } = barometer;
  const OWN_WIDTH = 5;
  const MOST_NAMED = 5;
  let tiles = null;

  const isKnown = (place) => Boolean(place) && (place.danger_class !== null || place.state !== "unknown");
  const title = (place) => place.name || say(place.kind === "intersection" ? "unnamed_crossing" : "unnamed_street");

  function listed(names) {
    return new Intl.ListFormat(document.documentElement.lang, { type: "unit" }).format(names);
  }

  /* Names as people count them: the pieces of one street are one street. */
  function titles(places, most = MOST_NAMED) {
    const all = [...new Set(places.map(title))];
    return listed(all.length > most ? [...all.slice(0, most), say("and_more", { n: number(all.length - most) })] : all);
  }

  function felt(place) {
    if (place.danger_class === "low") return say("felt_low");
    if (place.danger_class === "middle") return say("felt_middle");
    return place.danger_class === "high" ? say("felt_high") : say("felt_unknown");
  }

  function words(place) {
    if (place.state === "confirmed") return say("known_listed", { name: title(place), felt: felt(place) });
    if (place.state === "watch") return say("known_watched", { name: title(place), felt: felt(place) });
    return say("known_place", { name: title(place), felt: felt(place) });
  }

  /* Grey is drawn for the own ride alone: what nobody may be told of is unknown, not safe. */
  function rules(scale, own, places) {
    const { LineSymbolizer, CircleSymbolizer } = protomapsL;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const color = (look) => (dark ? look.dark_color : look.color);
    const [halo, ink] = dark ? ["#101315", "#eef1f2"] : ["#ffffff", "#16191c"];
    const grow = (width) => (zoom) => width * 1.3 ** Math.max(zoom - 15, -1);
    const shown = (feature) => (!own || own.has(feature.props.id)) && places[feature.props.id];
    const line = (filter, colour, width, dash) => ({
      dataLayer: "segments",
      filter: (z, f) => filter(f),
      symbolizer: new LineSymbolizer({ color: colour, width, dash, lineCap: "round", lineJoin: "round" }),
    });
    const dot = (filter, fill, stroke, radius) => ({
      dataLayer: "intersections",
      filter: (z, f) => filter(f),
      symbolizer: new CircleSymbolizer({ radius, fill, stroke, width: 2 }),
    });
    const isGrey = (f) => Boolean(own) && own.has(f.props.id) && !(shown(f) && shown(f).danger_class);
    const isListed = (f) => Boolean(shown(f)) && shown(f).state === "confirmed";
    const bands = scale.layers.danger.bands.map((band) => ({
      ...band,
      holds: (f) => Boolean(shown(f)) && shown(f).danger_class === band.key,
    }));
    const radius = (width) => (zoom) => Math.max(3, grow(width)(zoom) * 1.1);
    return [
      line(isGrey, halo, (z) => grow(OWN_WIDTH)(z) + 3),
      line(isGrey, color(scale.unknown), grow(OWN_WIDTH), [3, 4]),
      ...bands.flatMap((band) => [
        line(band.holds, halo, (z) => grow(band.width)(z) + 2),
        line(band.holds, color(band), grow(band.width)),
      ]),
      ...bands.map((band) => dot(band.holds, color(band), halo, radius(band.width))),
      line(isListed, ink, grow(1.5)),
      dot(isListed, color(bands[2]), ink, radius(bands[2].width)),
    ];
  }

  function draw(map, { network, scale }, stored, places) {
    if (tiles) tiles.remove();
    const own = stored && new Set(stored.places);
    tiles = protomapsL.leafletLayer({
      url: network, lang: document.documentElement.lang, attribution: "",
      paintRules: rules(scale, own, places), labelRules: [], maxZoom: 18,
    }).addTo(map);
    tiles.setZIndex(1);
  }

  /* The corners of the ride; none of a ride of which only crossings are stored. */
  function corners(stored) {
    return stored ? stored.lines.flatMap((line) => line.coordinates.map(barometer.latLng)) : [];
  }

  function fit(map, spots) {
    map.fitBounds(L.latLngBounds(spots), { animate: false, padding: [24, 24], maxZoom: 17 });
  }

  function frame(map, stored) {
    const spots = corners(stored);
    const { school } = barometer.config;
    const first = spots.length ? stored.lines[0].coordinates[0] : null;
    barometer.schoolPin(first).addTo(map);
    // A path beside the streets is in no tile.
    if (stored) barometer.routeLine(stored.lines.filter((line) => line.straight), "unsnapped").addTo(map);
    map.invalidateSize({ animate: false });
    if (spots.length) fit(map, spots);
    else map.setView([school.lat, school.lon], 15, { animate: false });
  }

  function item(text) {
    const made = document.createElement("li");
    made.textContent = text;
    return made;
  }

  /* The same as the map, for those who do not see it. */
  function tell(stored, places) {
    const ids = stored ? [...new Set(stored.places)] : Object.keys(places);
    const known = ids.map((id) => places[id]).filter(isKnown);
    const hot = known.filter((place) => place.state === "confirmed");
    const count = { n: number(known.length), all: number(ids.length) };
    find("known").textContent = stored ? say("known_of_ride", count) : say("known_around", count);
    show(find("hot"), hot.length ? say("hot_places", { places: titles(hot) }) : known.length ? say("hot_none") : "");
    const lines = stored ? [...new Set(known.map(words))] : [];
    find("known-list").replaceChildren(...lines.map(item));
    find("known-details").hidden = !lines.length;
  }

  barometer.ownRide = { draw, frame, fit, tell, titles, corners };
})();
