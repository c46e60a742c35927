"use strict";

/* Tables of a network as web/inspection_data.py writes them: columns of values, lines in steps of 1e-6°. */
(() => {
  const PRECISION = 1e-6;
  const MOST_CLASSES = 24;
  const BINS = 5;

  function plain(value) {
    if (value === null || value === undefined || value === "") return "–";
    if (Array.isArray(value)) return value.length ? value.map(plain).join(", ") : "–";
    if (typeof value === "object") return Object.entries(value).map(([key, one]) => `${key}: ${plain(one)}`).join(", ") || "–";
    return String(value);
  }

  /* [[lon, lat], …] of steps. */
  function unfold(steps) {
    const points = [];
    let lon = 0;
    let lat = 0;
    for (let i = 0; i < steps.length; i += 2) {
      lon += steps[i];
      lat += steps[i + 1];
      points.push([lon * PRECISION, lat * PRECISION]);
    }
    return points;
  }

  class Table {
    constructor(raw) {
      this.columns = Object.keys(raw.columns);
      this.lines = raw.lines.map(unfold);
      this.count = this.lines.length;
      this._values = raw.columns;
      this._rows = null;
    }

    value(row, name) {
      const column = this._values[name];
      if (column === undefined) return null;
      if (Array.isArray(column)) return column[row];
      return column.codes[row] < 0 ? null : column.words[column.codes[row]];
    }

    text(row, name) {
      return plain(this.value(row, name));
    }

    /* The row of an id. */
    row(id) {
      if (!this._rows) this._rows = new Map(this.lines.map((_, row) => [String(this.value(row, "id")), row]));
      return this._rows.get(String(id));
    }

    /* A name of a class for every row: the values as they are if they are few, else equal shares of numbers. */
    classes(name) {
      const texts = this.lines.map((_, row) => this.text(row, name));
      if (new Set(texts).size <= MOST_CLASSES) return texts;
      const numbers = this.lines.map((_, row) => this.value(row, name));
      const sorted = numbers.filter((value) => typeof value === "number").sort((a, b) => a - b);
      if (!sorted.length) return null;
      const tops = [...new Set(Array.from({ length: BINS }, (_, n) => sorted[Math.ceil(((n + 1) * sorted.length) / BINS) - 1]))];
      return numbers.map((value) => {
        if (typeof value !== "number") return "–";
        const n = tops.findIndex((top) => value <= top);
        return n === 0 ? `up to ${tops[0]}` : `over ${tops[n - 1]}, up to ${tops[n]}`;
      });
    }
  }

  barometer.Table = Table;
  barometer.plain = plain;
})();
