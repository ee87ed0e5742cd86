import type { Color } from "./color.js";
import type { Shape } from "./shapes.js";

/** A color that changes from top to bottom, between two heights. */
export interface Gradient {
  top: Color;
  bottom: Color;
  from: number;
  to: number;
}

export type Paint = Color | Gradient;

export interface Strength {
  /** 0 to 1. @default 1 */
  alpha?: number;
  /** Width of a soft edge: a glow, a haze. @default 0: as sharp as the pixels allow */
  feather?: number;
}

/**
 * A picture that is painted layer over layer. The shorter side has length 1, whatever its pixels; y points down. Edges
 * are smooth, because shapes are distances.
 */
export interface Canvas {
  /** Extent, of which the smaller is 1. */
  readonly width: number;
  readonly height: number;
  /** Paints everything. */
  fill(paint: Paint): void;
  paint(shape: Shape, paint: Paint, strength?: Strength): void;
  /** Paints everything that lies below a line. */
  paintBelow(line: (x: number) => number, paint: Paint, strength?: Strength): void;
  /** Red, green and blue, row by row. */
  readonly pixels: Uint8Array;
  readonly columns: number;
  readonly rows: number;
}

export function createCanvas(columns: number, rows: number): Canvas {
  const unit = Math.min(columns, rows);
  const pixels = new Uint8Array(columns * rows * 3);

  function blend(column: number, row: number, [red, green, blue]: Color, alpha: number): void {
    const at = (row * columns + column) * 3;
    const keep = 1 - alpha;
    pixels[at] = (pixels[at] ?? 0) * keep + red * alpha + 0.5;
    pixels[at + 1] = (pixels[at + 1] ?? 0) * keep + green * alpha + 0.5;
    pixels[at + 2] = (pixels[at + 2] ?? 0) * keep + blue * alpha + 0.5;
  }

  return {
    width: columns / unit,
    height: rows / unit,
    columns,
    rows,
    pixels,
    fill(paint) {
      for (let row = 0; row < rows; row += 1) {
        const color = colorAt(paint, (row + 0.5) / unit);
        for (let column = 0; column < columns; column += 1) blend(column, row, color, 1);
      }
    },
    paint(shape, paint, { alpha = 1, feather = 0 } = {}) {
      const edge = feather + 1 / unit;
      const [left, top, right, bottom] = shape.box;
      const lastColumn = Math.min(columns - 1, Math.ceil((right + edge) * unit));
      const lastRow = Math.min(rows - 1, Math.ceil((bottom + edge) * unit));
      for (let row = Math.max(0, Math.floor((top - edge) * unit)); row <= lastRow; row += 1) {
        const y = (row + 0.5) / unit;
        const color = colorAt(paint, y);
        for (let column = Math.max(0, Math.floor((left - edge) * unit)); column <= lastColumn; column += 1) {
          const covered = coverage(shape.distance((column + 0.5) / unit, y), edge, feather > 0) * alpha;
          if (covered > 0.002) blend(column, row, color, covered);
        }
      }
    },
    paintBelow(line, paint, { alpha = 1, feather = 0 } = {}) {
      const edge = feather + 1 / unit;
      const heights = Array.from({ length: columns }, (_, column) => line((column + 0.5) / unit));
      for (let row = 0; row < rows; row += 1) {
        const y = (row + 0.5) / unit;
        const color = colorAt(paint, y);
        for (let column = 0; column < columns; column += 1) {
          const covered = coverage((heights[column] ?? 0) - y, edge, feather > 0) * alpha;
          if (covered > 0.002) blend(column, row, color, covered);
        }
      }
    },
  };
}

/** How much of a pixel lies inside, 0 to 1, for its distance from the edge (inside is negative). */
function coverage(distance: number, edge: number, soft: boolean): number {
  const share = 0.5 - distance / edge;
  if (share <= 0) return 0;
  if (share >= 1) return 1;
  return soft ? share * share * (3 - 2 * share) : share;
}

function colorAt(paint: Paint, y: number): Color {
  if (!("top" in paint)) return paint;
  const share = Math.min(Math.max((y - paint.from) / (paint.to - paint.from), 0), 1);
  const { top, bottom } = paint;
  return [
    top[0] + (bottom[0] - top[0]) * share,
    top[1] + (bottom[1] - top[1]) * share,
    top[2] + (bottom[2] - top[2]) * share,
  ];
}
