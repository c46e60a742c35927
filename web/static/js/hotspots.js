"use strict";

/* The network coloured by a release: geometry from tiles, values from the server, joined by id here. */
(() => {
  const { say, show, find } = barometer;
  const CLICK_PX = 24;
  let scale = null;
  let places = new Map();
  let shown = "danger";
  let tiles = null;

  /* The same rule as place_band in web/scale.py: without enough data a place has no band, it is grey. */
  function band(place, layer) {
    const { field, bands } = layer;
    const value = place[field];
    if (value === null || value === undefined) return null;
    if (layer.layer === "risk" && place.state === "unknown") return null;
    const last = bands[bands.length - 1];
    return bands.find((one) => value >= one.low && value < one.high) || (value === last.high ? last : null);
  }

  function bandOf(feature) {
    const place = places.get(feature.props.id);
    return place ? band(place, scale.layers[shown]) : null;
  }

  function rules() {
    const { LineSymbolizer, CircleSymbolizer } = protomapsL;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const color = (look) => (dark ? look.dark_color : look.color);
    const grow = (width) => (zoom) => width * 1.3 ** (zoom - 15);
    const halo = dark ? "#101315" : "#ffffff";
    const grey = {
      dataLayer: "segments",
      minzoom: 14,
      filter: (z, f) => !bandOf(f),
      symbolizer: new LineSymbolizer({ color: color(scale.unknown), width: grow(scale.unknown.width), dash: [3, 4] }),
    };
    const lines = scale.layers[shown].bands.flatMap((one) => {
      const line = (colour, width) => ({
        dataLayer: "segments",
        filter: (z, f) => (bandOf(f) || {}).key === one.key,
        symbolizer: new LineSymbolizer({ color: colour, width, lineCap: "round", lineJoin: "round" }),
      });
      return [line(halo, (z) => grow(one.width)(z) + 2), line(color(one), grow(one.width))];
    });
    const dots = scale.layers[shown].bands.map((one) => ({
      dataLayer: "intersections",
      filter: (z, f) => (bandOf(f) || {}).key === one.key,
      symbolizer: new CircleSymbolizer({
        radius: (z) => Math.max(3, grow(one.width)(z) * 1.1), fill: color(one), stroke: halo, width: 2,
      }),
    }));
    return [grey, ...lines, ...dots];
  }

  function draw(map, url) {
    if (tiles) tiles.remove();
    tiles = protomapsL.leafletLayer({
      url, lang: document.documentElement.lang, attribution: "", paintRules: rules(), labelRules: [], maxZoom: 18,
    }).addTo(map);
    tiles.setZIndex(1);
  }

  function nearest(map, at) {
    const spot = map.latLngToContainerPoint(at);
    let best = { gap: CLICK_PX * 2, place: null };
    for (const place of places.values()) {
      const gap = spot.distanceTo(map.latLngToContainerPoint(barometer.latLng([place.lon, place.lat])));
      if (gap < best.gap) best = { gap, place };
    }
    return best.place;
  }

  function pick(map, place, mark) {
    const box = find("picked");
    for (const row of document.querySelectorAll("#ranking tr.active")) row.classList.remove("active");
    mark.clearLayers();
    if (!place) {
      box.textContent = say("grey_here");
      return;
    }
    const link = document.createElement("a");
    const { urls, area } = barometer.config;
    link.href = `${urls.places}/${encodeURIComponent(place.id)}?area=${encodeURIComponent(area.name)}`;
    const unnamed = say(place.kind === "intersection" ? "unnamed_crossing" : "unnamed_street");
    link.textContent = say("open_place", { name: place.name || unnamed });
    const sentence = document.createElement("p");
    sentence.textContent = place.lead;
    box.replaceChildren(sentence, link);
    L.circleMarker(barometer.latLng([place.lon, place.lat]), { radius: 18, className: "place-mark", interactive: false }).addTo(mark);
    const row = document.querySelector(`#ranking tr[data-id="${CSS.escape(place.id)}"]`);
    if (row) row.classList.add("active");
  }

  function rows(map, mark) {
    for (const row of document.querySelectorAll("#ranking tr[data-id]")) {
      row.addEventListener("click", (event) => {
        if (event.target.closest("a")) return;
        const at = [Number(row.dataset.lon), Number(row.dataset.lat)];
        map.setView(barometer.latLng(at), 17, { animate: !barometer.calm() });
        const place = places.get(row.dataset.id);
        if (place) pick(map, place, mark);
      });
    }
  }

  function layers(map, url) {
    for (const input of document.querySelectorAll("[name=layer]")) {
      if (input.checked) shown = input.value;
      input.addEventListener("change", () => {
        shown = input.value;
        find("legend-danger").hidden = shown !== "danger";
        find("legend-risk").hidden = shown !== "risk";
        draw(map, url);
      });
    }
  }

  async function load(map) {
    try {
      const data = await barometer.get(barometer.config.urls.hotspots);
      places = new Map(data.places.map((place) => [place.id, place]));
      // Opens on what the list begins with; far-off places that claim nothing would shrink it.
      const claimed = data.places.filter((place) => place.state !== "unknown");
      const spots = (claimed.length ? claimed : data.places).map((place) => barometer.latLng([place.lon, place.lat]));
      if (spots.length) map.fitBounds(L.latLngBounds(spots), { animate: false, padding: [20, 20] });
    } catch (problem) {
      show(find("problem"), say("values_failed", { detail: problem.detail }));
    }
  }

  barometer.hotspots = async (map, options) => {
    scale = options.scale;
    const mark = L.layerGroup().addTo(map);
    layers(map, options.network);
    if (find("ranking")) rows(map, mark);
    if (find("layers")) await load(map);
    draw(map, options.network);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(map, options.network));
    if (find("picked")) map.on("click", (event) => pick(map, nearest(map, event.latlng), mark));
  };
  barometer.band = band;
})();
