"use strict";

/* The schools of an area on the map, in step with the list in the form: either chooses. */
barometer.schoolPick = (map, options) => {
  const field = barometer.find("school_id");
  const marks = new Map();

  /* A tooltip is HTML: an element with text alone keeps the name of a school text. */
  function nameOf(school) {
    const name = document.createElement("span");
    name.textContent = school.name;
    return name;
  }

  function mark(school) {
    const icon = L.divIcon({ className: "school-pick", html: "<span></span>", iconSize: [44, 44] });
    const made = L.marker(barometer.latLng([school.lon, school.lat]), { icon, keyboard: false }).addTo(map);
    made.bindTooltip(nameOf(school), { className: "label", direction: "top", offset: [0, -14] });
    made.on("click", () => {
      field.value = String(school.id);
      choose();
    });
    return made;
  }

  function choose() {
    marks.forEach((made, id) => {
      const chosen = id === field.value;
      made.getElement().classList.toggle("chosen", chosen);
      made.setZIndexOffset(chosen ? 1000 : 0);
      if (chosen) made.openTooltip();
      else made.closeTooltip();
    });
  }

  function follow() {
    choose();
    const chosen = marks.get(field.value);
    if (chosen) map.setView(chosen.getLatLng(), Math.max(map.getZoom(), 15), { animate: false });
  }

  for (const school of options.schools) marks.set(String(school.id), mark(school));
  if (marks.size) {
    const all = L.latLngBounds([...marks.values()].map((made) => made.getLatLng()));
    map.fitBounds(all.pad(0.1), { maxZoom: 15, animate: false });
  }
  follow();
  field.addEventListener("change", follow);
};
