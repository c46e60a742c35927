"use strict";

/* Rides that wait on this device for a connection; what lies here is what is sent, cut and complete. */
(() => {
  const PREFIX = "barometer.outbox.";
  const STORED = "barometer.stored";
  const key = PREFIX + barometer.config.participant_key;

  /* Another participant's ride stays its week: whoever comes back with the same card sends it. */
  function all(name = key) {
    try {
      const rides = JSON.parse(localStorage.getItem(name)) || [];
      return rides.filter((ride) => ride.body && barometer.draft.isFresh(ride.saved));
    } catch (error) {
      return []; // Storage is switched off, or this was never ours.
    }
  }

  function write(rides, name = key) {
    try {
      if (rides.length) localStorage.setItem(name, JSON.stringify(rides));
      else localStorage.removeItem(name);
      return true;
    } catch (error) {
      return false; // The ride is kept by its page only: the page says so.
    }
  }

  function purge() {
    try {
      for (const name of Object.keys(localStorage)) {
        if (name.startsWith(PREFIX)) write(all(name), name);
      }
    } catch (error) {
      // Storage is switched off: nothing waits.
    }
  }

  const find = (id) => all().find((ride) => ride.body.id === id);
  const remove = (id) => write(all().filter((ride) => ride.body.id !== id));

  /* Of each kind one ride waits: the newest. */
  function put(ride) {
    const others = all().filter(({ body }) => body.id !== ride.body.id && body.variant !== ride.body.variant);
    return write([...others, { ...ride, saved: Date.now() }]);
  }

  /* One tab at a time, where the browser can say so; where not, the server sends each the same answer. */
  function alone(work) {
    return navigator.locks ? navigator.locks.request("barometer.sending", work) : work();
  }

  /* Send one ride and forget it. The same id goes out every time, so it is never stored twice. */
  function deliver(ride) {
    return alone(async () => {
      const receipt = await barometer.post(barometer.config.urls.routes, ride.body);
      try {
        sessionStorage.setItem(STORED, JSON.stringify({ receipt, ...ride.shown }));
      } catch (error) {
        // The next page cannot show the six words; the ride itself is safe.
      }
      remove(ride.body.id);
      const draft = barometer.draft.load();
      if (draft && draft.id === ride.body.id) barometer.draft.remove();
      return receipt;
    });
  }

  const wasSent = (problem) => problem.type === "urn:barometer:already-sent";
  /* It can be sent later as it is: with a connection, when the class is open again, after joining again. */
  const canWait = (problem) => problem.temporary || [401, 403, 410].includes(problem.status);

  function words(problem) {
    const { say } = barometer;
    if (problem.temporary) return say("offline");
    if (problem.status === 401) return say("signed_out_waiting");
    if (problem.status === 403) return say("consent_missing");
    if (problem.status === 410) return say("class_closed");
    if (wasSent(problem)) return say("already_sent");
    if (problem.status === 409) return say("conflict");
    return say("sent_refused", { detail: problem.detail });
  }

  purge();
  barometer.outbox = { all, find, put, remove, deliver, canWait, wasSent, words };
})();
