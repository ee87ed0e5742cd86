import type { Canvas } from "./canvas.js";
import { brightness, type Color, darken, hex, lighten, mix } from "./color.js";
import { painters, standing } from "./paint-thing.js";
import { palettes } from "./palettes.js";
import type { Random } from "./random.js";
import type { Scene, Thing } from "./read-scene.js";
import { circle, ellipse } from "./shapes.js";

/** One thing, or a few in rows, large on a plain ground. */
export function paintEmblem(canvas: Canvas, scene: Scene, random: Random): void {
  const { width, height } = canvas;
  const [first] = scene.things;
  const ground = groundColor(scene, first, random);
  canvas.fill({
    top: lighten(ground, 0.18),
    bottom: darken(ground, 0.1),
    from: 0,
    to: height,
  });
  canvas.paint(circle(width / 2, height / 2, 0.36), lighten(ground, 0.5), { alpha: 0.45 });
  canvas.paint(circle(width / 2, height / 2, 0.36), lighten(ground, 0.6), { alpha: 0.3, feather: 0.25 });
  const all = scene.things.flatMap((thing) => Array.from({ length: thing.count }, () => thing));
  const columns = Math.max(1, Math.min(all.length, Math.ceil(Math.sqrt((all.length * width) / height) - 0.01)));
  const rows = Math.ceil(all.length / columns);
  const cell = Math.min(width / columns, height / rows);
  const size = Math.min(cell * (all.length === 1 ? 0.62 : 0.72), 0.66);
  all.forEach((thing, index) => {
    const row = Math.floor(index / columns);
    const inRow = Math.min(columns, all.length - row * columns);
    const x = width / 2 + ((index % columns) - (inRow - 1) / 2) * cell * 0.96;
    const y = height / 2 + (row - (rows - 1) / 2) * cell * 0.96;
    const shadow = ellipse(x, y + size * 0.53, size * 0.34, size * 0.04);
    if (grounded(thing)) canvas.paint(shadow, darken(ground, 0.7), { alpha: 0.28, feather: size * 0.08 });
    const lift = thing.kind === "flower" ? -size * 0.25 : standing.has(thing.kind) ? size * 0.5 : 0;
    painters[thing.kind](canvas, { x, y: y + lift, size: thing.kind === "flower" ? size * 0.72 : size }, thing.color);
  });
}

function grounded({ kind }: Thing): boolean {
  return (
    kind !== "bird" && kind !== "flower" && kind !== "fish" && kind !== "star" && kind !== "planet" && kind !== "rocket"
  );
}

/** A color that belongs to nothing else, or one of a palette: light, and not the thing's own. */
function groundColor(scene: Scene, thing: Thing | undefined, random: Random): Color {
  const [tint] = scene.colors;
  if (tint) return mix(tint, hex("ffffff"), 0.2);
  const own = thing?.color;
  if (thing?.kind === "planet" || thing?.kind === "rocket" || thing?.kind === "star") return hex("35427a");
  if (thing?.kind === "fish") return hex("8fcbd6");
  if (own && brightness(own) > 0.8) return hex("8fa9b8");
  const soft = palettes
    .map((palette) => mix(palette[2], hex("f6efe2"), 0.5))
    .filter((color) => brightness(color) > 0.5);
  const apart = soft.filter((color) => !own || distance(color, own) > 90);
  return random.pick([hex("bcd4cf"), ...apart]);
}

function distance(one: Color, other: Color): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}
