"use strict";

/* The network on a map, each place in the class that the server gave it; without one it is grey. */
(() => {
  const SIDE = 512;
  const GREY_FROM = 14;
  const HALO_FROM = 14;
  const TOGETHER = 400; // One stroke of thousands of lines is slower than some strokes of hundreds.
  const { walk, source } = barometer.networkTiles;

  const grow = (width, zoom) => width * 1.3 ** (zoom - 15);

  const NetworkLayer = L.GridLayer.extend({
    options: { tileSize: SIDE, maxZoom: 18, pane: "tilePane", zIndex: 1 },

    initialize(options) {
      L.setOptions(this, { ...options, minNativeZoom: options.lowest });
      this.tiles = new barometer.NetworkTiles(options.url);
      this.values = new barometer.NetworkValues({ ids: [], layers: {} });
      this.shown = options.shown;
      this.knowsStress = false; // Tiles of areas that were imported by an older version have none.
    },

    /* A tile is drawn once both its lines and the values are there: drawn before, all of it is grey. */
    createTile(coords, done) {
      const canvas = document.createElement("canvas");
      const ratio = window.devicePixelRatio || 1;
      canvas.width = canvas.height = SIDE * ratio;
      Promise.all([this.tiles.get(source(coords)), this.options.ready]).then(
        ([layers]) => {
          this.paint(canvas, coords, layers);
          done(null, canvas);
        },
        (error) => done(error, canvas),
      );
      return canvas;
    },

    show(shown, values = this.values) {
      Object.assign(this, { shown, values });
      for (const { el, coords } of Object.values(this._tiles || {})) {
        this.tiles.get(source(coords)).then((layers) => this.paint(el, coords, layers));
      }
    },

    classOf(layer, n) {
      if (this.shown === "stress") return layer.name === "segments" ? layer.stress[n] - 1 : -1;
      return this.values.band(this.shown, this.values.rows.get(layer.keys[n]));
    },

    /* The features of a layer by band; the last of the lists is grey. */
    sorted(layer) {
      const lists = [...this.options.scale.layers[this.shown].bands.map(() => []), []];
      for (let n = 0; n < layer.count; n++) lists.at(this.classOf(layer, n)).push(n);
      return lists;
    },

    paint(canvas, coords, layers) {
      const { parts, left, top } = source(coords);
      const ratio = canvas.width / SIDE;
      const pen = canvas.getContext("2d");
      pen.setTransform(ratio, 0, 0, ratio, 0, 0);
      pen.clearRect(0, 0, SIDE, SIDE);
      pen.lineCap = pen.lineJoin = "round";
      const place = (layer) => {
        const scale = (SIDE * parts) / layer.extent;
        return { scale, dx: -left * SIDE, dy: -top * SIDE };
      };
      const { segments, intersections } = layers;
      if (segments && segments.stress.some(Boolean)) this.knowsStress = true;
      if (segments) this.lines(pen, segments, place(segments), coords.z);
      if (intersections && this.shown !== "stress") this.dots(pen, intersections, place(intersections), coords.z);
    },

    looks() {
      const dark = matchMedia("(prefers-color-scheme: dark)").matches && !matchMedia("print").matches;
      const color = (look) => (dark ? look.dark_color : look.color);
      return { color, halo: dark ? "#101315" : "#ffffff", ...this.options.scale };
    },

    lines(pen, layer, at, zoom) {
      const { color, halo, unknown, layers } = this.looks();
      const lists = this.sorted(layer);
      if (zoom >= GREY_FROM) {
        pen.setLineDash([3, 4]);
        stroke(pen, layer, lists.at(-1), at, [[color(unknown), grow(unknown.width, zoom)]]);
      }
      layers[this.shown].bands.forEach((band, n) => {
        const width = grow(band.width, zoom);
        const strokes = [[color(band), width]];
        if (zoom >= HALO_FROM) strokes.unshift([halo, width + 2]);
        for (const [list, dash] of this.dashed(layer, lists[n], width)) {
          pen.setLineDash(dash);
          stroke(pen, layer, list, at, strokes);
        }
      });
      pen.setLineDash([]);
    },

    /* Stress that rests on assumptions is dashed. */
    dashed(layer, list, width) {
      if (this.shown !== "stress") return [[list, []]];
      const gap = Math.max(3, width * 1.5);
      return [
        [list.filter((n) => layer.assumed[n]), [gap * 2, gap * 1.5]],
        [list.filter((n) => !layer.assumed[n]), []],
      ];
    },

    dots(pen, layer, at, zoom) {
      const { color, halo, layers } = this.looks();
      const lists = this.sorted(layer);
      layers[this.shown].bands.forEach((band, n) => {
        const radius = Math.max(zoom < HALO_FROM ? 2 : 3, grow(band.width, zoom) * 1.1);
        pen.beginPath();
        for (const one of lists[n]) {
          walk(layer, one, (x, y) => {
            const [px, py] = [x * at.scale + at.dx, y * at.scale + at.dy];
            pen.moveTo(px + radius, py);
            pen.arc(px, py, radius, 0, 2 * Math.PI);
          });
        }
        if (zoom >= HALO_FROM) {
          pen.strokeStyle = halo;
          pen.lineWidth = 4;
          pen.stroke();
        }
        pen.fillStyle = color(band);
        pen.fill();
      });
    },

    /* The known place nearest to a point of the map, within so many pixels of it; null if none. */
    async nearest(latlng, reach) {
      const zoom = Math.max(this.options.lowest, this._map.getZoom());
      const far = reach * this._map.getZoomScale(zoom, this._map.getZoom());
      const spot = this._map.project(latlng, zoom);
      const corners = [-far, far].flatMap((x) => [-far, far].map((y) => spot.add([x, y]).divideBy(SIDE).floor()));
      const tiles = new Map(corners.map(({ x, y }) => [`${x}/${y}`, { x, y, z: zoom }]));
      let best = { gap: far, id: null };
      for (const coords of tiles.values()) {
        const layers = await this.tiles.get(source(coords));
        for (const layer of Object.values(layers)) best = this.nearer(layer, coords, spot, best);
      }
      return best.id;
    },

    nearer(layer, coords, spot, best) {
      const { parts, left, top } = source(coords);
      const scale = layer.extent / (SIDE * parts);
      const x = (spot.x - (coords.x - left) * SIDE) * scale;
      const y = (spot.y - (coords.y - top) * SIDE) * scale;
      // Crossings lie on the ends of streets: within a finger of one it is meant.
      const favour = layer.name === "intersections" ? 0.5 : 1;
      let found = best;
      for (let n = 0; n < layer.count; n++) {
        const row = this.values.rows.get(layer.keys[n]);
        if (row === undefined) continue;
        const gap = (distance(layer, n, x, y) / scale) * favour;
        if (gap < found.gap) found = { gap, id: this.values.ids[row] };
      }
      return found;
    },
  });

  /* All of one stroke before the next: a halo must not cut the lines that are already there. */
  function stroke(pen, layer, list, { scale, dx, dy }, strokes) {
    const paths = [];
    for (let from = 0; from < list.length; from += TOGETHER) {
      const path = new Path2D();
      for (let n = from; n < Math.min(list.length, from + TOGETHER); n++) {
        walk(layer, list[n],
          (x, y) => path.moveTo(x * scale + dx, y * scale + dy),
          (x, y) => path.lineTo(x * scale + dx, y * scale + dy));
      }
      paths.push(path);
    }
    for (const [color, width] of strokes) {
      pen.strokeStyle = color;
      pen.lineWidth = width;
      for (const path of paths) pen.stroke(path);
    }
  }

  function distance(layer, n, x, y) {
    let least = Infinity;
    let [px, py] = [0, 0];
    walk(layer, n,
      (ax, ay) => {
        [px, py] = [ax, ay];
        least = Math.min(least, Math.hypot(ax - x, ay - y));
      },
      (ax, ay) => {
        const [vx, vy] = [ax - px, ay - py];
        const along = Math.max(0, Math.min(1, ((x - px) * vx + (y - py) * vy) / (vx * vx + vy * vy || 1)));
        least = Math.min(least, Math.hypot(px + along * vx - x, py + along * vy - y));
        [px, py] = [ax, ay];
      });
    return least;
  }

  barometer.NetworkLayer = NetworkLayer;
})();
