import type { Canvas } from "./canvas.js";
import { type Color, darken, lighten, mix } from "./color.js";
import { type Palette, palettes } from "./palettes.js";
import { createLine, type Random } from "./random.js";
import { circle, rectangle, type Shape, within, without } from "./shapes.js";

/** A pattern for a prompt of which nothing can be drawn: its words choose kind, colors and every detail. */
export function paintPattern(canvas: Canvas, colors: readonly Color[], random: Random): void {
  const palette = paletteFrom(colors, random);
  const [ground] = palette;
  canvas.fill(ground);
  random.pick([paintTiles, paintWaves, paintOrbits])(canvas, palette, random);
}

function paletteFrom(colors: readonly Color[], random: Random): Palette {
  const base = random.pick(palettes);
  const [first, second] = colors;
  if (!first) return base;
  const other = second ?? mix(first, base[3], 0.6);
  return [lighten(first, 0.82), first, lighten(first, 0.4), other, darken(first, 0.45)];
}

/** Quarter circles, discs and rings on a grid. */
function paintTiles(canvas: Canvas, palette: Palette, random: Random): void {
  const [ground, ...tones] = palette;
  // On whole pixels: two half covered edges side by side would show as a seam.
  const unit = canvas.columns / canvas.width;
  const cell = Math.max(Math.round(unit / random.pick([4, 5, 6])), 1) / unit;
  for (let top = 0; top < canvas.height - 0.001; top += cell) {
    for (let left = 0; left < canvas.width - 0.001; left += cell) {
      const tile = rectangle(left, top, left + cell, top + cell);
      const [back, front] = [random.pick([ground, ground, ...tones]), random.pick(tones)];
      canvas.paint(tile, back);
      canvas.paint(within(tileFigure(left, top, cell, random), tile), back === front ? ground : front);
    }
  }
}

function tileFigure(left: number, top: number, cell: number, random: Random): Shape {
  const [middleX, middleY] = [left + cell / 2, top + cell / 2];
  const cornerX = left + random.pick([0, cell]);
  const cornerY = top + random.pick([0, cell]);
  const shapes: [Shape, ...Shape[]] = [
    circle(cornerX, cornerY, cell),
    circle(cornerX, cornerY, cell),
    without(circle(cornerX, cornerY, cell), circle(cornerX, cornerY, cell * 0.5)),
    circle(middleX, middleY, cell * 0.36),
    without(circle(middleX, middleY, cell * 0.42), circle(middleX, middleY, cell * 0.22)),
    circle(middleX, cornerY, cell * 0.5),
  ];
  return random.pick(shapes);
}

/** Layers of soft hills, each a shade further on, under a disc. */
function paintWaves(canvas: Canvas, palette: Palette, random: Random): void {
  const [ground, first, second, third, fourth] = palette;
  const { width, height } = canvas;
  const [from, to] = random.pick([[third, first] as const, [fourth, second] as const, [second, first] as const]);
  canvas.fill({ top: ground, bottom: mix(ground, from, 0.45), from: 0, to: height });
  canvas.paint(
    circle(width * random.between(0.3, 0.7), height * 0.3, random.between(0.1, 0.16)),
    random.pick([fourth, third]),
  );
  const layers = 7;
  for (let layer = 0; layer < layers; layer += 1) {
    const line = createLine(random, random.between(2.4, 4.2), 2);
    const base = height * (0.4 + (0.58 * layer) / layers);
    const tone = mix(mix(ground, from, 0.55), to, layer / (layers - 1));
    canvas.paintBelow((x) => base + line(x) * 0.075, {
      top: tone,
      bottom: darken(tone, 0.14),
      from: base,
      to: base + 0.35,
    });
  }
}

/** Rings and discs that lie on each other, the large ones below. */
function paintOrbits(canvas: Canvas, palette: Palette, random: Random): void {
  const [ground, first, second, third, fourth] = palette;
  const tones = [first, second, third, fourth] as const;
  for (let index = 0; index < 13; index += 1) {
    const [x, y] = [random.next() * canvas.width, random.next() * canvas.height];
    const radius = 0.36 * 0.86 ** index * random.between(0.85, 1.15);
    const color = tones[(index + (random.next() < 0.3 ? 1 : 0)) % 4] ?? first;
    canvas.paint(circle(x, y, radius), color);
    if (random.next() < 0.55)
      canvas.paint(circle(x, y, radius * random.between(0.55, 0.8)), random.pick([ground, ...tones]));
    if (random.next() < 0.5) canvas.paint(circle(x, y, radius * 0.2), random.pick(tones));
  }
}
