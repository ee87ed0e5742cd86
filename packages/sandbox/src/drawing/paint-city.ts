import type { Canvas } from "./canvas.js";
import { hex, lighten } from "./color.js";
import { type GroundPlan, lit } from "./ground-plan.js";
import type { Random } from "./random.js";
import { rectangle, type Shape } from "./shapes.js";

/** Three rows of houses, the near ones with windows, and a street. */
export function paintCity(canvas: Canvas, plan: GroundPlan): (x: number) => number {
  const { horizon, random, light } = plan;
  const floor = canvas.height * 0.86;
  const rows = [
    { color: hex("8c9cb8"), tall: 0.42, far: 0.75 },
    { color: hex("5d6d8e"), tall: 0.34, far: 0.35 },
    { color: hex("3b4766"), tall: 0.24, far: 0 },
  ];
  for (const { color, tall, far } of rows) {
    const tone = lit(color, plan, far);
    let x = -0.02;
    while (x < canvas.width) {
      const wide = random.between(0.07, 0.13);
      const top = horizon + 0.06 - random.between(0.25, 1) * tall;
      canvas.paint(rectangle(x, top, x + wide, floor), {
        top: lighten(tone, 0.06),
        bottom: tone,
        from: top,
        to: floor,
      });
      if (random.next() < 0.3) canvas.paint(rectangle(x + wide * 0.47, top - 0.05, x + wide * 0.53, top), tone);
      if (far < 0.5) paintWindows(canvas, [x, top, x + wide, floor], light.dusk, random);
      x += wide + random.between(-0.01, 0.012);
    }
  }
  canvas.paintBelow(() => floor, {
    top: lit(hex("4a5570"), plan, 0.1),
    bottom: lit(hex("2e3650"), plan, 0),
    from: floor,
    to: canvas.height,
  });
  return () => floor + 0.05;
}

function paintWindows(canvas: Canvas, [left, top, right, bottom]: Shape["box"], dusk: number, random: Random): void {
  const bright = dusk > 0.1 ? hex("ffd98a") : hex("dbe7f2");
  for (let y = top + 0.018; y < bottom - 0.02; y += 0.026) {
    for (let x = left + 0.012; x < right - 0.016; x += 0.021) {
      if (random.next() < 0.58)
        canvas.paint(rectangle(x, y, x + 0.01, y + 0.014), bright, { alpha: dusk > 0.1 ? 0.9 : 0.55 });
    }
  }
}
