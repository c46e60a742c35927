"use strict";

/* The drawing page: taps, the crosshair, the search, a track and the list of points all end in the same few changes. */
(() => {
  const { say, show, find, drawing } = barometer;
  const AT_SCHOOL_M = 60;
  const GRIP_PX = 44;
  const TRACK_SHARE = 0.8;

  let map = null;
  let layers = null;
  let schoolPin = null;
  let list = null;
  let about = null;
  let sequence = 0;
  let fitted = false;
  let told = false;
  let asking = false;

  function change(apply) {
    show(find("problem"), "");
    barometer.doubt.close();
    drawing.change(apply);
    tellStage();
    render();
    keep();
    if (!drawing.state.snapped || drawing.chain().length < 2) snap();
  }

  /* The teacher's board counts who is drawing; without a network it simply counts later. */
  function tellStage() {
    if (told) return;
    told = true;
    barometer.post(barometer.config.urls.stage, { stage: "drawing" }).catch(() => {});
  }

  function step(move, words) {
    sequence += 1; // An answer under way belongs to the drawing that is gone.
    move();
    fitted = fitted && drawing.state.points.length > 0;
    show(find("problem"), "");
    barometer.doubt.close();
    render();
    keep();
    if (!drawing.state.snapped && drawing.chain().length > 1) snap();
    find("status").textContent = `${words} ${summary()}`.trim();
  }

  /* Whether the point was taken. */
  function add(lon, lat) {
    if (asking) return false;
    const { area, school } = barometer.config;
    const [west, south, east, north] = area.bbox;
    if (lon < west || lon > east || lat < south || lat > north) {
      return refuse(say("outside", { area: area.title || area.name }));
    }
    if (drawing.state.points.length >= drawing.MOST_POINTS) {
      return refuse(say("too_many_points", { limit: drawing.MOST_POINTS }));
    }
    const atSchool = map.distance([lat, lon], [school.lat, school.lon]) < AT_SCHOOL_M;
    const leg = nearestLeg({ lon, lat });
    change(() => drawing.place({ lon, lat }, { leg, atSchool }));
    return true;
  }

  function refuse(words) {
    show(find("problem"), words);
    return false;
  }

  function nearestLeg(point) {
    const at = map.latLngToLayerPoint([point.lat, point.lon]);
    const gaps = drawing.lines().map((line) => {
      const drawn = line.coordinates.map((c) => map.latLngToLayerPoint(barometer.latLng(c)));
      return Math.min(...drawn.slice(1).map((p, i) => L.LineUtil.pointToSegmentDistance(at, drawn[i], p)), Infinity);
    });
    return gaps.indexOf(Math.min(...gaps));
  }

  async function snap() {
    const mine = ++sequence;
    const { state } = drawing;
    const asked = drawing.ridden();
    find("again").hidden = true;
    if (asked.length < 2) {
      Object.assign(state, { route: null, snapped: true });
      return render();
    }
    find("status").textContent = say("searching");
    try {
      const route = await barometer.post(barometer.config.urls.snap, { waypoints: asked });
      if (mine !== sequence) return; // A newer tap is on its way: this answer is stale.
      Object.assign(state, { route, snapped: true });
      render();
      keep();
      // Who draws alone moves the map alone; a proposal must be seen whole.
      if (!fitted && state.way === "proposal") fit();
    } catch (problem) {
      if (mine === sequence) refused(problem);
    }
  }

  function refused(problem) {
    if (problem.signedOut) return show(find("problem"), say("signed_out"));
    if (problem.temporary) {
      render();
      find("again").hidden = false;
      return show(find("problem"), say("not_snapped"));
    }
    step(drawing.withdraw, "");
    show(find("problem"), reasonOf(problem));
  }

  function reasonOf({ type }) {
    if (type === "urn:barometer:outside-area") return say("refused_outside");
    if (type === "urn:barometer:unreachable") return say("refused_unreachable");
    if (type === "urn:barometer:crossing-straight-pieces") return say("refused_crossing");
    return say("refused_point");
  }

  function fit() {
    fitted = true;
    const all = drawing.lines().flatMap((line) => line.coordinates.map(barometer.latLng));
    map.invalidateSize({ animate: false }); // The panel has grown with the route.
    const { school } = barometer.config;
    const [first] = drawing.state.points;
    barometer.label(schoolPin, school.name, [school.lon, school.lat], [first.lon, first.lat]);
    if (all.length) map.fitBounds(all, { paddingTopLeft: [18, 22], paddingBottomRight: [18, 18], maxZoom: 16, animate: !barometer.calm() });
  }

  function keep() {
    if (!barometer.draft.save(drawing.kept())) show(find("problem"), say("storage_failed"));
  }

  function hint() {
    const { points, straight, toSchool, variant } = drawing.state;
    const home = variant === "back";
    if (!points.length) return home ? say("start_hint_back") : say("start_hint");
    if (straight === "from") return say("straight_from");
    if (straight === "to") return toSchool ? say("straight_to") : say("straight_next");
    if (toSchool) return say("correct_hint");
    return home ? say("self_hint_back") : say("self_hint");
  }

  function summary() {
    const { route, snapped } = drawing.state;
    if (!route || !snapped) return "";
    const crossings = route.places.filter((place) => place.kind === "intersection" && !place.stretch).length;
    return say("found", { km: barometer.number(route.length_m / 1000, 1), crossings });
  }

  /* Why the ride is not ready yet; empty if it is. */
  function missing() {
    const { points, toSchool, snapped, route, variant } = drawing.state;
    if (!points.length) return variant === "back" ? say("need_end") : say("need_start");
    if (!toSchool) return say("need_school");
    if (!snapped || !route) return say("need_snap");
    return "";
  }

  function render() {
    const { state } = drawing;
    const drawn = state.points.length > 0;
    if (find("hint").textContent !== hint()) find("hint").textContent = hint();
    find("status").textContent = summary();
    find("ways").hidden = drawn;
    find("undo").disabled = !drawing.canUndo;
    find("undo").hidden = !drawn && !drawing.canUndo;
    find("redo").hidden = !drawing.canRedo;
    find("straight").hidden = !drawn;
    find("straight").setAttribute("aria-pressed", String(state.straight !== null));
    find("to-school").hidden = !drawn || state.toSchool;
    find("points").hidden = !drawn;
    find("ride").hidden = !drawn || !state.toSchool;
    find("wish").hidden = state.straight === null && !drawing.chain().some((point) => point.straight);
    const reason = missing();
    show(find("reason"), reason);
    find("done").setAttribute("aria-disabled", String(reason !== ""));
    list.render();
    renderMap();
  }

  function renderMap() {
    const { points, snapped } = drawing.state;
    layers.clearLayers();
    barometer.routeLine(drawing.lines(), snapped ? "" : "unsnapped").addTo(layers);
    points.forEach((point, i) => {
      const pin = grip(point, list.number(i));
      pin.on("dragend", () => {
        const { lng: lon, lat } = pin.getLatLng();
        change(() => Object.assign(drawing.state.points[i], { lon, lat }));
      });
      pin.addTo(layers);
    });
  }

  /* A pin with room for a finger around it. */
  function grip({ lon, lat }, number) {
    const html = document.createElement("span");
    html.className = "pin";
    html.textContent = String(number);
    const icon = L.divIcon({ className: "grip", html, iconSize: [GRIP_PX, GRIP_PX] });
    return L.marker(barometer.latLng([lon, lat]), { icon, keyboard: false, draggable: true });
  }

  /* A track becomes a drawing like any other: its points can be moved, and undo brings back what was there. */
  async function follow(file) {
    const mine = ++sequence;
    show(find("problem"), "");
    find("status").textContent = say("searching");
    try {
      const { line, minutes } = await barometer.gpx.read(file);
      const found = await barometer.post(barometer.config.urls.follow, { line });
      if (mine !== sequence) return;
      change(() => drawing.follow(found));
      if (minutes !== null) drawing.state.minutes = minutes;
      about.fill();
      keep();
      fit();
      find("status").textContent = found.share < TRACK_SHARE ? say("gpx_partly") : say("gpx_taken");
    } catch (problem) {
      if (mine !== sequence) return;
      find("status").textContent = summary();
      show(find("problem"), trackWords(problem));
    }
  }

  function trackWords(problem) {
    if (problem instanceof barometer.gpx.TrackProblem) return problem.message;
    if (problem.signedOut) return say("signed_out");
    if (problem.temporary) return say("search_offline");
    if (problem.type === "urn:barometer:far-from-school") return say("gpx_far");
    return problem.type === "urn:barometer:short-line" ? say("gpx_short") : say("gpx_elsewhere");
  }

  function restart() {
    sequence += 1;
    fitted = false;
    begin({});
    barometer.draft.remove();
    show(find("problem"), "");
    barometer.doubt.close();
    render();
    map.getContainer().focus();
  }

  /* Browsers keep a choice over a reload; the state must say the same. */
  function begin(kept) {
    const { variant, redraw, sent } = barometer.config;
    const way = document.querySelector("[name=way]:checked").value;
    drawing.begin({ way, ...kept, variant });
    // The page says so: a student has one ride of each kind.
    if (redraw || sent.includes(variant)) drawing.state.replaces = true;
    about.fill();
  }

  function finish() {
    const reason = missing();
    if (reason) return show(find("problem"), reason);
    show(find("problem"), "");
    const { state } = drawing;
    const values = barometer.plausible.measured(state);
    const doubts = barometer.plausible.find(values, barometer.config.thresholds);
    state.confirmed = state.confirmed.filter((code) => doubts.includes(code));
    const open = doubts.find((code) => !state.confirmed.includes(code));
    if (open) return doubt(open, values);
    // A ride that still waits for a connection gives way to what is drawn now.
    if (state.id && barometer.outbox.find(state.id)) {
      barometer.outbox.remove(state.id);
      state.id = null;
    }
    state.id = state.id || barometer.draft.uuid();
    if (!barometer.draft.save(drawing.kept())) return show(find("problem"), say("storage_failed"));
    location.assign(barometer.config.urls.rate);
  }

  function doubt(code, values) {
    barometer.doubt.ask(code, values, {
      right: () => {
        drawing.state.confirmed.push(code);
        keep();
        finish();
      },
      wrong: () => map.getContainer().focus(),
    });
  }

  function listen() {
    map.on("click", (event) => add(event.latlng.lng, event.latlng.lat));
    const addCentre = () => add(map.getCenter().lng, map.getCenter().lat);
    find("centre").addEventListener("click", addCentre);
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === map.getContainer()) addCentre();
    });
    find("undo").addEventListener("click", () => step(drawing.undo, say("undone")));
    find("redo").addEventListener("click", () => {
      step(drawing.redo, say("redone"));
      if (find("redo").hidden) find("undo").focus();
    });
    find("straight").addEventListener("click", () => {
      const { state } = drawing;
      state.straight = state.straight ? null : state.toSchool ? "from" : "to";
      render();
    });
    find("to-school").addEventListener("click", () => change(drawing.reachSchool));
    find("again").addEventListener("click", retry);
    addEventListener("online", retry);
    find("restart").addEventListener("click", restart);
    find("done").addEventListener("click", finish);
    for (const way of document.querySelectorAll("[name=way]")) {
      way.addEventListener("change", () => (drawing.state.way = way.value));
    }
    find("track").addEventListener("change", () => {
      const [file] = find("track").files;
      find("track").value = ""; // The same file may be chosen again.
      if (file) follow(file);
    });
  }

  function retry() {
    if (drawing.state.snapped) return;
    show(find("problem"), "");
    snap();
  }

  function restore() {
    const kept = barometer.draft.load();
    const { variant, asked } = barometer.config;
    if (!kept || !kept.points.length) return begin({});
    const other = kept.variant && kept.variant !== variant;
    if (other && !asked) return goOn(kept);
    begin(other ? {} : kept);
    if (other) return askFirst(kept);
    told = true;
    if (!drawing.state.snapped) snap();
    fit();
  }

  function goOn(kept) {
    begin({});
    location.replace(`${barometer.config.urls.draw}?variant=${encodeURIComponent(kept.variant)}`);
  }

  /* One drawing at a time lies on a device: nothing of another one is lost without a word. */
  function askFirst(kept) {
    asking = true;
    find("unsent").hidden = false;
    find("drawing").hidden = true;
    find("go-on").addEventListener("click", () => goOn(kept));
    find("anew").addEventListener("click", () => {
      asking = false;
      find("unsent").hidden = true;
      find("drawing").hidden = false;
      restart();
    });
  }

  barometer.draw = (theMap) => {
    map = theMap;
    const { school } = barometer.config;
    map.setView([school.lat, school.lon], 14, { animate: false });
    layers = L.layerGroup().addTo(map);
    list = barometer.pointList(change);
    about = barometer.about(keep);
    schoolPin = barometer.schoolPin().addTo(map).on("click", () => {
      const { points, toSchool } = drawing.state;
      if (points.length && !toSchool) change(drawing.reachSchool);
    });
    barometer.search((lon, lat) => {
      const taken = add(lon, lat);
      if (taken && !map.getBounds().contains([lat, lon])) map.panTo([lat, lon], { animate: !barometer.calm() });
      return taken;
    });
    listen();
    restore();
    render();
  };
})();
