import type { Canvas } from "./canvas.js";
import { darken, hex, lighten, mix } from "./color.js";
import { type GroundPlan, lit } from "./ground-plan.js";
import { createLine } from "./random.js";
import { ellipse } from "./shapes.js";

/** A sea with glitter under the sun; a shore in front where something stands on land. */
export function paintSea(canvas: Canvas, plan: GroundPlan): (x: number) => number {
  const { horizon, light, random, sunX } = plan;
  const far = mix(light.horizon, lit(hex("3d8fb5"), plan, 0), 0.72);
  const near = lit(hex("1c567f"), plan, 0);
  canvas.paintBelow(() => horizon, { top: far, bottom: near, from: horizon, to: canvas.height });
  const shine = lighten(light.horizon, 0.45);
  const depth = canvas.height - horizon;
  for (let index = 0; index < 46; index += 1) {
    const share = index / 46;
    const y = horizon + depth * share ** 1.25 + 0.004;
    const spread = 0.03 + share * 0.13;
    const glitter = ellipse(
      sunX + random.between(-spread, spread),
      y,
      0.012 + share * random.between(0.02, 0.06),
      0.0018 + share * 0.003,
    );
    canvas.paint(glitter, shine, { alpha: 0.75 - share * 0.4 });
    const wave = ellipse(random.next() * canvas.width, y, 0.02 + share * 0.05, 0.0012 + share * 0.002);
    canvas.paint(wave, lighten(far, 0.3), { alpha: 0.3 });
  }
  if (!plan.shore) return () => horizon + depth * 0.36;
  return paintShore(canvas, plan);
}

/** Sand with a rim of foam and grass on it, across the foot of the picture. */
function paintShore(canvas: Canvas, plan: GroundPlan): (x: number) => number {
  const { random, horizon } = plan;
  const base = horizon + (canvas.height - horizon) * 0.56;
  const line = createLine(random, random.between(1.6, 2.4), 2);
  const edge = (x: number) => base + line(x) * 0.05;
  const sand = lit(plan.snow ? hex("e4edf5") : hex("e9cf9f"), plan, 0);
  canvas.paintBelow((x) => edge(x) - 0.012, hex("ffffff"), { alpha: 0.55, feather: 0.008 });
  canvas.paintBelow(edge, { top: sand, bottom: darken(sand, 0.16), from: base, to: canvas.height });
  const grass = lit(plan.snow ? hex("f6f9fc") : hex("86ad6c"), plan, 0);
  const meadow = (x: number) => edge(x) + 0.055 + line(x * 1.7 + 2) * 0.018;
  canvas.paintBelow(meadow, { top: grass, bottom: darken(grass, 0.18), from: base, to: canvas.height });
  return (x) => meadow(x) + 0.015;
}
