import type { Canvas } from "./canvas.js";
import { type Color, darken, hex, lighten } from "./color.js";
import { circle, ellipse, type Point, polygon, stroke } from "./shapes.js";

/* Animals around (x, y), about `size` across. */

const dark = hex("33303c");

export function paintFish(canvas: Canvas, x: number, y: number, size: number, scales: Color = hex("ee8434")): void {
  canvas.paint(
    polygon(
      [
        [x + size * 0.24, y],
        [x + size * 0.5, y - size * 0.2],
        [x + size * 0.43, y],
        [x + size * 0.5, y + size * 0.2],
      ],
      size * 0.02,
    ),
    darken(scales, 0.12),
  );
  canvas.paint(
    polygon(
      [
        [x - size * 0.1, y - size * 0.2],
        [x + size * 0.12, y - size * 0.34],
        [x + size * 0.17, y - size * 0.15],
      ],
      size * 0.02,
    ),
    darken(scales, 0.12),
  );
  canvas.paint(ellipse(x - size * 0.06, y, size * 0.37, size * 0.24), {
    top: lighten(scales, 0.16),
    bottom: darken(scales, 0.08),
    from: y - size * 0.24,
    to: y + size * 0.24,
  });
  canvas.paint(ellipse(x - size * 0.08, y, size * 0.035, size * 0.215), hex("fdf6e8"));
  canvas.paint(ellipse(x + size * 0.12, y, size * 0.03, size * 0.18), hex("fdf6e8"));
  canvas.paint(circle(x - size * 0.25, y - size * 0.05, size * 0.05), hex("ffffff"));
  canvas.paint(circle(x - size * 0.26, y - size * 0.05, size * 0.027), dark);
}

/** Seen from far away, with spread wings. */
export function paintBird(canvas: Canvas, x: number, y: number, size: number, feathers: Color = hex("3f4658")): void {
  for (const side of [-1, 1]) {
    for (let part = 0; part < 16; part += 1) {
      const at = (share: number): Point => [
        x + side * size * 0.5 * share,
        y - size * 0.2 * Math.sin(share * 2.6) + size * 0.04 * share,
      ];
      canvas.paint(stroke(at(part / 16), at((part + 1) / 16), size * (0.075 - part * 0.0037)), feathers);
    }
  }
  canvas.paint(ellipse(x, y + size * 0.015, size * 0.05, size * 0.075), feathers);
}
