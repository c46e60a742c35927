"use strict";

/* The view of the hotspots: one form says what map and table show, and the address says the same. */
(() => {
  const { say, show, find } = barometer;
  const CLICK_PX = 44;

  class View {
    constructor(map, options) {
      Object.assign(this, { map, asked: 0, form: find("view") });
      this.values = barometer.get(barometer.config.urls.values).then((data) => new barometer.NetworkValues(data));
      this.layer = new barometer.NetworkLayer({
        url: options.network, lowest: options.lowest, scale: options.scale, shown: this.chosen(), ready: this.values.then((found) => { this.layer.values = found; }, () => {}),
      }).addTo(map);
      this.values.catch((problem) => this.fail(problem));
      this.spot = L.layerGroup().addTo(map);
      this.marks = new barometer.HotspotMarks(map, (id) => this.pick(id));
      this.marks.set(this.rows());
    }

    rows() {
      return [...document.querySelectorAll("#ranking tr[data-id]")];
    }

    chosen() {
      const input = this.form && this.form.querySelector("[name=layer]:checked");
      return input ? input.value : "danger";
    }

    /* What the form says, without what is usual: the same words as in the links of the page. */
    query() {
      const usual = { layer: this.form.dataset.layer, list: "priority" };
      const said = [...new FormData(this.form)].filter(([name, value]) => value && value !== usual[name]);
      return new URLSearchParams(said);
    }

    address(query = this.query()) {
      const text = query.toString();
      return `${location.pathname}${text ? `?${text}` : ""}${barometer.fragment(this.map)}`;
    }

    remember(query) {
      history.replaceState(null, "", this.address(query));
    }

    /* The table of another address: the server's own, so that there is one table only. */
    async list(query) {
      const number = ++this.asked;
      const main = find("main");
      main.setAttribute("aria-busy", "true");
      try {
        const response = await fetch(`${location.pathname}?${query}`, { credentials: "same-origin" });
        const text = await response.text();
        if (number !== this.asked) return;
        const fresh = new DOMParser().parseFromString(text, "text/html");
        if (!fresh.getElementById("list")) throw new Error(`${response.status}`);
        const notes = [...document.querySelectorAll(".of-whom")].map(({ id }) => id);
        for (const id of ["list", "filtered", "groups", "files", ...notes]) {
          if (find(id)) find(id).replaceWith(document.adoptNode(fresh.getElementById(id)));
        }
        barometer.config.urls.values = JSON.parse(fresh.getElementById("config").textContent).urls.values;
        this.marks.set(this.rows());
        // Read out by itself: the sentence stands in the page from the start, only its words change.
        show(find("said"), find("count").textContent.trim());
      } catch (problem) {
        this.fail(problem);
      } finally {
        if (number === this.asked) main.removeAttribute("aria-busy");
      }
    }

    async filter() {
      const query = this.query();
      query.delete("page");
      await this.list(query);
      this.remember(this.query());
      try {
        const found = new barometer.NetworkValues(await barometer.get(barometer.config.urls.values));
        this.failed = false;
        this.layer.show(this.chosen(), found);
        this.explain();
      } catch (problem) {
        this.fail(problem);
      }
    }

    switchLayer() {
      const shown = this.chosen();
      for (const legend of document.querySelectorAll(".legend")) legend.hidden = legend.id !== `legend-${shown}`;
      this.layer.show(shown);
      this.explain();
      this.remember();
      for (const link of document.querySelectorAll("#list a[data-list]")) {
        const url = new URL(link.href);
        url.searchParams.delete("layer");
        if (this.query().get("layer")) url.searchParams.set("layer", shown);
        link.href = `${url.pathname}${url.search}`;
      }
    }

    /* That a layer cannot be there must not look as if nothing was to be seen. */
    explain() {
      const lacks = this.chosen() === "stress" && !this.layer.knowsStress;
      if (lacks || !this.failed) show(find("problem"), lacks ? say("stress_missing") : "");
    }

    fail(problem) {
      this.failed = true;
      show(find("problem"), say("values_failed", { detail: problem.detail || problem.message }));
    }

    async click(latlng) {
      const id = await this.layer.nearest(latlng, CLICK_PX);
      if (id) await this.pick(id);
      else this.picked([textIn("p", say("grey_here"))]);
    }

    async pick(id) {
      const { urls, area } = barometer.config;
      const number = ++this.asked;
      const period = this.query().get("period") || "";
      const query = new URLSearchParams({ area: area.name, ...(period && { period }) });
      try {
        const place = await barometer.get(`${urls.place}/${encodeURIComponent(id)}?${query}`);
        if (number === this.asked) this.tell(place, `${urls.places}/${encodeURIComponent(id)}?${query}`);
      } catch (problem) {
        this.fail(problem);
      }
    }

    tell(place, address) {
      const unnamed = say(place.kind === "intersection" ? "unnamed_crossing" : "unnamed_street");
      const link = textIn("a", say("open_place", { name: place.name || unnamed }));
      link.href = address;
      this.picked([textIn("p", place.lead), link]);
      this.spot.clearLayers();
      L.circleMarker(barometer.latLng([place.lon, place.lat]), { radius: 18, className: "place-mark", interactive: false }).addTo(this.spot);
      const row = document.querySelector(`#ranking tr[data-id="${CSS.escape(place.id)}"]`);
      if (row) row.classList.add("active");
    }

    picked(parts) {
      for (const row of document.querySelectorAll("#ranking tr.active")) row.classList.remove("active");
      this.spot.clearLayers();
      find("picked").replaceChildren(...parts);
    }

    showRow(row) {
      const at = barometer.latLng([Number(row.dataset.lon), Number(row.dataset.lat)]);
      this.map.setView(at, Math.max(16, this.map.getZoom()), { animate: !barometer.calm() });
      // On a phone the table is far below the map.
      this.map.getContainer().scrollIntoView({ block: "nearest", behavior: barometer.calm() ? "auto" : "smooth" });
      this.pick(row.dataset.id);
    }
  }

  function textIn(name, words) {
    const element = document.createElement(name);
    element.textContent = words;
    return element;
  }

  function wire(view, map) {
    view.form.addEventListener("change", (event) => {
      if (event.target.name === "area") view.form.submit();
      else if (event.target.name === "layer") view.switchLayer();
      else view.filter();
    });
    view.form.addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.name === "whole") return;
      event.preventDefault();
      view.filter();
    });
    find("panel").addEventListener("click", (event) => {
      const link = event.target.closest("#list a[data-list]");
      const row = event.target.closest("#ranking tr[data-id]");
      if (link) turn(view, link, event);
      else if (row && !event.target.closest("a")) view.showRow(row);
    });
    map.on("moveend", () => view.remember());
    view.layer.on("load", () => view.explain());
    map.on("click", (event) => view.click(event.latlng));
    find("copy").addEventListener("click", () => copy(view));
    find("print").addEventListener("click", () => print());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => view.layer.show(view.chosen()));
  }

  /* To another page, order or list of the table without leaving this one. */
  async function turn(view, link, event) {
    event.preventDefault();
    const query = new URL(link.href).searchParams;
    const { list } = link.dataset;
    for (const name of ["list", "sort", "page"]) {
      view.form.elements[name].value = query.get(name) || "";
    }
    await view.list(query);
    view.remember();
    const again = document.querySelector(`#list [data-list="${CSS.escape(list)}"]`) || find("list");
    again.focus();
  }

  async function copy(view) {
    view.remember();
    const said = await navigator.clipboard.writeText(location.href).then(() => "copied", () => "copy_by_hand");
    show(find("copied"), said === "copied" ? say(said) : say(said, { address: location.href }));
  }

  barometer.hotspots = (map, options) => {
    const view = new View(map, options);
    if (find("list")) wire(view, map);
    barometer.hotspotView = view;
  };
})();
