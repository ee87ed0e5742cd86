import type { Canvas } from "./canvas.js";
import { type Color, darken, hex, lighten, mix } from "./color.js";
import { circle, type Point, polygon, rectangle, union } from "./shapes.js";

/* Buildings stand on (x, y) and are about `size` high. */

export function paintHouse(canvas: Canvas, x: number, y: number, size: number, walls: Color = hex("f3e6cf")): void {
  const roof = mix(hex("b8503f"), darken(walls, 0.4), 0.15);
  const [left, right, eaves] = [x - size * 0.5, x + size * 0.5, y - size * 0.55];
  canvas.paint(rectangle(x + size * 0.22, y - size * 1.02, x + size * 0.34, y - size * 0.7), darken(roof, 0.25));
  canvas.paint(rectangle(left, eaves, right, y), {
    top: lighten(walls, 0.08),
    bottom: darken(walls, 0.1),
    from: eaves,
    to: y,
  });
  const gable: Point[] = [
    [x, y - size * 1.02],
    [right + size * 0.1, eaves],
    [left - size * 0.1, eaves],
  ];
  canvas.paint(polygon(gable, size * 0.02), {
    top: lighten(roof, 0.1),
    bottom: darken(roof, 0.12),
    from: y - size,
    to: eaves,
  });
  canvas.paint(rectangle(x - size * 0.1, y - size * 0.34, x + size * 0.1, y, size * 0.01), hex("7b5138"));
  canvas.paint(circle(x + size * 0.06, y - size * 0.16, size * 0.014), hex("f0c75e"));
  for (const at of [-0.32, 0.32]) {
    const [wx, wy] = [x + at * size, y - size * 0.3];
    canvas.paint(rectangle(wx - size * 0.1, wy - size * 0.1, wx + size * 0.1, wy + size * 0.1), lighten(walls, 0.6));
    canvas.paint(rectangle(wx - size * 0.08, wy - size * 0.08, wx + size * 0.08, wy + size * 0.08), hex("ffdf94"));
    canvas.paint(
      rectangle(wx - size * 0.008, wy - size * 0.08, wx + size * 0.008, wy + size * 0.08),
      lighten(walls, 0.6),
    );
    canvas.paint(
      rectangle(wx - size * 0.08, wy - size * 0.008, wx + size * 0.08, wy + size * 0.008),
      lighten(walls, 0.6),
    );
  }
}

export function paintLighthouse(
  canvas: Canvas,
  x: number,
  y: number,
  size: number,
  stripe: Color = hex("cf4f42"),
): void {
  const half = (share: number) => size * (0.13 - 0.05 * share);
  const rock = union(
    circle(x - size * 0.16, y, size * 0.13),
    circle(x + size * 0.15, y + size * 0.02, size * 0.15),
    circle(x, y - size * 0.03, size * 0.16),
  );
  canvas.paint(rock, { top: hex("7b7468"), bottom: hex("4e4a48"), from: y - size * 0.2, to: y + size * 0.15 });
  for (let band = 0; band < 5; band += 1) {
    const [low, high] = [y - size * (0.05 + band * 0.15), y - size * (0.2 + band * 0.15)];
    const part: Point[] = [
      [x - half(band / 5), low],
      [x + half(band / 5), low],
      [x + half((band + 1) / 5), high],
      [x - half((band + 1) / 5), high],
    ];
    canvas.paint(polygon(part), band % 2 === 0 ? hex("f6f1e6") : stripe);
  }
  const top = y - size * 0.8;
  canvas.paint(circle(x, top - size * 0.07, size * 0.02), hex("fff0b8"), { alpha: 0.7, feather: size * 0.4 });
  canvas.paint(rectangle(x - size * 0.11, top - size * 0.01, x + size * 0.11, top + size * 0.015), hex("3d4654"));
  canvas.paint(rectangle(x - size * 0.06, top - size * 0.12, x + size * 0.06, top - size * 0.01), hex("ffe9a6"));
  canvas.paint(
    polygon([
      [x, top - size * 0.21],
      [x + size * 0.085, top - size * 0.12],
      [x - size * 0.085, top - size * 0.12],
    ]),
    stripe,
  );
}
