"use strict";

/* The numbered marks of the table's rows on the map: shape by state, a ring or a tick for the case. */
(() => {
  const SIZE = 26;
  const STEM = 8; // A mark stands above its place, whose colour would lie under it.
  const GAP = SIZE;
  const CLOSED = ["done", "declined"];

  function icon({ number, state, caseState }) {
    const names = ["hotspot-mark", state];
    if (caseState) names.push(CLOSED.includes(caseState) ? "case-closed" : "case-open");
    return L.divIcon({ className: names.join(" "), html: barometer.number(number), iconSize: [SIZE, SIZE], iconAnchor: [SIZE / 2, SIZE + STEM] });
  }

  function read(row) {
    const { id, lon, lat, number, state, case: caseState } = row.dataset;
    if (!number) return null;
    return { id, at: barometer.latLng([Number(lon), Number(lat)]), number: Number(number), state, caseState };
  }

  class Marks {
    constructor(map, open) {
      Object.assign(this, { map, open, group: L.layerGroup().addTo(map), marks: [] });
      map.on("zoomend", () => this.thin());
    }

    /* One mark for each row; the table beside it is the way for the keyboard. */
    set(rows) {
      this.group.clearLayers();
      this.marks = rows.map(read).filter(Boolean).map((place) => {
        const mark = L.marker(place.at, { icon: icon(place), keyboard: false, zIndexOffset: -place.number });
        mark.on("click", () => this.open(place.id));
        mark.options.alt = "";
        return mark.addTo(this.group);
      });
      this.thin();
    }

    /* Of marks that would cover each other only the first keeps its number; the rest are points. */
    thin() {
      const taken = [];
      for (const mark of this.marks) {
        const at = this.map.latLngToLayerPoint(mark.getLatLng());
        const covered = taken.some((other) => Math.abs(other.x - at.x) < GAP && Math.abs(other.y - at.y) < GAP);
        if (!covered) taken.push(at);
        mark.getElement().classList.toggle("covered", covered);
      }
    }
  }

  barometer.HotspotMarks = Marks;
})();
