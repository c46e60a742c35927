"use strict";

/* Drawing a ride: taps, the crosshair and the list of points all end in the same few changes. */
(() => {
  const { say, show, find } = barometer;
  const MOST_POINTS = 19; // The school is the twentieth point that the server accepts.
  const AT_SCHOOL_M = 60;

  let map = null;
  let layers = null;
  let schoolPin = null;
  let sequence = 0;
  let fitted = false;
  const history = [];
  const undone = [];

  /* `straight`: null, "from" (where the path leaves the streets), "to" (where it comes back). */
  let state = blank();

  function blank() {
    return {
      way: "proposal", points: [], toSchool: false, straightToSchool: false, route: null, snapped: true,
      edits: 0, straight: null, after: 0, rides: 5, answers: {}, id: null,
    };
  }

  function waypoints() {
    const { school } = barometer.config;
    const end = { lon: school.lon, lat: school.lat, straight: state.straightToSchool };
    return state.toSchool ? [...state.points, end] : state.points;
  }

  /* Every change can be undone; the route of before is kept, so that undo needs no network. */
  function change(apply) {
    history.push(drawing());
    undone.length = 0;
    show(find("problem"), "");
    const first = !state.points.length;
    apply();
    if (state.points.length) state.points[0].straight = false;
    if (!first) state.edits += 1;
    state.snapped = false;
    render();
    keep();
    snap();
  }

  function drawing() {
    return JSON.stringify({ ...state, straight: null });
  }

  function undo() {
    if (!history.length) return;
    undone.push(drawing());
    recall(history.pop());
  }

  function redo() {
    if (!undone.length) return;
    history.push(drawing());
    recall(undone.pop());
  }

  function recall(kept) {
    sequence += 1; // An answer under way belongs to the drawing that is gone.
    const rides = state.rides;
    state = { ...JSON.parse(kept), rides };
    fitted = fitted && state.points.length > 0;
    show(find("problem"), "");
    render();
    keep();
    if (!state.snapped && waypoints().length > 1) snap();
  }

  function add(lon, lat) {
    const [west, south, east, north] = barometer.config.area.bbox;
    if (lon < west || lon > east || lat < south || lat > north) {
      return show(find("problem"), say("outside", { area: barometer.config.area.title || barometer.config.area.name }));
    }
    if (state.points.length >= MOST_POINTS) {
      return show(find("problem"), say("too_many_points", { limit: MOST_POINTS }));
    }
    const point = { lon, lat, straight: false };
    if (!state.points.length) return change(() => begin(point));
    if (!state.toSchool) return change(() => extend(point));
    if (state.straight === "to") return change(() => comeBack(point));
    return change(() => insert(point));
  }

  function begin(point) {
    state.points.push(point);
    state.toSchool = state.way === "proposal";
  }

  function extend(point) {
    const { school } = barometer.config;
    if (map.distance([point.lat, point.lon], [school.lat, school.lon]) < AT_SCHOOL_M) return reachSchool();
    state.points.push({ ...point, straight: state.straight === "to" });
    state.straight = null;
  }

  function reachSchool() {
    state.toSchool = true;
    state.straightToSchool = state.straight === "to";
    state.straight = null;
  }

  function insert(point) {
    const leg = nearestLeg(point);
    const end = waypoints()[leg + 1];
    // A tap on a straight piece bends it; it does not put it back on streets.
    state.points.splice(leg + 1, 0, { ...point, straight: Boolean(end.straight) });
    if (state.straight === "from") {
      state.straight = "to";
      state.after = leg + 1;
    }
  }

  function comeBack(point) {
    state.points.splice(state.after + 1, 0, { ...point, straight: true });
    state.straight = null;
  }

  function lines() {
    if (state.route && state.snapped) return state.route.legs;
    const points = waypoints().map((point) => [point.lon, point.lat]);
    return points.slice(1).map((point, i) => ({ coordinates: [points[i], point], straight: false }));
  }

  function nearestLeg(point) {
    const at = map.latLngToLayerPoint([point.lat, point.lon]);
    const gaps = lines().map((line) => {
      const drawn = line.coordinates.map((c) => map.latLngToLayerPoint(barometer.latLng(c)));
      return Math.min(...drawn.slice(1).map((p, i) => L.LineUtil.pointToSegmentDistance(at, drawn[i], p)), Infinity);
    });
    return gaps.indexOf(Math.min(...gaps));
  }

  async function snap() {
    const mine = ++sequence;
    const asked = waypoints();
    find("again").hidden = true;
    if (asked.length < 2) {
      state.route = null;
      state.snapped = true;
      return render();
    }
    find("status").textContent = say("searching");
    try {
      const route = await barometer.post(barometer.config.urls.snap, { waypoints: asked });
      if (mine !== sequence) return; // A newer tap is on its way: this answer is stale.
      state.route = route;
      state.snapped = true;
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
    // Not undone: what was refused would be refused again.
    if (history.length) recall(history.pop());
    show(find("problem"), say("snap_refused", { detail: problem.detail }));
  }

  function fit() {
    fitted = true;
    const all = lines().flatMap((line) => line.coordinates.map(barometer.latLng));
    map.invalidateSize({ animate: false }); // The panel has grown with the route.
    const { school } = barometer.config;
    const [first] = state.points;
    barometer.label(schoolPin, school.name, [school.lon, school.lat], [first.lon, first.lat]);
    if (all.length) map.fitBounds(all, { paddingTopLeft: [18, 22], paddingBottomRight: [18, 18], maxZoom: 16, animate: !barometer.calm() });
  }

  function keep() {
    if (!barometer.draft.save(draft())) show(find("problem"), say("storage_failed"));
  }

  function draft() {
    const { straight, after, ...kept } = state;
    return kept;
  }

  function hint() {
    if (!state.points.length) return say("start_hint");
    if (state.straight === "from") return say("straight_from");
    if (state.straight === "to") return say(state.toSchool ? "straight_to" : "straight_next");
    return say(state.toSchool ? "correct_hint" : "self_hint");
  }

  function summary() {
    if (!state.route || !state.snapped) return "";
    const crossings = state.route.places.filter((place) => place.kind === "intersection" && !place.stretch).length;
    return say("found", { km: barometer.number(state.route.length_m / 1000, 1), crossings });
  }

  function render() {
    const drawn = state.points.length > 0;
    if (find("hint").textContent !== hint()) find("hint").textContent = hint();
    find("status").textContent = summary();
    find("ways").hidden = drawn;
    find("undo").disabled = !history.length;
    find("undo").hidden = !drawn && !history.length;
    find("redo").hidden = !undone.length;
    find("straight").hidden = !drawn;
    find("straight").setAttribute("aria-pressed", String(state.straight !== null));
    find("to-school").hidden = !drawn || state.toSchool;
    find("points").hidden = !drawn;
    find("finish").hidden = !drawn || !state.toSchool;
    renderList();
    renderMap();
  }

  function renderMap() {
    layers.clearLayers();
    barometer.routeLine(lines(), state.snapped ? "" : "unsnapped").addTo(layers);
    state.points.forEach((point, i) => {
      const pin = barometer.pin([point.lon, point.lat], "", String(i + 1), { draggable: true });
      pin.on("dragend", () => {
        const { lng: lon, lat } = pin.getLatLng();
        change(() => Object.assign(state.points[i], { lon, lat }));
      });
      pin.addTo(layers);
    });
  }

  function renderList() {
    const rows = state.points.map((point, i) => row(name(point, i), [
      { action: "earlier", words: "↑", title: "earlier_point", act: () => swap(i, i - 1), off: i === 0 },
      { action: "later", words: "↓", title: "later_point", act: () => swap(i, i + 1), off: i === state.points.length - 1 },
      { action: "remove", words: say("remove"), title: "remove_point", act: () => remove(i) },
    ]));
    if (state.toSchool) rows.push(row(say("draft_school", { school: barometer.config.school.name }), []));
    const list = find("list");
    const held = list.contains(document.activeElement) ? document.activeElement : null;
    const at = held ? [...list.children].indexOf(held.closest("li")) : -1;
    list.replaceChildren(...rows);
    // An answer of the server draws the list anew under whoever is using it.
    if (held) focus(at, held.dataset.action);
  }

  function focus(i, action) {
    const buttons = [...find("list").children[i]?.querySelectorAll("button:not(:disabled)") ?? []];
    (buttons.find((button) => button.dataset.action === action) || buttons[0])?.focus();
  }

  function name(point, i) {
    if (i === 0) return say("draft_start");
    return say(point.straight ? "draft_straight" : "draft_point", { n: i + 1 });
  }

  function row(text, actions) {
    const item = document.createElement("li");
    const label = document.createElement("span");
    label.textContent = text;
    item.append(label);
    for (const { action, words, title, act, off } of actions) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.action = action;
      button.textContent = words;
      button.disabled = Boolean(off);
      button.title = say(title, { point: text });
      button.setAttribute("aria-label", button.title);
      button.addEventListener("click", act);
      item.append(button);
    }
    return item;
  }

  function swap(i, j) {
    change(() => {
      const { points } = state;
      [points[i], points[j]] = [points[j], points[i]];
    });
    find("status").textContent = say("moved", { n: j + 1 });
    // The focus goes with the point; at an end of the list its button there rests.
    focus(j, j < i ? "earlier" : "later");
  }

  function remove(i) {
    change(() => {
      state.points.splice(i, 1);
      if (!state.points.length) Object.assign(state, { toSchool: false, straightToSchool: false, straight: null });
    });
    find("status").textContent = say("removed", { n: state.points.length });
    // The button that had the focus is gone with its row.
    find("points").querySelector("summary").focus();
  }

  function restart() {
    sequence += 1;
    history.length = 0;
    undone.length = 0;
    fitted = false;
    state = { ...blank(), way: document.querySelector("[name=way]:checked").value };
    barometer.draft.remove();
    show(find("problem"), "");
    render();
    map.getContainer().focus();
  }

  function finish(event) {
    event.preventDefault();
    const problem = find("problem");
    if (!state.toSchool) return show(problem, say("need_school"));
    if (!state.snapped || !state.route) return show(problem, say("need_snap"));
    state.id = state.id || barometer.draft.uuid();
    if (!barometer.draft.save(draft())) return show(problem, say("storage_failed"));
    location.assign(barometer.config.urls.rate);
  }

  function listen() {
    map.on("click", (event) => add(event.latlng.lng, event.latlng.lat));
    const addCentre = () => add(map.getCenter().lng, map.getCenter().lat);
    find("centre").addEventListener("click", addCentre);
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === map.getContainer()) addCentre();
    });
    find("undo").addEventListener("click", () => {
      undo();
      find("status").textContent = `${say("undone")} ${summary()}`;
    });
    find("redo").addEventListener("click", () => {
      redo();
      find("status").textContent = `${say("redone")} ${summary()}`;
      if (find("redo").hidden) find("undo").focus();
    });
    find("straight").addEventListener("click", () => {
      state.straight = state.straight ? null : state.toSchool ? "from" : "to";
      render();
    });
    find("to-school").addEventListener("click", () => change(reachSchool));
    find("again").addEventListener("click", retry);
    addEventListener("online", retry);
    find("restart").addEventListener("click", restart);
    find("finish").addEventListener("submit", finish);
    for (const way of document.querySelectorAll("[name=way]")) {
      way.addEventListener("change", () => (state.way = way.value));
    }
    for (const rides of document.querySelectorAll("[name=rides]")) {
      rides.addEventListener("change", () => {
        state.rides = Number(rides.value);
        keep();
      });
    }
  }

  function retry() {
    if (state.snapped) return;
    show(find("problem"), "");
    snap();
  }

  function restore() {
    const kept = barometer.draft.load();
    if (!kept || !kept.points.length) {
      // Browsers keep a choice over a reload; the state must say the same.
      state.way = document.querySelector("[name=way]:checked").value;
      return;
    }
    state = { ...blank(), ...kept };
    const rides = document.querySelector(`[name=rides][value="${state.rides}"]`);
    if (rides) rides.checked = true;
    if (!state.snapped) snap();
    fit();
  }

  barometer.draw = (theMap) => {
    map = theMap;
    const { school } = barometer.config;
    map.setView([school.lat, school.lon], 14, { animate: false });
    layers = L.layerGroup().addTo(map);
    schoolPin = barometer.schoolPin().addTo(map).on("click", () => {
      if (state.points.length && !state.toSchool) change(reachSchool);
    });
    listen();
    restore();
    render();
  };
})();
