"use strict";

/* Where a map opens: at the position in the fragment of the address, else on what it shows. */
(() => {
  const POSITION = /^#(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/;

  // A mark stands above its place, the zoom buttons in the right corner.
  const ROOM = { paddingTopLeft: [16, 36], paddingBottomRight: [24, 8] };

  /* The usual order of such fragments: zoom, latitude, longitude. */
  function position() {
    const found = POSITION.exec(location.hash);
    if (!found) return null;
    const [zoom, lat, lon] = found.slice(1).map(Number);
    return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { zoom, center: [lat, lon] } : null;
  }

  function fragment(map) {
    const { lat, lng } = map.getCenter();
    return `#${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
  }

  /* Before the base map is there: moved later, it would fetch and draw the tiles of two places. */
  function openingView(map, options) {
    const at = position();
    if (at) map.setView(at.center, at.zoom, { animate: false });
    else map.fitBounds(options.bounds, { animate: false, ...ROOM, maxZoom: 17 });
  }

  Object.assign(barometer, { openingView, fragment, position });
})();
