/** A shape as the distance of a point from its edge, negative inside, and the box that it fits in. */
export interface Shape {
  box: readonly [left: number, top: number, right: number, bottom: number];
  distance(x: number, y: number): number;
}

export type Point = readonly [x: number, y: number];

export function circle(x: number, y: number, radius: number): Shape {
  return {
    box: [x - radius, y - radius, x + radius, y + radius],
    distance: (px, py) => Math.hypot(px - x, py - y) - radius,
  };
}

/** An ellipse, turned by `angle` (radians, clockwise). The distance is near enough at its edge. */
export function ellipse(x: number, y: number, radiusX: number, radiusY: number, angle = 0): Shape {
  const reach = Math.max(radiusX, radiusY);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return {
    box: [x - reach, y - reach, x + reach, y + reach],
    distance(px, py) {
      const dx = (px - x) * cos + (py - y) * sin;
      const dy = (py - y) * cos - (px - x) * sin;
      const scaled = Math.hypot(dx / radiusX, dy / radiusY);
      const slope = Math.hypot(dx / (radiusX * radiusX), dy / (radiusY * radiusY));
      return slope === 0 ? -Math.min(radiusX, radiusY) : (scaled * (scaled - 1)) / slope;
    },
  };
}

/** An upright rectangle, by its corners; `radius` rounds them. */
export function rectangle(left: number, top: number, right: number, bottom: number, radius = 0): Shape {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const [halfX, halfY] = [(right - left) / 2 - radius, (bottom - top) / 2 - radius];
  return {
    box: [left, top, right, bottom],
    distance(px, py) {
      const dx = Math.abs(px - x) - halfX;
      const dy = Math.abs(py - y) - halfY;
      return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
    },
  };
}

/** A straight stroke with round ends. */
export function stroke([x0, y0]: Point, [x1, y1]: Point, thickness: number): Shape {
  const radius = thickness / 2;
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy || 1;
  return {
    box: [Math.min(x0, x1) - radius, Math.min(y0, y1) - radius, Math.max(x0, x1) + radius, Math.max(y0, y1) + radius],
    distance(px, py) {
      const along = Math.min(Math.max(((px - x0) * dx + (py - y0) * dy) / length, 0), 1);
      return Math.hypot(px - x0 - dx * along, py - y0 - dy * along) - radius;
    },
  };
}

/** A closed polygon; `rounding` softens its corners outwards. */
export function polygon(points: readonly Point[], rounding = 0): Shape {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const edges = points.map(([x0, y0], index) => {
    const [x1, y1] = points[(index + 1) % points.length] ?? [x0, y0];
    return { x0, y0, x1, y1 };
  });
  return {
    box: [
      Math.min(...xs) - rounding,
      Math.min(...ys) - rounding,
      Math.max(...xs) + rounding,
      Math.max(...ys) + rounding,
    ],
    distance(px, py) {
      let nearest = Number.POSITIVE_INFINITY;
      let inside = false;
      for (const { x0, y0, x1, y1 } of edges) {
        const [dx, dy] = [x1 - x0, y1 - y0];
        const along = Math.min(Math.max(((px - x0) * dx + (py - y0) * dy) / (dx * dx + dy * dy || 1), 0), 1);
        nearest = Math.min(nearest, Math.hypot(px - x0 - dx * along, py - y0 - dy * along));
        if (y0 > py !== y1 > py && px < (dx * (py - y0)) / dy + x0) inside = !inside;
      }
      return (inside ? -nearest : nearest) - rounding;
    },
  };
}

/** Several shapes as one. */
export function union(...shapes: Shape[]): Shape {
  return {
    box: [
      Math.min(...shapes.map(({ box }) => box[0])),
      Math.min(...shapes.map(({ box }) => box[1])),
      Math.max(...shapes.map(({ box }) => box[2])),
      Math.max(...shapes.map(({ box }) => box[3])),
    ],
    distance: (x, y) =>
      shapes.reduce((least, shape) => Math.min(least, shape.distance(x, y)), Number.POSITIVE_INFINITY),
  };
}

/** What of `shape` lies outside (or inside) of `other`. */
export function without(shape: Shape, other: Shape): Shape {
  return { box: shape.box, distance: (x, y) => Math.max(shape.distance(x, y), -other.distance(x, y)) };
}

export function within(shape: Shape, other: Shape): Shape {
  return { box: shape.box, distance: (x, y) => Math.max(shape.distance(x, y), other.distance(x, y)) };
}

/** A star with `points` points of which the inner corners lie at `inner` of the radius. */
export function star(x: number, y: number, radius: number, points = 5, inner = 0.45): Shape {
  const corners = Array.from({ length: points * 2 }, (_, index): Point => {
    const reach = index % 2 === 0 ? radius : radius * inner;
    const angle = (index * Math.PI) / points - Math.PI / 2;
    return [x + reach * Math.cos(angle), y + reach * Math.sin(angle)];
  });
  return polygon(corners, radius * 0.06);
}

/** A heart of about this half width: two circles and the corner below them. */
export function heart(x: number, y: number, radius: number): Shape {
  const lobe = radius * 0.56;
  const at = (dx: number, dy: number): Point => [x + dx * radius, y + dy * radius];
  // The sides touch the circles: 0.891 and 0.081 are where the tangents from the tip meet them.
  const body = polygon([
    at(-0.891, 0.081),
    at(-0.5, -0.32),
    at(0, -0.2),
    at(0.5, -0.32),
    at(0.891, 0.081),
    at(0, 0.95),
  ]);
  return union(
    circle(x - radius * 0.5, y - radius * 0.32, lobe),
    circle(x + radius * 0.5, y - radius * 0.32, lobe),
    body,
  );
}
