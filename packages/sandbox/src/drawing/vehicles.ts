import type { Canvas } from "./canvas.js";
import { type Color, darken, hex, lighten } from "./color.js";
import { circle, ellipse, type Point, polygon, rectangle, stroke, union, within } from "./shapes.js";

/* What carries people: a boat by its waterline, a balloon by its basket, a rocket by its middle, about `size` high. */

const shaded = (color: Color, from: number, to: number) => ({
  top: lighten(color, 0.14),
  bottom: darken(color, 0.1),
  from,
  to,
});

export function paintBoat(canvas: Canvas, x: number, y: number, size: number, sail: Color = hex("f8f1e3")): void {
  const hull: Point[] = [
    [x - size * 0.42, y - size * 0.14],
    [x + size * 0.46, y - size * 0.14],
    [x + size * 0.28, y + size * 0.04],
    [x - size * 0.3, y + size * 0.04],
  ];
  canvas.paint(stroke([x, y - size * 0.1], [x, y - size * 0.98], size * 0.025), hex("6b4a35"));
  canvas.paint(
    polygon([
      [x + size * 0.03, y - size * 0.94],
      [x + size * 0.4, y - size * 0.22],
      [x + size * 0.03, y - size * 0.22],
    ]),
    { top: lighten(sail, 0.2), bottom: darken(sail, 0.08), from: y - size, to: y - size * 0.2 },
  );
  canvas.paint(
    polygon([
      [x - size * 0.03, y - size * 0.82],
      [x - size * 0.03, y - size * 0.22],
      [x - size * 0.32, y - size * 0.22],
    ]),
    darken(sail, 0.1),
  );
  canvas.paint(polygon(hull, size * 0.015), {
    top: hex("a65a41"),
    bottom: hex("6d3a2e"),
    from: y - size * 0.14,
    to: y + size * 0.04,
  });
  for (const [dx, dy, wide] of [
    [0, 0.075, 0.36],
    [0.04, 0.115, 0.25],
  ] as const) {
    canvas.paint(
      rectangle(
        x + size * (dx - wide),
        y + size * (dy - 0.007),
        x + size * (dx + wide),
        y + size * (dy + 0.007),
        size * 0.006,
      ),
      hex("ffffff"),
      { alpha: 0.4 },
    );
  }
}

export function paintBalloon(canvas: Canvas, x: number, y: number, size: number, color: Color = hex("d9574a")): void {
  const radius = size * 0.36;
  const cy = y - size * 0.62;
  canvas.paint(rectangle(x - size * 0.075, y - size * 0.12, x + size * 0.075, y, size * 0.02), hex("9a6b45"));
  for (const side of [-1, 1]) {
    canvas.paint(
      stroke([x + side * size * 0.065, y - size * 0.12], [x + side * size * 0.16, y - size * 0.33], size * 0.008),
      hex("6b5546"),
    );
  }
  const envelope = union(
    circle(x, cy, radius),
    polygon([
      [x - radius * 0.93, cy + radius * 0.36],
      [x + radius * 0.93, cy + radius * 0.36],
      [x + size * 0.09, y - size * 0.18],
      [x - size * 0.09, y - size * 0.18],
    ]),
  );
  canvas.paint(envelope, {
    top: lighten(color, 0.14),
    bottom: darken(color, 0.12),
    from: cy - radius,
    to: y - size * 0.2,
  });
  const inside = (half: number) => ({
    box: envelope.box,
    distance: (px: number, py: number) => {
      const pull =
        py > cy
          ? Math.max(0.24, 1 - (py - cy) / (radius * 1.75))
          : Math.sqrt(Math.max(1 - ((py - cy) / radius) ** 2, 0));
      return Math.max(envelope.distance(px, py), Math.abs(px - x) - half * pull);
    },
  });
  canvas.paint(inside(radius * 0.62), lighten(color, 0.62), { alpha: 0.85 });
  canvas.paint(inside(radius * 0.26), color);
}

export function paintRocket(canvas: Canvas, x: number, y: number, size: number, fins: Color = hex("d9574a")): void {
  const body = hex("f3f0ea");
  canvas.paint(ellipse(x, y + size * 0.46, size * 0.085, size * 0.19), hex("f6b04a"), {
    alpha: 0.9,
    feather: size * 0.05,
  });
  canvas.paint(ellipse(x, y + size * 0.4, size * 0.045, size * 0.11), hex("fff1b8"));
  for (const side of [-1, 1]) {
    const fin: Point[] = [
      [x + side * size * 0.13, y + size * 0.06],
      [x + side * size * 0.28, y + size * 0.3],
      [x + side * size * 0.26, y + size * 0.38],
      [x + side * size * 0.09, y + size * 0.27],
    ];
    canvas.paint(polygon(fin, size * 0.015), darken(fins, 0.1));
  }
  const hull = within(
    ellipse(x, y - size * 0.02, size * 0.18, size * 0.46),
    rectangle(x - size, y - size, x + size, y + size * 0.3),
  );
  canvas.paint(hull, shaded(body, y - size * 0.45, y + size * 0.35));
  canvas.paint(within(hull, rectangle(x - size, y - size, x + size, y - size * 0.25)), fins);
  canvas.paint(within(hull, rectangle(x + size * 0.06, y - size * 0.25, x + size, y + size)), darken(body, 0.3), {
    alpha: 0.25,
  });
  canvas.paint(circle(x, y - size * 0.08, size * 0.085), darken(fins, 0.15));
  canvas.paint(circle(x, y - size * 0.08, size * 0.062), hex("8fd0e8"));
  canvas.paint(rectangle(x - size * 0.1, y + size * 0.29, x + size * 0.1, y + size * 0.33, size * 0.01), hex("5a6070"));
}
