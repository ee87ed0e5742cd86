import type { Canvas } from "./canvas.js";
import { type Color, darken, hex, lighten } from "./color.js";
import { circle, ellipse, type Point, polygon, stroke, union } from "./shapes.js";

/* Faces around (x, y), about `size` across. */

const dark = hex("33303c");

function paintEyes(canvas: Canvas, x: number, y: number, size: number, apart: number, iris: Color): void {
  for (const side of [-1, 1]) {
    const at = x + side * apart * size;
    canvas.paint(ellipse(at, y, size * 0.085, size * 0.095), hex("fffdf6"));
    canvas.paint(ellipse(at, y, size * 0.068, size * 0.08), iris);
    canvas.paint(ellipse(at, y, size * 0.036, size * 0.066), dark);
    canvas.paint(circle(at + size * 0.022, y - size * 0.032, size * 0.018), hex("ffffff"));
  }
}

function paintMouth(canvas: Canvas, x: number, y: number, size: number): void {
  for (const side of [-1, 1]) {
    for (let part = 0; part < 6; part += 1) {
      const at = (share: number): Point => [
        x + side * size * 0.11 * share,
        y + size * 0.055 * Math.sin(share * Math.PI),
      ];
      canvas.paint(stroke(at(part / 6), at((part + 1) / 6), size * 0.014), dark);
    }
  }
}

export function paintCat(canvas: Canvas, x: number, y: number, size: number, fur: Color = hex("e39a4f")): void {
  const inner = hex("f2b8a8");
  for (const side of [-1, 1]) {
    const ear = (scale: number): Point[] => [
      [x + side * size * (0.26 + 0.18 * scale), y - size * (0.3 + 0.26 * scale)],
      [x + side * size * (0.3 - 0.22 * scale), y - size * 0.27],
      [x + side * size * (0.3 + 0.16 * scale), y - size * 0.08],
    ];
    canvas.paint(polygon(ear(1), size * 0.03), darken(fur, 0.08));
    canvas.paint(polygon(ear(0.55), size * 0.02), inner);
  }
  const head = union(
    ellipse(x, y, size * 0.46, size * 0.4),
    ellipse(x - size * 0.24, y + size * 0.14, size * 0.22, size * 0.2),
    ellipse(x + size * 0.24, y + size * 0.14, size * 0.22, size * 0.2),
  );
  canvas.paint(head, { top: lighten(fur, 0.08), bottom: darken(fur, 0.06), from: y - size * 0.4, to: y + size * 0.4 });
  for (const [dx, tall] of [
    [0, 0.15],
    [-0.09, 0.11],
    [0.09, 0.11],
  ] as const) {
    canvas.paint(ellipse(x + dx * size, y - size * 0.33, size * 0.022, size * tall), darken(fur, 0.3), { alpha: 0.8 });
  }
  for (const side of [-1, 1]) {
    for (const lift of [-0.02, 0.07]) {
      canvas.paint(
        ellipse(x + side * size * 0.4, y + size * (0.06 + lift), size * 0.075, size * 0.016, side * 0.25),
        darken(fur, 0.3),
        { alpha: 0.7 },
      );
    }
  }
  const muzzle = union(
    ellipse(x - size * 0.085, y + size * 0.19, size * 0.12, size * 0.095),
    ellipse(x + size * 0.085, y + size * 0.19, size * 0.12, size * 0.095),
  );
  canvas.paint(muzzle, lighten(fur, 0.72));
  paintEyes(canvas, x, y - size * 0.02, size, 0.19, hex("8fbf6b"));
  canvas.paint(
    polygon(
      [
        [x - size * 0.04, y + size * 0.1],
        [x + size * 0.04, y + size * 0.1],
        [x, y + size * 0.145],
      ],
      size * 0.014,
    ),
    hex("d97b7b"),
  );
  paintMouth(canvas, x, y + size * 0.185, size);
  for (const side of [-1, 1]) {
    for (const lift of [-0.05, 0, 0.05]) {
      canvas.paint(
        stroke(
          [x + side * size * 0.17, y + size * (0.19 + lift * 0.4)],
          [x + side * size * 0.52, y + size * (0.18 + lift * 1.7)],
          size * 0.008,
        ),
        hex("fffaf0"),
        { alpha: 0.85 },
      );
    }
  }
}

export function paintDog(canvas: Canvas, x: number, y: number, size: number, fur: Color = hex("c98f5a")): void {
  const ear = darken(fur, 0.35);
  canvas.paint(ellipse(x, y, size * 0.4, size * 0.42), {
    top: lighten(fur, 0.1),
    bottom: darken(fur, 0.05),
    from: y - size * 0.4,
    to: y + size * 0.4,
  });
  canvas.paint(ellipse(x, y - size * 0.18, size * 0.08, size * 0.24), lighten(fur, 0.6));
  for (const side of [-1, 1]) {
    canvas.paint(ellipse(x + side * size * 0.39, y - size * 0.06, size * 0.13, size * 0.28, -side * 0.25), ear);
  }
  canvas.paint(ellipse(x, y + size * 0.2, size * 0.23, size * 0.19), lighten(fur, 0.66));
  paintEyes(canvas, x, y - size * 0.05, size, 0.17, hex("6a4a34"));
  canvas.paint(ellipse(x, y + size * 0.12, size * 0.075, size * 0.052), dark);
  canvas.paint(ellipse(x, y + size * 0.33, size * 0.06, size * 0.09), hex("e5787f"));
  paintMouth(canvas, x, y + size * 0.235, size);
}
