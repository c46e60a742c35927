"use strict";

/* A network as it was built: every segment and intersection, what is forbidden, what was left out and why. */
(() => {
  const { Table, find, latLng, number, calm } = barometer;
  const STRESS = { 1: "#2166ac", 2: "#67a9cf", 3: "#d9730d", 4: "#8b0f1a" };
  const COLORS = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d1f", "#56b4e9", "#7f3c8d", "#b10026", "#4d9221", "#e69f00",
    "#3969ac", "#a5688b", "#66a61e", "#8d6a9f", "#1b7a7a", "#c51b7d",
  ];
  const OTHER = "#8a8f94";
  const FORBIDDEN = "#c4001a";
  const CLICK_PX = 14;
  const CLOSE_ZOOM = 16;
  const MOST_FOUND = 30;
  const TURN_M = 12;
  const ARROW_M = 5;
  const SPECIAL = {
    riding: (table) => table.lines.map((_, row) => riding(table, row)),
    within: (table) => table.lines.map((_, row) => (table.value(row, "within") ? "inside an intersection" : "between intersections")),
  };

  let map = null;
  let tables = {};
  let drawn = {};
  let chosen = null;

  /* Metres to degrees at the middle of the map. */
  const scale = { lon: 1, lat: 1 / 111195 };

  function riding(table, row) {
    const [forward, backward] = [table.value(row, "forward"), table.value(row, "backward")];
    const ways = forward && backward ? "both ways" : forward || backward ? "one way" : "no way";
    return table.value(row, "push") ? `${ways}, pushing` : ways;
  }

  const isOneWay = (table, row) => Boolean(table.value(row, "forward")) !== Boolean(table.value(row, "backward"));

  /* Every class with its rows and colour, the largest first; stress by its own scale. */
  function classed(table, column) {
    const names = SPECIAL[column] && table === tables.segments ? SPECIAL[column](table) : table.classes(column);
    const groups = new Map();
    names.forEach((name, row) => {
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(row);
    });
    const order = [...groups].sort(([a, left], [b, right]) =>
      (column === "stress" ? a.localeCompare(b) : right.length - left.length));
    return order.map(([name, rows], n) => ({
      name,
      rows,
      color: name === "–" ? OTHER : column === "stress" ? STRESS[name] || OTHER : COLORS[n] || OTHER,
    }));
  }

  /* A street stretch has a colour unlike most of its neighbours'; those of one segment are grey. */
  function stretches(table) {
    const members = new Map();
    table.lines.forEach((_, row) => {
      const id = table.value(row, "stretch");
      if (!members.has(id)) members.set(id, []);
      members.get(id).push(row);
    });
    const groups = COLORS.map((color) => ({ name: "stretches of several segments", rows: [], color }));
    const alone = { name: "stretches of one segment", rows: [], color: OTHER };
    let n = 0;
    for (const [id, rows] of members) {
      const group = id === null || rows.length === 1 ? alone : groups[n++ % groups.length];
      group.rows.push(...rows);
    }
    return [...groups, alone].filter((group) => group.rows.length);
  }

  function columns(table) {
    const hidden = ["id", "name", "start", "end", "within", "start_intersection", "end_intersection", "stretch",
      "osm_nodes", "forward", "backward", "push"];
    const names = table.columns.filter((name) => {
      if (hidden.includes(name)) return false;
      const classes = table.classes(name);
      return classes && new Set(classes).size > 1;
    });
    if (table !== tables.segments) return names;
    return [...names, "riding", "within", ...(table.columns.includes("stretch") ? ["stretch"] : [])];
  }

  function kilometres(rows) {
    const metres = rows.reduce((sum, row) => sum + (tables.segments.value(row, "length_m") || 0), 0);
    return `${number(rows.length)} · ${number(metres / 1000, metres < 10000 ? 1 : 0)} km`;
  }

  function swatch(color, kind) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 32 16");
    svg.setAttribute("aria-hidden", "true");
    const shape = document.createElementNS(svg.namespaceURI, kind === "dot" ? "circle" : "line");
    const values = kind === "dot"
      ? { cx: 16, cy: 8, r: 7, fill: color, "fill-opacity": 0.45, stroke: color, "stroke-width": 2 }
      : { x1: 1, y1: 8, x2: 31, y2: 8, stroke: color, "stroke-width": 5, ...(kind === "dashed" ? { "stroke-dasharray": "5 4" } : {}) };
    for (const [key, value] of Object.entries(values)) shape.setAttribute(key, value);
    svg.append(shape);
    return svg;
  }

  /* One line of a legend: its box shows and hides what it stands for. */
  function entry(list, { name, count, color, kind, checked = true, change }) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = checked;
    box.addEventListener("change", () => change(box.checked));
    const words = document.createElement("span");
    words.textContent = name;
    const figure = document.createElement("span");
    figure.className = "count";
    figure.textContent = count;
    label.append(box, swatch(color, kind), words, figure);
    const item = document.createElement("li");
    item.append(label);
    list.append(item);
    return box;
  }

  const toggle = (layer) => (on) => (on ? layer.addTo(map) : layer.remove());
  const weight = () => Math.max(1, Math.min(5, 1.2 + (map.getZoom() - 13) * 0.8));

  function lines(table, rows, color, options = {}) {
    return L.polyline(rows.map((row) => table.lines[row].map(latLng)), {
      color, weight: weight(), opacity: 0.9, interactive: false, renderer: drawn.renderer, ...options,
    });
  }

  function drawSegments(column) {
    const list = find("segments-legend");
    for (const layer of drawn.segments || []) layer.remove();
    list.replaceChildren();
    const table = tables.segments;
    const groups = column === "stretch" ? stretches(table) : classed(table, column);
    drawn.segments = groups.map((group) => lines(table, group.rows, group.color).addTo(map));
    const names = [...new Set(groups.map((group) => group.name))];
    for (const name of names) {
      const numbers = groups.flatMap((group, n) => (group.name === name ? [n] : []));
      const layer = L.layerGroup(numbers.map((n) => drawn.segments[n]));
      const rows = numbers.flatMap((n) => groups[n].rows);
      entry(list, { name, count: kilometres(rows), color: groups[numbers[0]].color, kind: "line", change: toggle(layer) });
    }
    raise();
  }

  /* As large as the intersection is, but never too small to be seen. */
  function radius(row) {
    const metres = tables.intersections.value(row, "radius_m") || 0;
    const pixels = (metres * scale.lat * 256 * 2 ** map.getZoom()) / 360 / Math.cos((map.getCenter().lat * Math.PI) / 180);
    return Math.max(Math.min(5, 1.2 + (map.getZoom() - 12.5) * 1.2), 1.2, pixels + 2);
  }

  function drawIntersections(column) {
    const list = find("intersections-legend");
    for (const layer of drawn.intersections || []) layer.remove();
    list.replaceChildren();
    const table = tables.intersections;
    drawn.intersections = classed(table, column).map((group) => {
      const dots = group.rows.map((row) => Object.assign(
        L.circleMarker(latLng(table.lines[row][0]), {
          radius: radius(row), color: group.color, weight: map.getZoom() < 14 ? 1 : 2, fillOpacity: 0.3, interactive: false, renderer: drawn.renderer,
        }), { row }));
      const layer = L.layerGroup(dots).addTo(map);
      entry(list, { name: group.name, count: number(group.rows.length), color: group.color, kind: "dot", change: toggle(layer) });
      return layer;
    });
    raise();
  }

  /* Lines from an intersection's middle to the ends that it joined: what was merged is seen at a glance. */
  function spokes() {
    const found = new Map();
    const segments = tables.segments;
    segments.lines.forEach((line, row) => {
      const within = segments.value(row, "within");
      const ends = [[within || segments.value(row, "start_intersection"), line[0]], [within || segments.value(row, "end_intersection"), line[line.length - 1]]];
      for (const [id, point] of ends) {
        const place = id && tables.intersections.row(id);
        if (place !== undefined && place !== null) found.set(`${id} ${point}`, [tables.intersections.lines[place][0], point]);
      }
    });
    return [...found.values()];
  }

  /* The two strokes of an arrow that ends at `to`, in degrees. */
  function arrow(from, to, metres) {
    const [x, y] = [(to[0] - from[0]) / scale.lon, (to[1] - from[1]) / scale.lat];
    const length = Math.hypot(x, y) || 1;
    const [ux, uy] = [x / length, y / length];
    const wing = (side) => [
      to[0] + (-ux * metres + side * uy * metres * 0.6) * scale.lon,
      to[1] + (-uy * metres - side * ux * metres * 0.6) * scale.lat,
    ];
    return [wing(1), to, wing(-1)];
  }

  function arrows() {
    const table = tables.segments;
    return table.lines.flatMap((line, row) => {
      if (!isOneWay(table, row) || line.length < 2) return [];
      const middle = Math.max(1, Math.floor(line.length / 2));
      const [a, b] = [line[middle - 1], line[middle]];
      const at = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
      return [table.value(row, "forward") ? arrow(a, at, ARROW_M) : arrow(b, at, ARROW_M)];
    });
  }

  /* The last metres before a point, or the first after it, on the way in or out. */
  function stub(line, fromStart, metres) {
    const points = fromStart ? line : [...line].reverse();
    const found = [points[0]];
    let left = metres;
    for (let n = 1; n < points.length && left > 0; n += 1) {
      const [a, b] = [points[n - 1], points[n]];
      const length = Math.hypot((b[0] - a[0]) / scale.lon, (b[1] - a[1]) / scale.lat);
      const share = length > left ? left / length : 1;
      found.push([a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]);
      left -= length;
    }
    return found;
  }

  function turns() {
    return barometer.turns.map(([arriving, arrivingForward, leaving, leavingForward]) => {
      const before = stub(tables.segments.lines[arriving], !arrivingForward, TURN_M).reverse();
      const after = stub(tables.segments.lines[leaving], Boolean(leavingForward), TURN_M);
      return [...before, ...after.slice(1)];
    });
  }

  function strokes(coordinates, options) {
    return L.polyline(coordinates.map((line) => line.map(latLng)), { interactive: false, renderer: drawn.top, ...options });
  }

  /* Small things are drawn only where the map is close enough for them. */
  function closeBy(layer, from) {
    const shown = { on: true };
    const update = () => (shown.on && map.getZoom() >= from ? layer.addTo(map) : layer.remove());
    map.on("zoomend", update);
    update();
    return (on) => {
      shown.on = on;
      update();
    };
  }

  function drawOthers(base) {
    const list = find("others-legend");
    const joined = spokes();
    const dark = matchMedia("(prefers-color-scheme: dark)").matches ? "#ffffff" : "#111111";
    entry(list, {
      name: "what intersections join (close by)", count: number(joined.length), color: dark, kind: "line",
      change: closeBy(strokes(joined, { color: dark, weight: 1.2, opacity: 0.8 }), CLOSE_ZOOM),
    });
    const ways = arrows();
    entry(list, {
      name: "directions of one-way segments (close by)", count: number(ways.length), color: dark, kind: "line",
      change: closeBy(strokes(ways, { color: dark, weight: 2 }), CLOSE_ZOOM),
    });
    const forbidden = turns();
    const heads = forbidden.map((line) => arrow(line[line.length - 2], line[line.length - 1], ARROW_M));
    entry(list, {
      name: "forbidden turns (close by)", count: number(forbidden.length), color: FORBIDDEN, kind: "line",
      change: closeBy(strokes([...forbidden, ...heads], { color: FORBIDDEN, weight: 3.5 }), CLOSE_ZOOM - 1),
    });
    if (base) entry(list, { name: "base map", count: "", color: OTHER, kind: "line", change: (on) => { base.style.display = on ? "" : "none"; } });
  }

  function drawLeftOut() {
    const table = tables.left_out;
    if (!table) return;
    find("left-out-heading").hidden = false;
    const list = find("left-out-legend");
    const groups = classed(table, "reason");
    drawn.leftOut = groups.map((group) => ({
      rows: group.rows,
      layer: lines(table, group.rows, group.color, { dashArray: "5 4", weight: 3 }),
    }));
    const boxes = [];
    entry(list, {
      name: "all of it", count: number(table.count), color: OTHER, kind: "dashed", checked: false,
      change: (on) => boxes.forEach((box) => {
        if (box.checked !== on) box.click();
      }),
    });
    groups.forEach((group, n) => boxes.push(entry(list, {
      name: group.name, count: number(group.rows.length), color: group.color, kind: "dashed", checked: false,
      change: toggle(drawn.leftOut[n].layer),
    })));
  }

  /* Intersections lie on segments, whatever was drawn last. */
  function raise() {
    for (const layer of drawn.intersections || []) layer.eachLayer((dot) => dot.bringToFront());
  }

  function distance(point, line) {
    let best = Infinity;
    for (let n = 1; n < line.length; n += 1) best = Math.min(best, L.LineUtil.pointToSegmentDistance(point, line[n - 1], line[n]));
    return best;
  }

  function nearestLine(at, table, rows) {
    const reach = map.layerPointToLatLng(map.latLngToLayerPoint(at).add([CLICK_PX, CLICK_PX]));
    const [dLon, dLat] = [Math.abs(reach.lng - at.lng), Math.abs(reach.lat - at.lat)];
    const spot = map.latLngToLayerPoint(at);
    let best = { gap: CLICK_PX, row: null };
    for (const row of rows) {
      const line = table.lines[row];
      const near = line.some((one, n) => n > 0
        && Math.min(line[n - 1][0], one[0]) - dLon < at.lng && at.lng < Math.max(line[n - 1][0], one[0]) + dLon
        && Math.min(line[n - 1][1], one[1]) - dLat < at.lat && at.lat < Math.max(line[n - 1][1], one[1]) + dLat);
      if (!near) continue;
      const gap = distance(spot, line.map((one) => map.latLngToLayerPoint(latLng(one))));
      if (gap < best.gap) best = { gap, row };
    }
    return best;
  }

  /* What lies under a click: a dot first, then the nearest of the lines that are shown. */
  function under(at) {
    const spot = map.latLngToLayerPoint(at);
    let dot = { gap: Infinity, row: null };
    for (const group of drawn.intersections) {
      if (!map.hasLayer(group)) continue;
      group.eachLayer((one) => {
        const gap = spot.distanceTo(map.latLngToLayerPoint(one.getLatLng()));
        if (gap <= Math.max(one.getRadius(), CLICK_PX / 2) && gap < dot.gap) dot = { gap, row: one.row };
      });
    }
    const all = [...tables.segments.lines.keys()];
    const segment = nearestLine(at, tables.segments, all);
    const shown = (drawn.leftOut || []).filter((group) => map.hasLayer(group.layer)).flatMap((group) => group.rows);
    const left = shown.length ? nearestLine(at, tables.left_out, shown) : { gap: Infinity, row: null };
    // A click on a line inside a large circle means the line; one near the middle means the place.
    const middle = dot.row !== null && (dot.gap < CLICK_PX / 2 || segment.gap > 4);
    if (middle) return { kind: "intersections", row: dot.row };
    if (left.row !== null && left.gap < segment.gap) return { kind: "left_out", row: left.row };
    if (segment.row !== null) return { kind: "segments", row: segment.row };
    return dot.row === null ? null : { kind: "intersections", row: dot.row };
  }

  const TITLES = { segments: "Segment", intersections: "Intersection", left_out: "Left out" };

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  /* An id of another place or segment leads there. */
  function valueOf(table, row, name) {
    const cell = document.createElement("dd");
    const value = table.value(row, name);
    const target = typeof value === "string" && name !== "id" ? byId(value) : null;
    if (target) {
      const link = button(value, () => pick(target, true));
      link.className = "plain";
      cell.append(link);
    } else {
      cell.textContent = table.text(row, name);
    }
    return cell;
  }

  function describe({ kind, row }) {
    const table = tables[kind];
    const heading = document.createElement("h3");
    const words = document.createElement("span");
    const name = table.value(row, kind === "left_out" ? "reason" : "name");
    words.textContent = name ? `${TITLES[kind]}: ${name}` : `${TITLES[kind]} without a name`;
    heading.append(words, button("Close", () => pick(null)));
    const values = document.createElement("dl");
    for (const name of table.columns) {
      const term = document.createElement("dt");
      term.textContent = name;
      values.append(term, valueOf(table, row, name));
    }
    return [heading, values];
  }

  function pick(what, move = false) {
    if (chosen) chosen.remove();
    chosen = null;
    const box = find("picked");
    box.hidden = !what;
    if (!what) return;
    const table = tables[what.kind];
    box.replaceChildren(...describe(what));
    const spots = table.lines[what.row].map(latLng);
    const options = { interactive: false, renderer: drawn.top, color: "#ffd60a", opacity: 0.75 };
    chosen = what.kind === "intersections"
      ? L.circleMarker(spots[0], { ...options, radius: radius(what.row) + 5, weight: 5, fill: false })
      : L.polyline(spots, { ...options, weight: weight() + 8 });
    chosen.addTo(map).bringToBack();
    if (move) {
      const center = L.latLngBounds(spots).getCenter();
      map.setView(center, Math.max(map.getZoom(), 17), { animate: !calm() });
    }
    const id = table.value(what.row, "id");
    if (id) location.replace(`#${encodeURIComponent(id)}`);
  }

  function byId(id) {
    for (const kind of ["intersections", "segments"]) {
      const row = tables[kind].row(id);
      if (row !== undefined) return { kind, row };
    }
    return null;
  }

  /* Ids and names that contain the words; numbers are also looked for among OSM's. */
  function matches(words) {
    const found = [];
    const sought = words.toLowerCase();
    for (const [kind, names] of [["intersections", ["id", "name", "osm_nodes"]], ["segments", ["id", "name"]], ["left_out", ["osm_id"]]]) {
      const table = tables[kind];
      if (!table) continue;
      for (let row = 0; row < table.count && found.length < MOST_FOUND; row += 1) {
        const hit = names.some((name) => {
          const value = table.value(row, name);
          if (value === null) return false;
          if (Array.isArray(value)) return value.some((one) => String(one) === sought);
          return typeof value === "number" ? String(value) === sought : String(value).toLowerCase().includes(sought);
        });
        if (hit) found.push({ kind, row });
      }
    }
    return found;
  }

  function search() {
    const list = find("found");
    const words = find("search").value.trim();
    list.replaceChildren();
    if (words.length < 2) return;
    const found = matches(words);
    for (const what of found) {
      const table = tables[what.kind];
      const name = table.text(what.row, what.kind === "left_out" ? "reason" : "name");
      const one = button(name === "–" ? "" : `${name} `, () => pick(what, true));
      const id = document.createElement("span");
      id.className = "quiet";
      id.textContent = `${TITLES[what.kind].toLowerCase()} ${table.text(what.row, what.kind === "left_out" ? "osm_id" : "id")}`;
      one.append(id);
      const item = document.createElement("li");
      item.append(one);
      list.append(item);
    }
    if (!found.length) list.textContent = "Nothing of this name or id.";
  }

  function choices(id, table, first, draw) {
    const select = find(id);
    for (const name of columns(table)) select.append(new Option(name.replace(/_/g, " "), name));
    select.value = first;
    if (!select.value) select.selectedIndex = 0;
    select.addEventListener("change", () => draw(select.value));
    draw(select.value);
  }

  /* The tiles stand in the page: read from its text as from a file. */
  function baseMap(options) {
    const text = find("tiles").textContent;
    if (!text) return null;
    const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0)).buffer;
    const { constructor: Tiles } = new protomapsL.PmtilesSource("named.pmtiles", false).p;
    const source = { getKey: () => "page", getBytes: async (offset, length) => ({ data: bytes.slice(offset, offset + length) }) };
    barometer.baseMap(map, { url: new Tiles(source), bounds: options.bounds, language: "en" });
    return map.getPane("tilePane");
  }

  barometer.inspection = (area, options) => {
    map = area;
    const raw = JSON.parse(find("data").textContent);
    tables = Object.fromEntries(["segments", "intersections", "left_out"].map((kind) => [kind, raw[kind] && new Table(raw[kind])]));
    barometer.turns = raw.turns;
    const base = baseMap(options);
    map.setMinZoom(9).setMaxZoom(20).fitBounds(options.bounds, { animate: false });
    scale.lon = scale.lat / Math.cos((map.getCenter().lat * Math.PI) / 180);
    map.createPane("top").style.zIndex = 450;
    map.getPane("top").style.pointerEvents = "none";
    drawn = { renderer: L.canvas({ padding: 0.2 }), top: L.canvas({ padding: 0.2, pane: "top" }) };
    choices("segments-by", tables.segments, "stress", drawSegments);
    choices("intersections-by", tables.intersections, "type", drawIntersections);
    drawOthers(base);
    drawLeftOut();
    map.on("zoomend", () => {
      for (const layer of drawn.segments) layer.setStyle({ weight: weight() });
      for (const group of drawn.intersections) group.eachLayer((dot) => dot.setStyle({ radius: radius(dot.row), weight: map.getZoom() < 14 ? 1 : 2 }));
    });
    map.on("click", (event) => pick(under(event.latlng)));
    find("search").addEventListener("input", search);
    const asked = byId(decodeURIComponent(location.hash.slice(1)));
    if (asked) pick(asked, true);
    document.documentElement.dataset.ready = "yes";
  };
})();
