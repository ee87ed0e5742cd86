import type { Canvas } from "./canvas.js";
import { type Color, darken, hex, lighten, mix } from "./color.js";
import type { Random } from "./random.js";
import type { Scene } from "./read-scene.js";
import type { TimeOfDay } from "./scene-words.js";
import { circle, ellipse, rectangle, stroke, union, without } from "./shapes.js";

/** The colors that the hour gives to everything. */
export interface Light {
  top: Color;
  horizon: Color;
  /** What far things fade into, and how dark near things are. */
  haze: Color;
  dusk: number;
}

const lights: Record<TimeOfDay, Light> = {
  day: { top: hex("5aa9dc"), horizon: hex("d8eef2"), haze: hex("cfe6ec"), dusk: 0 },
  sunset: { top: hex("46407e"), horizon: hex("ffb27a"), haze: hex("f29c7e"), dusk: 0.28 },
  night: { top: hex("0e1533"), horizon: hex("3a4a7d"), haze: hex("2c3a68"), dusk: 0.55 },
};

/** The light of a scene; a color that belongs to nothing else tints it. */
export function lightOf(scene: Scene): Light {
  const light = scene.sky.has("rain") && scene.time === "day" ? rainy : lights[scene.time];
  const [tint] = scene.colors;
  if (!tint) return light;
  return {
    ...light,
    top: mix(light.top, scene.time === "night" ? darken(tint, 0.6) : tint, 0.45),
    horizon: mix(light.horizon, lighten(tint, 0.35), 0.45),
    haze: mix(light.haze, lighten(tint, 0.3), 0.4),
  };
}

const rainy: Light = { top: hex("6b7f95"), horizon: hex("c3ced4"), haze: hex("b3c0c9"), dusk: 0.12 };

/** Sky, sun or moon, stars and clouds, down to `horizon`. Returns where the sun or moon stands. */
export function paintSky(canvas: Canvas, scene: Scene, light: Light, horizon: number, random: Random): number {
  const { width } = canvas;
  canvas.fill({ top: light.top, bottom: light.horizon, from: 0, to: horizon });
  const x = width * random.between(0.3, 0.7);
  if (scene.time === "night") paintStars(canvas, horizon, random);
  if (scene.time === "night") {
    if (scene.ground !== "space" || scene.sky.has("moon")) paintMoon(canvas, x, horizon * 0.34);
  } else if (!scene.sky.has("rain")) {
    const low = scene.time === "sunset";
    paintSun(canvas, x, horizon * (low ? 0.8 : 0.34), low ? hex("ffe0a3") : hex("fff3c4"), low ? 0.1 : 0.085);
  }
  if (scene.sky.has("rainbow")) paintRainbow(canvas, horizon);
  const clouds = scene.sky.has("cloud") || scene.sky.has("rain") ? 6 : scene.time === "night" ? 0 : 2;
  const pale = mix(hex("ffffff"), light.horizon, scene.time === "day" ? 0.1 : 0.5);
  const white = scene.sky.has("rain") ? mix(pale, light.top, 0.45) : pale;
  for (let index = 0; index < clouds; index += 1) {
    const at = ((index + random.between(0.1, 0.8)) / clouds) * width;
    paintCloud(canvas, at, horizon * random.between(0.12, 0.5), random.between(0.05, 0.085), white, random);
  }
  return x;
}

function paintSun(canvas: Canvas, x: number, y: number, color: Color, radius: number): void {
  canvas.paint(circle(x, y, radius * 0.5), lighten(color, 0.3), { alpha: 0.5, feather: radius * 9 });
  canvas.paint(circle(x, y, radius * 1.35), color, { alpha: 0.35, feather: radius * 0.3 });
  canvas.paint(circle(x, y, radius), color);
}

function paintMoon(canvas: Canvas, x: number, y: number): void {
  canvas.paint(circle(x, y, 0.05), hex("9fb2e6"), { alpha: 0.45, feather: 0.5 });
  canvas.paint(circle(x, y, 0.075), hex("f4efdc"));
  for (const [dx, dy, radius] of [
    [-0.02, -0.015, 0.017],
    [0.025, 0.02, 0.012],
    [0.012, -0.035, 0.009],
  ] as const) {
    canvas.paint(circle(x + dx, y + dy, radius), hex("ddd6c0"));
  }
}

function paintStars(canvas: Canvas, horizon: number, random: Random): void {
  for (let index = 0; index < 110 * canvas.width; index += 1) {
    const y = horizon * random.next() ** 1.4;
    const size = random.next() < 0.08 ? 0.0045 : random.between(0.0014, 0.0028);
    canvas.paint(circle(random.next() * canvas.width, y, size), hex("fdf6e3"), { alpha: random.between(0.35, 1) });
  }
}

function paintCloud(canvas: Canvas, x: number, y: number, size: number, color: Color, random: Random): void {
  const puffs = [-1, -0.25, 0.55, 1.15].map((at, index) => {
    const outer = index % 3 === 0;
    return circle(x + at * size, y - size * (outer ? 0.16 : 0.42), size * (outer ? 0.5 : random.between(0.54, 0.76)));
  });
  const base = rectangle(x - size * 2, y - size * 0.34, x + size * 2, y + size * 0.34, size * 0.34);
  canvas.paint(union(base, ...puffs), color, { alpha: 0.92 });
}

function paintRainbow(canvas: Canvas, horizon: number): void {
  const bands = ["d9574a", "f0984c", "f4d35e", "6cb36a", "4d8fc7", "7d62b0"];
  const [x, outer] = [canvas.width / 2, Math.min(canvas.width * 0.46, horizon * 0.95)];
  bands.forEach((color, index) => {
    const radius = outer - index * 0.022;
    const band = without(circle(x, horizon + 0.04, radius), circle(x, horizon + 0.04, radius - 0.023));
    canvas.paint(band, hex(color), { alpha: 0.75 });
  });
}

/** What falls in front of everything. */
export function paintWeather(canvas: Canvas, scene: Scene, random: Random): void {
  const { width, height } = canvas;
  if (scene.sky.has("rain")) {
    for (let index = 0; index < 150 * width * height; index += 1) {
      const [x, y] = [random.next() * width, random.next() * height];
      canvas.paint(stroke([x, y], [x - 0.012, y + 0.045], 0.0025), hex("eef4fa"), { alpha: 0.45 });
    }
  }
  if (!scene.sky.has("snow")) return;
  for (let index = 0; index < 120 * width * height; index += 1) {
    const flake = ellipse(random.next() * width, random.next() * height, 0.005, 0.005);
    canvas.paint(flake, hex("ffffff"), { alpha: random.between(0.4, 0.95) });
  }
}
