"use strict";

/* The base map: our own tiles, drawn here, so that nobody else learns where a child looks. */
(() => {
  const LIGHT = {
    ground: "#f4f2ee", water: "#a9cfe3", green: "#d6e5c8", wood: "#c3dab2", campus: "#efe3c8",
    building: "#dcd6cc", schoolBuilding: "#cdb98d", casing: "#c3bcb0", minor: "#ffffff", middle: "#fff3c9",
    major: "#fbd896", path: "#a38a6a", cycle: "#4a76a8", rail: "#9a9a9a", text: "#2d3235", halo: "#ffffff",
    schoolText: "#6b4600",
  };
  const DARK = {
    ground: "#1b2023", water: "#173647", green: "#20301f", wood: "#1c2c1d", campus: "#33301f",
    building: "#2a3034", schoolBuilding: "#4d452c", casing: "#101315", minor: "#3d464c", middle: "#4e5140",
    major: "#6b5c38", path: "#7d6d57", cycle: "#5b86b5", rail: "#666b6f", text: "#e6eaec", halo: "#14181b",
    schoolText: "#ffd98f",
  };
  // Width in pixels at zoom 15; drawn from small to large so that main roads lie on top.
  const ROADS = [
    { kinds: ["service", "track"], width: 2, color: "minor", from: 14 },
    { kinds: ["pedestrian", "living_street", "residential", "unclassified", "road"], width: 4.5, color: "minor", from: 12 },
    { kinds: ["tertiary"], width: 6, color: "middle", from: 11 },
    { kinds: ["secondary"], width: 6.5, color: "middle", from: 10 },
    { kinds: ["primary", "trunk", "motorway"], width: 8, color: "major", from: 9 },
  ];
  const PATHS = ["path", "footway", "steps", "bridleway"];
  const FONT = '"Noto Sans", sans-serif';
  // A font is loaded for the signs that it is asked for: Latin and Thai.
  const SCRIPTS = "aก";
  const LOWEST = 12;
  const TOWNS = ["city", "town", "village"];

  const grow = (width) => (zoom) => width * 1.5 ** (zoom - 15);
  const among = (kinds) => (zoom, feature) => kinds.includes(feature.props.kind);
  const isLine = (feature) => feature.geomType === 2;

  function areas(colors) {
    const { PolygonSymbolizer, LineSymbolizer } = protomapsL;
    const fill = (dataLayer, color, filter, minzoom) => ({
      dataLayer, minzoom, filter, symbolizer: new PolygonSymbolizer({ fill: color }),
    });
    const campus = ["school", "college", "university"];
    return [
      fill("green", colors.green, (z, f) => !campus.includes(f.props.kind)),
      fill("green", colors.wood, among(["wood", "forest", "scrub"])),
      fill("green", colors.campus, among(campus)),
      fill("water", colors.water, (z, f) => !isLine(f)),
      {
        dataLayer: "water",
        filter: (z, f) => isLine(f),
        symbolizer: new LineSymbolizer({ color: colors.water, width: grow(3) }),
      },
      fill("buildings", colors.building, (z, f) => f.props.kind !== "school", 14),
      fill("buildings", colors.schoolBuilding, among(["school"]), 13),
    ];
  }

  function streets(colors) {
    const { LineSymbolizer } = protomapsL;
    const line = (kinds, minzoom, options) => ({
      dataLayer: "roads",
      minzoom,
      filter: among(kinds),
      symbolizer: new LineSymbolizer({ lineCap: "round", lineJoin: "round", ...options }),
    });
    const paths = [
      line(PATHS, 15, { color: colors.path, width: grow(1.1), dash: [2, 3] }),
      line(["cycleway"], 14, { color: colors.cycle, width: grow(1.6) }),
    ];
    const casings = ROADS.map((road) =>
      line(road.kinds, road.from, { color: colors.casing, width: (z) => grow(road.width)(z) + 1.6 }));
    const fills = ROADS.map((road) => line(road.kinds, road.from, { color: colors[road.color], width: grow(road.width) }));
    const rail = [
      { dataLayer: "rail", symbolizer: new LineSymbolizer({ color: colors.rail, width: grow(1.8) }) },
      { dataLayer: "rail", minzoom: 14, symbolizer: new LineSymbolizer({ color: colors.ground, width: grow(1), dash: [6, 6] }) },
    ];
    return [...casings, ...paths, ...fills, ...rail];
  }

  function labels(colors) {
    const { LineLabelSymbolizer, CenteredTextSymbolizer } = protomapsL;
    const look = { fill: colors.text, stroke: colors.halo, width: 3 };
    const main = ["primary", "trunk", "secondary", "tertiary"];
    const town = (minzoom, font, filter) => ({
      dataLayer: "places",
      minzoom,
      maxzoom: 16,
      filter,
      symbolizer: new CenteredTextSymbolizer({ ...look, font, maxLineChars: 18, lineHeight: 1.35 }),
    });
    const street = (minzoom, size, filter) => ({
      dataLayer: "streets",
      minzoom,
      filter,
      symbolizer: new LineLabelSymbolizer({ ...look, font: `400 ${size}px ${FONT}`, position: 3, repeatDistance: 350 }),
    });
    return [
      {
        dataLayer: "schools",
        minzoom: 15,
        filter: (z, f) => !barometer.config.school || f.props.name !== barometer.config.school.name,
        symbolizer: new CenteredTextSymbolizer({
          ...look, fill: colors.schoolText, font: `400 11px ${FONT}`, maxLineChars: 16, lineHeight: 1.35,
        }),
      },
      town(0, `700 14px ${FONT}`, among(TOWNS)),
      // Of the parts of a town: further out their names would cover each other.
      town(12, `400 12px ${FONT}`, (z, f) => z < 14 && !TOWNS.includes(f.props.kind)),
      town(14, `700 14px ${FONT}`, (z, f) => !TOWNS.includes(f.props.kind)),
      street(14, 12, among(main)),
      street(15, 12, (z, f) => !main.includes(f.props.kind)),
    ];
  }

  /* The ground, and the names on it: apart, because what a map shows lies between the two. */
  function layers(options, colors, fonts) {
    const both = {
      url: options.url, lang: options.language, attribution: "", bounds: options.bounds, noWrap: true,
      minNativeZoom: options.lowest, maxZoom: 18,
    };
    const ground = protomapsL.leafletLayer({
      ...both, backgroundColor: colors.ground, paintRules: [...areas(colors), ...streets(colors)],
    });
    // Canvas text does not wait for web fonts.
    const names = protomapsL.leafletLayer({ ...both, labelRules: labels(colors), tasks: [fonts] });
    names.views = ground.views; // So that a tile is fetched and read once.
    return [ground.setZIndex(0), names.setZIndex(2)];
  }

  /* A map that names the box of a whole area goes as far out as that needs, also on a phone. */
  function limitZoom(map, { bounds, whole }) {
    const least = () => {
      map.setMinZoom(0);
      map.setMinZoom(whole ? Math.min(LOWEST, map.getBoundsZoom(whole, false, L.point(4, 4))) : LOWEST);
    };
    map.setMaxZoom(18).setMaxBounds(L.latLngBounds(bounds).pad(0.25));
    least();
    if (whole) map.on("resize", least);
  }

  function frame(map, options) {
    const { say } = barometer;
    const box = map.getContainer();
    box.setAttribute("role", "application");
    box.setAttribute("aria-label", box.closest("section").getAttribute("aria-label"));
    L.control.zoom({ position: "topright", zoomInTitle: say("zoom_in"), zoomOutTitle: say("zoom_out") }).addTo(map);
    L.control.attribution({ prefix: false }).addAttribution(say("attribution")).addTo(map);
    limitZoom(map, options);
    // The panel below may grow: Leaflet must learn of the new size.
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(box);
    addEventListener("beforeprint", () => keepSize(box));
  }

  /* Tiles that fill the paper would be asked for too late. */
  function keepSize(box) {
    const { style } = box.closest("section");
    style.setProperty("--map-width", `${box.clientWidth}px`);
    style.setProperty("--map-height", `${box.clientHeight}px`);
  }

  function baseMap(map, options) {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const fonts = Promise.all([400, 700].map((weight) => document.fonts.load(`${weight} 12px ${FONT}`, SCRIPTS)));
    let drawn = [];
    const draw = () => {
      for (const layer of drawn) layer.remove();
      drawn = layers(options, dark.matches ? DARK : LIGHT, fonts);
      for (const layer of drawn) layer.addTo(map);
    };
    frame(map, options);
    draw();
    dark.addEventListener("change", draw);
  }

  /* GeoJSON order in, Leaflet order out: the only swap of the scripts. */
  const latLng = ([lon, lat]) => [lat, lon];

  /* A route line with its casing; straight legs and streets not yet found are dashed. */
  function routeLine(lines, name) {
    const options = (part, line) => ({
      className: `${part} ${name}${line.straight ? " straight" : ""}`,
      interactive: false,
    });
    return L.layerGroup([
      ...lines.map((line) => L.polyline(line.coordinates.map(latLng), options("route-casing", line))),
      ...lines.map((line) => L.polyline(line.coordinates.map(latLng), options("route-line", line))),
    ]);
  }

  function pin(point, name, html, options = {}) {
    const icon = L.divIcon({ className: `pin ${name}`, html, iconSize: [28, 28] });
    return L.marker(latLng(point), { icon, keyboard: false, ...options });
  }

  /* A label beside its pin, where the ride to or from `other` does not lie, nor the zoom buttons. */
  function label(marker, text, [lon, lat], other) {
    const upright = Math.abs(other[1] - lat) > Math.abs(other[0] - lon) * 0.6; // In metres, at our latitudes.
    const place = upright ? { direction: "left", offset: [-14, 0] } : { direction: "top", offset: [0, -14] };
    return marker.unbindTooltip().bindTooltip(textNode(text), { permanent: true, className: "label", ...place });
  }

  function schoolPin(start = null) {
    const { school } = barometer.config;
    const flag = '<svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2"><path d="M2 9l8-5 8 5M4 9v8h12V9M8.5 17v-4h3v4"/></svg>';
    const at = [school.lon, school.lat];
    return label(pin(at, "school", flag, { zIndexOffset: 500 }), school.name, at, start || at);
  }

  /* A tooltip is HTML: a text node keeps the name of a school text. */
  function textNode(text) {
    const span = document.createElement("span");
    span.textContent = text;
    return span;
  }

  Object.assign(barometer, { baseMap, latLng, routeLine, pin, label, schoolPin });
})();
