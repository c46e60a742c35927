"use strict";

/* Requests to our own server; a failure is always a Problem with words for people. */
(() => {
  const TIMEOUT_MS = 15000;

  class Problem extends Error {
    constructor(status, detail, { retryAfter = null, type = "about:blank" } = {}) {
      super(detail);
      this.status = status;
      this.detail = detail;
      this.retryAfter = retryAfter;
      this.type = type; // Which refusal it is, whatever the language: urn:barometer:unreachable.
    }

    /* Worth trying again without changing anything: no network, or a server that is busy. */
    get temporary() {
      return this.status === 0 || this.status === 429 || this.status >= 500;
    }

    get signedOut() {
      return this.status === 401 || this.status === 403;
    }
  }

  async function answer(response) {
    if (response.status === 204) return null;
    const isJson = (response.headers.get("content-type") || "").includes("json");
    const body = isJson ? await response.json() : null;
    if (response.ok && body !== null) return body;
    const words = (body && (body.detail || body.title)) || barometer.say("problem", { status: response.status });
    const retryAfter = Number(response.headers.get("retry-after")) || null;
    throw new Problem(response.status, String(words).replace(/\.$/, ""), { retryAfter, type: body?.type });
  }

  async function request(method, url, body) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(url, {
        method,
        signal: controller.signal,
        credentials: "same-origin",
        headers: body === undefined ? {} : { "content-type": "application/json" },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return await answer(response);
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem(0, barometer.say("offline"));
    } finally {
      clearTimeout(timer);
    }
  }

  barometer.get = (url) => request("GET", url);
  barometer.post = (url, body) => request("POST", url, body);
})();
