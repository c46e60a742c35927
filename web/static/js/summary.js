"use strict";

/* All that goes out, in words: the ride, and every place of which something was said. */
barometer.summary = (contribution, ride) => {
  const { say, find, number } = barometer;
  const words = JSON.parse(find("words").textContent);
  const listed = new Intl.ListFormat(document.documentElement.lang, { type: "unit", style: "short" });
  const all = (kind, codes) => listed.format(codes.map((code) => words[kind][code]));
  const scored = (rating) => say("rated_as", { rating, word: words.ratings[rating] });

  /* A pair of a list; what was not said is not shown. */
  function pair(label, text) {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const value = document.createElement("dd");
    term.textContent = label;
    value.textContent = text;
    row.append(term, value);
    row.hidden = !text;
    return row;
  }

  function about({ variant, same_way_back, mode, departure, minutes, companions, why, source, rides_per_week }) {
    return [
      pair(words.labels.variant, words.variant[variant]),
      pair(words.labels.home, same_way_back ? words.labels.same : ""),
      pair(words.labels.rides, number(rides_per_week)),
      pair(words.labels.mode, words.mode[mode]),
      pair(words.labels.departure, departure || ""),
      pair(words.labels.minutes, minutes ? number(minutes) : ""),
      pair(words.labels.companions, companions ? words.companions[companions] : ""),
      pair(words.labels.why, all("why", why)),
      pair(words.labels.source, source === "gpx" ? words.labels.gpx : ""),
    ];
  }

  /* What is said of a stretch goes out with each of its pieces; people said it once. */
  function place(stop, pieces) {
    const said = pieces.find((one) => one.incident || one.comment || one.proposal) || pieces[0];
    const item = document.createElement("li");
    const name = document.createElement("strong");
    const list = document.createElement("dl");
    name.textContent = barometer.ride.title(stop);
    list.append(
      pair(words.labels.rating, scored(said.rating)),
      pair(words.labels.reasons, all("reasons", said.reasons)),
      pair(words.labels.likes, all("likes", said.likes)),
      pair(words.labels.times, all("times", said.times)),
      pair(words.labels.incident, said.incident ? say(said.incident) : ""),
      pair(words.labels.counterpart, said.counterpart ? words.counterpart[said.counterpart] : ""),
      pair(words.labels.comment, said.comment),
      pair(words.labels.helps, all("helps", said.helps)),
      pair(words.labels.proposal, said.proposal),
    );
    item.append(name, list);
    return item;
  }

  const byPlace = new Map(contribution.ratings.map((one) => [one.place, one]));
  const named = ride.stops
    .map((stop) => [stop, stop.ids.map((id) => byPlace.get(id)).filter(Boolean)])
    .filter(([, pieces]) => pieces.length);
  find("about").replaceChildren(...about(contribution));
  find("said").replaceChildren(...named.map(([stop, pieces]) => place(stop, pieces)));
  find("said-box").hidden = !named.length;
  find("others").hidden = contribution.rest === null;
  find("rest").textContent = contribution.rest === null ? "" : scored(contribution.rest);
};
