import type { Canvas } from "./canvas.js";
import { type Color, darken, hex, lighten } from "./color.js";
import { circle, ellipse, type Point, polygon, rectangle, stroke, union } from "./shapes.js";

/* Plants stand on (x, y) and are about `size` high. */

export function paintTree(canvas: Canvas, x: number, y: number, size: number, leaves: Color = hex("5c9a58")): void {
  canvas.paint(rectangle(x - size * 0.045, y - size * 0.5, x + size * 0.045, y, size * 0.02), hex("7a5540"));
  canvas.paint(stroke([x, y - size * 0.36], [x + size * 0.16, y - size * 0.55], size * 0.045), hex("7a5540"));
  const crown = union(
    circle(x - size * 0.2, y - size * 0.58, size * 0.19),
    circle(x + size * 0.2, y - size * 0.6, size * 0.18),
    circle(x, y - size * 0.74, size * 0.25),
    ellipse(x, y - size * 0.54, size * 0.3, size * 0.15),
  );
  canvas.paint(crown, { top: lighten(leaves, 0.16), bottom: darken(leaves, 0.14), from: y - size, to: y - size * 0.4 });
  canvas.paint(circle(x - size * 0.09, y - size * 0.8, size * 0.1), lighten(leaves, 0.3), { alpha: 0.45 });
}

export function paintPine(canvas: Canvas, x: number, y: number, size: number, color: Color = hex("3d7257")): void {
  canvas.paint(rectangle(x - size * 0.03, y - size * 0.16, x + size * 0.03, y), darken(hex("6d4c3a"), 0.3));
  for (const [top, low, half] of [
    [1, 0.56, 0.17],
    [0.8, 0.32, 0.24],
    [0.56, 0.1, 0.3],
  ] as const) {
    const tier: Point[] = [
      [x, y - size * top],
      [x + size * half, y - size * low],
      [x - size * half, y - size * low],
    ];
    const paint = { top: lighten(color, 0.1), bottom: darken(color, 0.12), from: y - size * top, to: y - size * low };
    canvas.paint(polygon(tier, size * 0.012), paint);
  }
}

export function paintPalm(canvas: Canvas, x: number, y: number, size: number, leaves: Color = hex("3f8f63")): void {
  const bend = (share: number): Point => [x + size * 0.16 * share * share, y - size * 0.74 * share];
  for (let part = 0; part < 8; part += 1) {
    canvas.paint(stroke(bend(part / 8), bend((part + 1) / 8), size * (0.075 - part * 0.004)), hex("96704e"));
  }
  const [topX, topY] = bend(1);
  for (const angle of [-2.9, -2.3, -1.7, -1.1, -0.5, 0.15, 3]) {
    for (let part = 0; part < 6; part += 1) {
      const at = (share: number): Point => [
        topX + Math.cos(angle) * size * 0.4 * share,
        topY + Math.sin(angle) * size * 0.26 * share + size * 0.24 * share * share,
      ];
      canvas.paint(stroke(at(part / 6), at((part + 1) / 6), size * (0.085 - part * 0.011)), leaves);
    }
  }
  canvas.paint(
    union(
      circle(topX - size * 0.03, topY + size * 0.03, size * 0.035),
      circle(topX + size * 0.04, topY + size * 0.03, size * 0.035),
    ),
    hex("8a5a3a"),
  );
}

/** A flower of about `size` across, on a stem down to `ground`. */
export function paintFlower(
  canvas: Canvas,
  x: number,
  y: number,
  size: number,
  ground: number,
  color: Color = hex("e2728f"),
): void {
  const green = hex("4f8a56");
  canvas.paint(stroke([x, y], [x, ground], size * 0.06), green);
  const leafY = y + (ground - y) * 0.62;
  canvas.paint(ellipse(x + size * 0.2, leafY, size * 0.22, size * 0.08, -0.6), green);
  canvas.paint(ellipse(x - size * 0.2, leafY + size * 0.1, size * 0.22, size * 0.08, 0.6), lighten(green, 0.1));
  for (const [count, reach, tone] of [
    [8, 0.3, darken(color, 0.14)],
    [8, 0.26, color],
  ] as const) {
    for (let petal = 0; petal < count; petal += 1) {
      const angle = (petal / count) * Math.PI * 2 + (tone === color ? 0.4 : 0);
      const [dx, dy] = [Math.cos(angle) * size * reach, Math.sin(angle) * size * reach];
      canvas.paint(ellipse(x + dx, y + dy, size * 0.21, size * 0.105, angle), tone);
    }
  }
  canvas.paint(circle(x, y, size * 0.15), hex("f3c04f"));
  canvas.paint(circle(x, y, size * 0.09), hex("dd9f35"), { alpha: 0.7 });
}
