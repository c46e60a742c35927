"use strict";

/* The drawing itself: its points, what was done to them, undone and done again. It knows no page and no map. */
(() => {
  const MOST_POINTS = 19; // The school is the twentieth point that the server accepts.
  const { school } = barometer.config;

  const history = [];
  const undone = [];
  let state = blank("there");

  /* `points[0]` is the home end, also of a ride home; `route` is as it is ridden.
     `straight`: null, "from" (where the path leaves the streets), "to" (where it comes back). */
  function blank(variant) {
    return {
      variant, way: "proposal", points: [], toSchool: false, straightToSchool: false, route: null,
      snapped: true, edits: 0, source: "drawn", confirmed: [], straight: null, after: 0,
      rides: 5, mode: "bicycle", departure: null, minutes: null, companions: null, why: [],
      home: null, same_way_back: false, replaces: false, answers: {}, id: null,
    };
  }

  function begin(kept) {
    history.length = 0;
    undone.length = 0;
    state = { ...blank(kept.variant), ...kept };
  }

  /* What undo brings back: what was said about the ride stays. */
  function drawn() {
    const { way, points, toSchool, straightToSchool, route, snapped, edits, source, confirmed } = state;
    return JSON.stringify({ way, points, toSchool, straightToSchool, route, snapped, edits, source, confirmed });
  }

  /* Every change can be undone; the route of before is kept, so that undo needs no network. */
  function change(apply) {
    history.push(drawn());
    undone.length = 0;
    const first = !state.points.length;
    // Another line asks for other questions.
    state.confirmed = [];
    state.snapped = false;
    apply();
    if (state.points.length) state.points[0].straight = false;
    else Object.assign(state, { toSchool: false, straightToSchool: false, straight: null });
    if (!first) state.edits += 1;
  }

  function undo() {
    if (history.length) recall(history.pop(), undone);
  }

  function redo() {
    if (undone.length) recall(undone.pop(), history);
  }

  function recall(kept, others) {
    others.push(drawn());
    Object.assign(state, JSON.parse(kept), { straight: null });
  }

  /* What the server refused is gone for good: it would be refused again. */
  function withdraw() {
    if (history.length) Object.assign(state, JSON.parse(history.pop()), { straight: null });
  }

  /* Every point from the home end to the school. */
  function chain() {
    const end = { lon: school.lon, lat: school.lat, straight: state.straightToSchool };
    return state.toSchool ? [...state.points, end] : state.points;
  }

  /* The points as they are ridden, each with whether a straight line leads to it. */
  function ridden() {
    return state.variant === "back" ? turned(chain()) : chain();
  }

  /* The same points the other way round: a straight line belongs to the point where it ends. */
  function turned(points) {
    return points.map((point, i) => ({ ...point, straight: Boolean(points[i + 1]?.straight) })).reverse();
  }

  /* The lines between the points of the chain, in its order. */
  function lines() {
    if (state.route && state.snapped) return state.variant === "back" ? [...state.route.legs].reverse() : state.route.legs;
    const points = chain();
    return points.slice(1).map((point, i) => ({
      coordinates: [[points[i].lon, points[i].lat], [point.lon, point.lat]], straight: false,
    }));
  }

  /* A point that was tapped or found; `leg` is the line of the chain that it lies nearest to. */
  function place(point, { leg, atSchool }) {
    if (!state.points.length) return start(point);
    if (!state.toSchool) return atSchool ? reachSchool() : extend(point);
    if (state.straight === "to") return comeBack(point);
    return insert(point, leg);
  }

  function start(point) {
    state.points.push({ ...point, straight: false });
    state.toSchool = state.way === "proposal";
  }

  function extend(point) {
    state.points.push({ ...point, straight: state.straight === "to" });
    state.straight = null;
  }

  function reachSchool() {
    state.toSchool = true;
    state.straightToSchool = state.straight === "to";
    state.straight = null;
  }

  function insert(point, leg) {
    const end = chain()[leg + 1];
    // A tap on a straight piece bends it; it does not put it back on streets.
    state.points.splice(leg + 1, 0, { ...point, straight: Boolean(end.straight) });
    if (state.straight !== "from") return;
    state.straight = "to";
    state.after = leg + 1;
  }

  /* The path leaves the streets at the point `after` and is back on them here. */
  function comeBack(point) {
    const left = state.points[state.after];
    if (state.variant === "back") {
      state.points.splice(state.after, 0, { ...point, straight: left.straight });
      left.straight = true;
    } else {
      state.points.splice(state.after + 1, 0, { ...point, straight: true });
    }
    state.straight = null;
  }

  function swap(i, j) {
    const { points } = state;
    [points[i], points[j]] = [points[j], points[i]];
  }

  function remove(i) {
    state.points.splice(i, 1);
  }

  /* A whole drawing that follows a track to the school; the way home must be asked for. */
  function follow({ waypoints, route }) {
    const isBack = state.variant === "back";
    const end = waypoints[waypoints.length - 1];
    Object.assign(state, {
      points: waypoints.slice(0, -1), toSchool: true, straightToSchool: end.straight, way: "self", source: "gpx",
      route: isBack ? null : route, snapped: !isBack, straight: null,
    });
  }

  function kept() {
    const { straight, after, ...draft } = state;
    return draft;
  }

  barometer.drawing = {
    MOST_POINTS, blank, begin, change, undo, redo, withdraw, chain, ridden, lines, place, reachSchool, swap, remove,
    follow, kept,
    get state() {
      return state;
    },
    get canUndo() {
      return history.length > 0;
    },
    get canRedo() {
      return undone.length > 0;
    },
  };
})();
