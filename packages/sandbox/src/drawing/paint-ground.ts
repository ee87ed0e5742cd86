import type { Canvas } from "./canvas.js";
import { type Color, darken, hex, lighten, mix } from "./color.js";
import { type GroundPlan, lit } from "./ground-plan.js";
import { paintCity } from "./paint-city.js";
import { paintSea } from "./paint-sea.js";
import { paintPine } from "./plants.js";
import { createLine, createRidge } from "./random.js";
import type { Ground } from "./scene-words.js";
import type { Shape } from "./shapes.js";

/** Where a ground begins, from the top of the picture: 0 to 1 of its height. */
export function horizonOf(ground: Ground | undefined): number {
  return ground === "space" ? 1 : ground === "sea" ? 0.6 : 0.66;
}

/** Paints a ground and returns the height on which things stand at `x`. */
export function paintGround(canvas: Canvas, ground: Ground, plan: GroundPlan): (x: number) => number {
  switch (ground) {
    case "sea":
      return paintSea(canvas, plan);
    case "mountain":
      paintRange(canvas, plan, 0.36, 0.36, hex("7d8fb3"), true);
      paintRange(canvas, plan, 0.2, 0.2, hex("55688f"), plan.snow);
      return paintHills(
        canvas,
        plan,
        plan.snow ? snowy : [hex("5f8f6e"), hex("44745a")],
        plan.snow ? "pine" : undefined,
      );
    case "desert":
      return paintHills(canvas, plan, [hex("e8b878"), hex("dba05e"), hex("c98648")]);
    case "forest":
      return paintHills(canvas, plan, plan.snow ? snowy : [hex("7aa287"), hex("4f7f66"), hex("33604d")], "pine");
    case "city":
      return paintCity(canvas, plan);
    case "space":
      return () => canvas.height * 0.62;
    default:
      return paintHills(
        canvas,
        plan,
        plan.snow ? snowy : [hex("a9c98b"), hex("84b26e"), hex("5f9657")],
        plan.snow ? "pine" : undefined,
      );
  }
}

const snowy = [hex("cfdcea"), hex("e4edf5"), hex("f6f9fc")];

function paintRange(canvas: Canvas, plan: GroundPlan, high: number, low: number, color: Color, snow: boolean): void {
  const ridge = createRidge(plan.random, plan.random.between(1.5, 2.1));
  const base = plan.horizon + 0.03;
  const line = (x: number) => base - low * 0.35 - ridge(x) * high;
  const near = lit(color, plan, high);
  canvas.paintBelow(line, { top: near, bottom: mix(near, plan.light.haze, 0.6), from: base - high, to: base + 0.02 });
  if (!snow) return;
  const detail = createLine(plan.random, 34, 3);
  const snowLine = base - low * 0.35 - high * 0.56;
  const cap = lit(hex("f8fbff"), plan, high * 0.7);
  const covered: Shape = {
    box: [0, base - low * 0.35 - high, canvas.width, snowLine + 0.03],
    distance: (x, y) => Math.max(line(x) - y, y - snowLine - detail(x) * 0.028),
  };
  canvas.paint(covered, cap, { alpha: 0.95 });
}

function paintHills(
  canvas: Canvas,
  plan: GroundPlan,
  colors: readonly Color[],
  grown?: "pine" | undefined,
): (x: number) => number {
  const { random, horizon } = plan;
  let front = (_: number) => horizon;
  colors.forEach((color, index) => {
    const share = index / colors.length;
    const base = horizon + (canvas.height - horizon) * share * 0.72;
    const line = createLine(random, random.between(2, 3.4), 2);
    front = (x) => base - line(x) * 0.045 * (1 - share * 0.4);
    const tone = lit(color, plan, 0.55 * (1 - share));
    if (grown) plantRow(canvas, plan, front, share, tone);
    canvas.paintBelow(front, { top: lighten(tone, 0.08), bottom: darken(tone, 0.12), from: base, to: canvas.height });
  });
  const last = front;
  return (x) => last(x) + 0.02;
}

function plantRow(canvas: Canvas, plan: GroundPlan, line: (x: number) => number, share: number, tone: Color): void {
  const size = 0.1 + share * 0.16;
  const color = mix(darken(hex("2f6650"), plan.light.dusk), tone, 0.45 * (1 - share));
  for (let x = -size; x < canvas.width + size; x += size * plan.random.between(0.3, 0.62)) {
    paintPine(canvas, x, line(x) + size * 0.12, size * plan.random.between(0.75, 1.25), color);
  }
}
