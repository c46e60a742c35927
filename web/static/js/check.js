"use strict";

/* The preview: what stands here is what is sent, and nothing else. */
(() => {
  const { say, show, find, number, outbox } = barometer;
  const AGAIN_MS = 20000;
  let entry = null;
  let draft = null;
  let sending = false;
  let timer = null;

  function preview(map, ride) {
    const answered = ride.stops.filter((stop) => barometer.answers.isRated(draft.answers[stop.key]));
    find("km").textContent = number(ride.metres / 1000, 1);
    find("count").textContent = number(ride.stops.length);
    find("rated").textContent = say("share", { done: answered.length, all: ride.stops.length });
    find("incidents").textContent = number(answered.filter((stop) => draft.answers[stop.key].incident).length);
    find("cut-metres").textContent = say("stretch_of", { m: number(ride.cutM) });
    if (ride.short) show(find("short"), say("only_crossings"));
    barometer.routeLine(ride.lines, "").addTo(map);
    mark(map, ride);
    const points = ride.stops.flatMap((stop) => stop.points.map(barometer.latLng));
    map.invalidateSize({ animate: false });
    map.fitBounds(L.latLngBounds(points), { animate: false, padding: [24, 24], maxZoom: 17 });
  }

  /* Where the home end was cut off: of a ride home that is its last place. */
  function mark(map, ride) {
    const { school } = barometer.config;
    const back = draft.variant === "back";
    const { lon, lat } = ride.places[back ? ride.places.length - 1 : 0];
    const at = [lon, lat];
    const cut = barometer.pin(at, "cut", "", { interactive: true });
    barometer.label(cut, back ? say("cut_end") : say("cut_start"), at, [school.lon, school.lat]).addTo(map);
    barometer.schoolPin(at).addTo(map);
  }

  /* A ride that waits already goes out as it is; one that was changed since is another ride. */
  function prepare(ride) {
    const body = barometer.contribution.build(draft, ride);
    const waiting = outbox.find(draft.id);
    if (waiting && !same(waiting.body, body)) {
      outbox.remove(draft.id);
      draft.id = body.id = barometer.draft.uuid();
      barometer.draft.save(draft);
    }
    entry = { body, shown: barometer.contribution.shown(draft, ride) };
    if (waiting && body.id === waiting.body.id) entry.body = waiting.body;
    barometer.sends = body.id;
    return Boolean(waiting) && entry.body === waiting.body;
  }

  function same(one, other) {
    const plain = ({ replaces, ...body }) => JSON.stringify(body);
    return plain(one) === plain(other);
  }

  /* It lies in the outbox before it goes out: whatever happens on the way, some page sends it again. */
  async function send() {
    if (sending) return;
    sending = true;
    clearTimeout(timer);
    const kept = outbox.put(entry);
    busy(true);
    try {
      await outbox.deliver(entry);
      location.assign(barometer.config.urls.thanks);
    } catch (problem) {
      refused(problem, kept);
    } finally {
      sending = false;
    }
  }

  function busy(on) {
    find("send").disabled = on;
    find("replace").hidden = true;
    find("bar").hidden = false;
    show(find("problem"), "");
    find("status").textContent = on ? say("sending") : "";
  }

  function refused(problem, kept) {
    busy(false);
    if (!outbox.canWait(problem)) outbox.remove(entry.body.id);
    if (problem.temporary) {
      // Browsers do not always tell that they are online again.
      timer = setTimeout(send, (problem.retryAfter || 0) * 1000 || AGAIN_MS);
      find("send").textContent = say("try_now");
    }
    if (outbox.wasSent(problem)) return ask();
    return show(find("problem"), problem.temporary && !kept ? say("stay_here") : outbox.words(problem));
  }

  function ask() {
    find("replace").hidden = false;
    find("bar").hidden = true;
    find("replace-words").focus();
  }

  /* The request that was refused has stored nothing: the same id may say that it replaces. */
  function replace() {
    draft.replaces = true;
    barometer.draft.save(draft);
    entry = { ...entry, body: { ...entry.body, replaces: true } };
    send();
  }

  function keepEarlier() {
    busy(false);
    find("status").textContent = say("kept_earlier");
    find("send").focus();
  }

  async function start(map) {
    draft = barometer.draft.load();
    if (!draft || !draft.route || !draft.id) {
      find("preview").hidden = true;
      location.replace(barometer.config.urls.draw);
      return;
    }
    barometer.sends = draft.id;
    const ride = barometer.ride.stored(draft, await barometer.cut.share(barometer.config.participant_key));
    const waiting = prepare(ride);
    if (entry.body.rest === null && !entry.body.ratings.length) {
      location.replace(barometer.config.urls.rate);
      return;
    }
    preview(map, ride);
    barometer.summary(entry.body, ride);
    find("send").addEventListener("click", send);
    find("replace-yes").addEventListener("click", replace);
    find("replace-no").addEventListener("click", keepEarlier);
    // The same id goes out again, so a ride whose answer got lost is not stored twice.
    addEventListener("online", () => timer && send());
    if (waiting) send();
  }

  barometer.check = (map) => {
    const { school } = barometer.config;
    map.setView([school.lat, school.lon], 14, { animate: false });
    start(map);
  };
})();
