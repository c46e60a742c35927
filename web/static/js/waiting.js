"use strict";

/* On every page of a student: whatever waits on this device is sent as soon as it can be. */
(() => {
  const { say, outbox } = barometer;
  const AGAIN_MS = 20000;
  const SPREAD_MS = 10000;
  let timer = null;
  let running = false;
  let notice = null;

  function tell(text, ...actions) {
    if (!notice) {
      notice = document.createElement("div");
      notice.className = "notice waiting";
      notice.setAttribute("role", "status");
      document.querySelector(".panel, main").prepend(notice);
    }
    const sentence = document.createElement("p");
    sentence.textContent = text;
    notice.replaceChildren(sentence, ...actions);
    notice.hidden = false;
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  /* The check page sends the ride that it shows itself. */
  const others = () => outbox.all().filter((ride) => ride.body.id !== barometer.sends);

  async function flush() {
    if (running) return;
    running = true;
    clearTimeout(timer);
    try {
      for (const ride of others()) {
        if (outbox.find(ride.body.id) && !(await send(ride))) break;
      }
    } finally {
      running = false;
    }
  }

  /* Whether the next one may be tried. */
  async function send(ride) {
    const draft = barometer.draft.load();
    try {
      await outbox.deliver(ride);
    } catch (problem) {
      refused(ride, problem);
      return false;
    }
    // Its page would keep it on the device once more.
    if (draft && draft.id === ride.body.id) location.assign(barometer.config.urls.thanks);
    else tell(say("waiting_sent"), words());
    return true;
  }

  function words() {
    const link = document.createElement("a");
    link.className = "button";
    link.href = barometer.config.urls.thanks;
    link.textContent = say("your_words");
    return link;
  }

  function refused(ride, problem) {
    if (problem.temporary) {
      const wait = (problem.retryAfter || 0) * 1000 || AGAIN_MS;
      timer = setTimeout(flush, wait + Math.random() * SPREAD_MS);
    }
    if (problem.temporary) return tell(say("waiting"), button(say("try_now"), flush));
    if (outbox.canWait(problem)) return tell(outbox.words(problem), button(say("try_now"), flush));
    const drop = button(outbox.wasSent(problem) ? say("keep_earlier") : say("delete_waiting"), () => {
      outbox.remove(ride.body.id);
      notice.hidden = true;
    });
    if (!outbox.wasSent(problem)) return tell(outbox.words(problem), drop);
    return tell(outbox.words(problem), button(say("replace_it"), () => replace(ride)), drop);
  }

  /* The request that was refused has stored nothing: the same id may say that it replaces. */
  function replace(ride) {
    outbox.put({ ...ride, body: { ...ride.body, replaces: true } });
    flush();
  }

  addEventListener("online", flush);
  // After the page's own script, which says what it sends itself.
  addEventListener("load", flush);
})();
