"use strict";

/* Tiles of the network, read only as far as a map needs it: ids as numbers, lines left as they are.
   A general reader makes an object of every point; of a whole city that takes a phone seconds. */
(() => {
  const HIGHEST = 15;
  const LAYER = 3, NAME = 1, FEATURE = 2, KEY = 3, VALUE = 4, EXTENT = 5;
  const TAGS = 2, GEOMETRY = 4;
  const MOVE = 1;
  const text = new TextDecoder();

  class Reader {
    constructor(bytes, at = 0, end = bytes.length) {
      Object.assign(this, { bytes, at, end });
    }

    number() {
      const { bytes } = this;
      let byte = bytes[this.at++];
      let value = byte & 127;
      for (let factor = 128; byte > 127; factor *= 128) {
        byte = bytes[this.at++];
        value += (byte & 127) * factor;
      }
      return value;
    }

    /* Calls `of(field, value)` for each field of a message. The value of one that has parts is this
       reader itself, at its beginning and with its end; what is not read is stepped over. */
    fields(of) {
      const { end } = this;
      while (this.at < end) {
        const tag = this.number();
        const [field, kind] = [tag >> 3, tag & 7];
        if (kind === 2) {
          const length = this.number();
          const next = this.at + length;
          this.end = next;
          of(field, this);
          this.at = next;
          this.end = end;
        } else if (kind === 0) {
          of(field, this.number());
        } else {
          this.at += kind === 1 ? 8 : 4;
        }
      }
    }

    text() {
      return text.decode(this.bytes.subarray(this.at, this.end));
    }
  }

  const digit = (code) => (code < 58 ? code - 48 : code - 87);

  /* An id is a letter and ten of a-z and 0-9: a number that a double holds exactly. */
  function numberOf(code, from, to) {
    let value = 0;
    for (let at = from + 1; at < to; at++) value = value * 36 + digit(code(at));
    return value * 2 + (code(from) === 105 ? 1 : 0);
  }

  const keyOf = (id) => numberOf((at) => id.charCodeAt(at), 0, id.length);

  function readValue(reader) {
    let found = 0;
    reader.fields((field, value) => {
      if (field !== 1) found = value;
      else found = numberOf((at) => value.bytes[at], value.at, value.end);
    });
    return found;
  }

  /* The parts of one layer: for each feature its id as a number, its stress, where its shape lies. */
  function readLayer(reader) {
    const keys = [], values = [], starts = [], ends = [];
    const layer = { name: "", extent: 4096, bytes: reader.bytes };
    reader.fields((field, value) => {
      if (field === FEATURE) {
        starts.push(value.at);
        ends.push(value.end);
      } else if (field === VALUE) values.push(readValue(value));
      else if (field === KEY) keys.push(value.text());
      else if (field === NAME) layer.name = value.text();
      else if (field === EXTENT) layer.extent = value;
    });
    const count = starts.length;
    const found = {
      keys: new Float64Array(count), stress: new Uint8Array(count), assumed: new Uint8Array(count),
      from: new Uint32Array(count), to: new Uint32Array(count),
    };
    const names = ["id", "s", "a"].map((name) => keys.indexOf(name));
    for (let n = 0; n < count; n++) {
      reader.at = starts[n];
      reader.end = ends[n];
      readFeature(reader, n, found, names, values);
    }
    return { ...layer, ...found, count };
  }

  function readFeature(reader, n, found, [id, stress, assumed], values) {
    reader.fields((field, value) => {
      if (field === GEOMETRY) {
        found.from[n] = value.at;
        found.to[n] = value.end;
      } else if (field === TAGS) {
        while (value.at < value.end) {
          const [key, at] = [value.number(), value.number()];
          if (key === id) found.keys[n] = values[at];
          else if (key === stress) found.stress[n] = values[at];
          else if (key === assumed) found.assumed[n] = values[at];
        }
      }
    });
  }

  function readTile(buffer) {
    const layers = {};
    new Reader(new Uint8Array(buffer)).fields((field, value) => {
      if (field !== LAYER) return;
      const layer = readLayer(value);
      layers[layer.name] = layer;
    });
    return layers;
  }

  /* Walks along a shape: `move(x, y)` where a line or point begins, `line(x, y)` for each corner. */
  function walk(layer, n, move, line) {
    const reader = new Reader(layer.bytes, layer.from[n], layer.to[n]);
    let x = 0, y = 0;
    while (reader.at < reader.end) {
      const command = reader.number();
      const step = (command & 7) === MOVE ? move : line;
      for (let left = command >> 3; left > 0; left--) {
        const [dx, dy] = [reader.number(), reader.number()];
        x += (dx >> 1) ^ -(dx & 1);
        y += (dy >> 1) ^ -(dy & 1);
        step(x, y);
      }
    }
  }

  /* Where a tile of 512 pixels at a zoom of the map finds its shapes: beyond the last level, in a
     part of a tile of that level. */
  function source({ x, y, z }) {
    const level = Math.min(z - 1, HIGHEST);
    const parts = 2 ** (z - 1 - level);
    const [column, row] = [Math.floor(x / parts), Math.floor(y / parts)];
    return { z: level, x: column, y: row, parts, left: x - column * parts, top: y - row * parts };
  }

  class NetworkTiles {
    constructor(url) {
      this.archive = new protomapsL.PmtilesSource(url, false).p;
      this.known = new Map();
    }

    /* The layers of a tile, empty where there is none. */
    get({ z, x, y }) {
      const name = `${z}/${x}/${y}`;
      if (!this.known.has(name)) {
        const asked = this.archive.getZxy(z, x, y).then((found) => (found ? readTile(found.data) : {}));
        asked.catch(() => this.known.delete(name)); // Asked again when it is needed again.
        this.known.set(name, asked);
      }
      return this.known.get(name);
    }
  }

  /* Which places are known, and the sign of each in every layer: from /api/hotspots/values. */
  class Values {
    constructor({ ids, layers }) {
      this.ids = ids;
      this.layers = layers;
      this.rows = new Map(ids.map((id, row) => [keyOf(id), row]));
    }

    /* The number of a band, -1 for none. */
    band(layer, row) {
      const signs = this.layers[layer];
      const sign = signs && row !== undefined ? signs[row] : "-";
      return sign === "-" ? -1 : Number(sign);
    }
  }

  Object.assign(barometer, { NetworkTiles, NetworkValues: Values, networkTiles: { readTile, walk, source, keyOf } });
})();
