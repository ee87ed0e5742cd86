import type { Canvas } from "./canvas.js";
import { type Color, darken, hex, lighten } from "./color.js";
import { circle, ellipse, type Point, rectangle, type Shape, star, stroke, union, within, without } from "./shapes.js";

/* Things of their own around (x, y), about `size` high. */

const shaded = (color: Color, from: number, to: number) => ({
  top: lighten(color, 0.14),
  bottom: darken(color, 0.1),
  from,
  to,
});

export function paintHeart(
  canvas: Canvas,
  x: number,
  y: number,
  size: number,
  outline: Shape,
  color: Color = hex("d9485c"),
): void {
  canvas.paint(outline, shaded(color, y - size * 0.4, y + size * 0.45));
  canvas.paint(ellipse(x - size * 0.25, y - size * 0.24, size * 0.1, size * 0.055, -0.7), lighten(color, 0.6), {
    alpha: 0.75,
  });
}

export function paintStar(canvas: Canvas, x: number, y: number, size: number, color: Color = hex("f2c14e")): void {
  canvas.paint(circle(x, y, size * 0.2), lighten(color, 0.4), { alpha: 0.5, feather: size * 0.7 });
  canvas.paint(star(x, y, size * 0.45), shaded(color, y - size * 0.45, y + size * 0.4));
}

export function paintPlanet(canvas: Canvas, x: number, y: number, size: number, color: Color = hex("e0a26b")): void {
  const ball = circle(x, y, size * 0.3);
  const ring = without(ellipse(x, y, size * 0.56, size * 0.15, -0.3), ellipse(x, y, size * 0.43, size * 0.095, -0.3));
  canvas.paint(ring, lighten(color, 0.5), { alpha: 0.9 });
  canvas.paint(ball, shaded(color, y - size * 0.3, y + size * 0.3));
  for (const [lift, thick, alpha] of [
    [-0.14, 0.035, 0.35],
    [0.0, 0.05, 0.25],
    [0.15, 0.03, 0.35],
  ] as const) {
    canvas.paint(within(ball, ellipse(x, y + lift * size, size * 0.34, size * thick, -0.3)), darken(color, 0.45), {
      alpha,
    });
  }
  canvas.paint(within(ball, circle(x + size * 0.15, y + size * 0.12, size * 0.36)), darken(color, 0.6), {
    alpha: 0.14,
  });
  const front: Shape = {
    box: ring.box,
    distance: (px, py) => Math.max(ring.distance(px, py), y - (px - x) * 0.31 - py),
  };
  canvas.paint(front, lighten(color, 0.5));
}

export function paintRobot(canvas: Canvas, x: number, y: number, size: number, metal: Color = hex("8fa6b8")): void {
  const dark = hex("2f3b4c");
  const glow = hex("7fe3e0");
  canvas.paint(stroke([x, y - size * 0.3], [x, y - size * 0.44], size * 0.02), dark);
  canvas.paint(circle(x, y - size * 0.45, size * 0.035), hex("ef6f5e"));
  for (const side of [-1, 1]) {
    canvas.paint(
      rectangle(
        x + side * size * 0.33 - size * 0.035,
        y - size * 0.16,
        x + side * size * 0.33 + size * 0.035,
        y + size * 0.02,
        size * 0.03,
      ),
      darken(metal, 0.3),
    );
    canvas.paint(
      stroke([x + side * size * 0.24, y + size * 0.27], [x + side * size * 0.37, y + size * 0.4], size * 0.075),
      darken(metal, 0.22),
    );
  }
  const chest = rectangle(x - size * 0.22, y + size * 0.16, x + size * 0.22, y + size * 0.48, size * 0.07);
  canvas.paint(rectangle(x - size * 0.07, y + size * 0.08, x + size * 0.07, y + size * 0.2), darken(metal, 0.35));
  canvas.paint(chest, shaded(metal, y + size * 0.16, y + size * 0.48));
  canvas.paint(
    rectangle(x - size * 0.31, y - size * 0.3, x + size * 0.31, y + size * 0.12, size * 0.09),
    shaded(metal, y - size * 0.3, y + size * 0.12),
  );
  canvas.paint(rectangle(x - size * 0.24, y - size * 0.2, x + size * 0.24, y + size * 0.03, size * 0.07), dark);
  for (const side of [-1, 1]) {
    canvas.paint(circle(x + side * size * 0.11, y - size * 0.085, size * 0.03), glow, {
      alpha: 0.6,
      feather: size * 0.06,
    });
    canvas.paint(circle(x + side * size * 0.11, y - size * 0.085, size * 0.045), glow);
  }
  for (let tooth = -2; tooth <= 2; tooth += 1) {
    canvas.paint(
      rectangle(
        x + tooth * size * 0.045 - size * 0.016,
        y + size * 0.055,
        x + tooth * size * 0.045 + size * 0.016,
        y + size * 0.085,
        size * 0.008,
      ),
      dark,
    );
  }
  canvas.paint(circle(x, y + size * 0.32, size * 0.065), dark);
  canvas.paint(star(x, y + size * 0.32, size * 0.045), hex("f2c14e"));
}

export function paintCup(canvas: Canvas, x: number, y: number, size: number, color: Color = hex("d9674f")): void {
  const rim = y - size * 0.1;
  for (const [dx, tall] of [
    [-0.1, 0.26],
    [0.03, 0.34],
    [0.15, 0.24],
  ] as const) {
    for (let part = 0; part < 14; part += 1) {
      const at = (share: number): Point => [
        x + size * (dx + 0.035 * Math.sin(share * 7)),
        rim - size * (0.04 + tall * share),
      ];
      canvas.paint(stroke(at(part / 14), at((part + 1) / 14), size * 0.026), hex("ffffff"), {
        alpha: 0.55 - part * 0.035,
        feather: size * 0.012,
      });
    }
  }
  canvas.paint(ellipse(x, y + size * 0.4, size * 0.46, size * 0.075), darken(color, 0.3));
  canvas.paint(ellipse(x, y + size * 0.385, size * 0.46, size * 0.07), lighten(color, 0.25));
  canvas.paint(
    without(
      ellipse(x + size * 0.32, y + size * 0.08, size * 0.15, size * 0.14),
      ellipse(x + size * 0.32, y + size * 0.08, size * 0.085, size * 0.08),
    ),
    darken(color, 0.08),
  );
  const bowl = union(
    within(ellipse(x, rim, size * 0.33, size * 0.5), rectangle(x - size, rim, x + size, y + size * 0.38)),
    ellipse(x, y + size * 0.36, size * 0.15, size * 0.03),
  );
  canvas.paint(bowl, shaded(color, rim, y + size * 0.4));
  canvas.paint(ellipse(x, rim, size * 0.33, size * 0.075), lighten(color, 0.4));
  canvas.paint(ellipse(x, rim + size * 0.008, size * 0.295, size * 0.058), hex("5b3a2a"));
  canvas.paint(ellipse(x - size * 0.06, rim + size * 0.002, size * 0.15, size * 0.022), hex("7d543c"));
}
