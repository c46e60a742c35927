"use strict";

/* What a student says about the places of a ride, and how it goes out. */
(() => {
  // From here on people feel safe: a place is asked what is good, not what is wrong.
  const GOOD = 7;
  const MOST_NAMED = 120;
  const MARKS = /[\p{Cc}\p{Cf}\p{Cs}<>]+/gu;

  function blank() {
    return {
      rating: null, bulk: false, seconds: null, reasons: [], likes: [], times: [], incident: null,
      counterpart: null, comment: "", helps: [], proposal: "",
    };
  }

  const of = (answers, key) => ({ ...blank(), ...answers[key] });
  const isRated = (answer) => Boolean(answer) && answer.rating !== null;
  const isGood = (answer) => answer.rating >= GOOD;
  const isBare = (answer) =>
    !answer.incident && !answer.comment && !answer.proposal &&
    [answer.reasons, answer.likes, answer.times, answer.helps].every((codes) => !codes.length);

  /* A line break or a joined emoji must not cost the ride: the server takes plain text only. */
  function plain(text) {
    return text.replace(MARKS, " ").replace(/ {2,}/g, " ").trim().slice(0, 200);
  }

  /* "All fine, except …" goes out as it was said: one rating for the rest, and the exceptions. */
  function said({ stops, short }, answers) {
    const rated = stops.filter((stop) => isRated(answers[stop.key])).map((stop) => [stop, of(answers, stop.key)]);
    // The rest means every place: where one is still open, each rating is named.
    const whole = !short && rated.length === stops.length;
    const bulk = rated.filter(([, answer]) => answer.bulk && isBare(answer));
    const rest = whole && bulk.length ? bulk[0][1].rating : null;
    const ratings = spread(rest === null ? rated : rated.filter((one) => !bulk.includes(one)));
    if (ratings.length <= MOST_NAMED || !whole) return { rest, ratings };
    return folded(rated, rest);
  }

  /* A ride with more places than are taken by name: the rating given most often stands for the rest. */
  function folded(rated, rest) {
    const bare = rated.filter(([, answer]) => isBare(answer)).map(([, answer]) => answer.rating);
    const count = (rating) => bare.filter((one) => one === rating).length;
    const most = rest ?? bare.reduce((best, one) => (count(one) > count(best) ? one : best), bare[0] ?? null);
    const named = rated.filter(([, answer]) => !isBare(answer) || answer.rating !== most);
    return { rest: most, ratings: spread(named) };
  }

  function spread(named) {
    return named.flatMap(([stop, answer]) => pieces(stop, fitting(answer)));
  }

  /* One answer counts for every piece of its stretch, but what happened happened once, and a text
     is read once: both go to the middle of the street. */
  function pieces(stop, answer) {
    const parts = stop.segments.length ? stop.segments : stop.ids;
    const middle = parts[Math.floor(parts.length / 2)];
    const once = { incident: null, counterpart: null, comment: "", proposal: "" };
    return stop.ids.map((place) => ({ place, ...answer, ...(place === middle ? {} : once) }));
  }

  /* Only what is asked of such a rating: somebody may have changed their mind. */
  function fitting(answer) {
    const { bulk, ...sent } = { ...answer };
    if (isGood(answer)) sent.reasons = [];
    else sent.likes = [];
    if (!answer.incident) sent.counterpart = null;
    return sent;
  }

  barometer.answers = { blank, of, isRated, isGood, isBare, plain, fitting, said };
})();
