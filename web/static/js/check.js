"use strict";

/* The preview: what stands here is what is sent, and nothing else. */
(() => {
  const { say, show, find, number } = barometer;
  let contribution = null;
  let sending = false;

  function build(draft, ride) {
    return {
      id: draft.id,
      rides_per_week: draft.rides,
      edits: draft.edits,
      accepted_unchanged: draft.way === "proposal" && draft.edits === 0,
      steps: ride.steps,
      ...barometer.ride.said(ride, draft.answers),
    };
  }

  function preview(map, draft, ride) {
    const answered = ride.stops.filter((stop) => barometer.ride.isRated(draft.answers[stop.key]));
    find("km").textContent = number(ride.metres / 1000, 1);
    find("count").textContent = number(ride.stops.length);
    find("rated").textContent = say("share", { done: answered.length, all: ride.stops.length });
    find("incidents").textContent = number(answered.filter((stop) => draft.answers[stop.key].incident).length);
    find("rides").textContent = number(draft.rides);
    find("cut-metres").textContent = say("stretch_of", { m: number(ride.fromM) });
    if (ride.short) show(find("short"), say("only_crossings"));
    const points = ride.stops.flatMap((stop) => stop.points.map(barometer.latLng));
    barometer.routeLine(ride.lines, "").addTo(map);
    const first = ride.stops[0].points[0];
    const { school } = barometer.config;
    const cut = barometer.pin(first, "cut", "", { interactive: true });
    barometer.label(cut, say("cut_start"), first, [school.lon, school.lat]).addTo(map);
    barometer.schoolPin(first).addTo(map);
    map.invalidateSize({ animate: false });
    map.fitBounds(L.latLngBounds(points), { animate: false, padding: [24, 24], maxZoom: 17 });
  }

  async function send() {
    if (sending) return;
    sending = true;
    find("send").disabled = true;
    show(find("problem"), "");
    find("status").textContent = say("sending");
    try {
      const stored = await barometer.post(barometer.config.urls.routes, contribution);
      sessionStorage.setItem("barometer.stored", JSON.stringify(stored));
      barometer.draft.remove();
      location.assign(barometer.config.urls.thanks);
    } catch (problem) {
      find("status").textContent = "";
      show(find("problem"), words(problem));
      find("send").disabled = false;
    } finally {
      sending = false;
    }
  }

  function words(problem) {
    if (problem.temporary) return say("offline");
    if (problem.signedOut) return say("signed_out");
    if (problem.status === 409) return say("conflict");
    return say("sent_refused", { detail: problem.detail });
  }

  async function start(map) {
    const draft = barometer.draft.load();
    if (!draft || !draft.route || !draft.id) {
      find("preview").hidden = true;
      location.replace(barometer.config.urls.draw);
      return;
    }
    const ride = barometer.ride.stored(draft, await barometer.cut.share(barometer.config.participant_key));
    contribution = build(draft, ride);
    if (contribution.rest === null && !contribution.ratings.length) return location.replace(barometer.config.urls.rate);
    preview(map, draft, ride);
    find("send").addEventListener("click", send);
    // The same id goes out again, so a ride whose answer got lost is not stored twice.
    addEventListener("online", () => !find("problem").hidden && send());
  }

  barometer.check = (map) => {
    const { school } = barometer.config;
    map.setView([school.lat, school.lon], 14, { animate: false });
    start(map);
  };
})();
