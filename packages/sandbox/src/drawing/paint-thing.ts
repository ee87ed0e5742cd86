import { paintBird, paintFish } from "./animals.js";
import { paintHouse, paintLighthouse } from "./buildings.js";
import type { Canvas } from "./canvas.js";
import type { Color } from "./color.js";
import { paintCat, paintDog } from "./faces.js";
import { paintCup, paintHeart, paintPlanet, paintRobot, paintStar } from "./objects.js";
import { paintFlower, paintPalm, paintPine, paintTree } from "./plants.js";
import type { ThingKind } from "./scene-words.js";
import { heart } from "./shapes.js";
import { paintBalloon, paintBoat, paintRocket } from "./vehicles.js";

/** Where a thing stands: its foot for what stands on the ground, its middle for what does not. */
export interface Place {
  x: number;
  y: number;
  size: number;
}

type Painter = (canvas: Canvas, place: Place, color: Color | undefined) => void;

/** Those whose place is a foot; the others have a middle. */
export const standing: ReadonlySet<ThingKind> = new Set([
  "house",
  "tree",
  "pine",
  "palm",
  "lighthouse",
  "boat",
  "balloon",
]);

/** How large a thing is in a landscape. */
export const landscapeSize: Record<ThingKind, number> = {
  house: 0.2,
  tree: 0.3,
  pine: 0.3,
  palm: 0.4,
  lighthouse: 0.46,
  boat: 0.26,
  balloon: 0.26,
  bird: 0.075,
  cat: 0.24,
  dog: 0.24,
  fish: 0.17,
  heart: 0.22,
  flower: 0.12,
  robot: 0.3,
  rocket: 0.36,
  planet: 0.34,
  cup: 0.26,
  star: 0.1,
};

/** One painter per thing. */
export const painters: Record<ThingKind, Painter> = {
  house: (canvas, { x, y, size }, color) => paintHouse(canvas, x, y, size, color),
  tree: (canvas, { x, y, size }, color) => paintTree(canvas, x, y, size, color),
  pine: (canvas, { x, y, size }, color) => paintPine(canvas, x, y, size, color),
  palm: (canvas, { x, y, size }, color) => paintPalm(canvas, x, y, size, color),
  lighthouse: (canvas, { x, y, size }, color) => paintLighthouse(canvas, x, y, size, color),
  boat: (canvas, { x, y, size }, color) => paintBoat(canvas, x, y, size, color),
  balloon: (canvas, { x, y, size }, color) => paintBalloon(canvas, x, y, size, color),
  bird: (canvas, { x, y, size }, color) => paintBird(canvas, x, y, size, color),
  cat: (canvas, { x, y, size }, color) => paintCat(canvas, x, y, size, color),
  dog: (canvas, { x, y, size }, color) => paintDog(canvas, x, y, size, color),
  fish: (canvas, { x, y, size }, color) => paintFish(canvas, x, y, size, color),
  heart: (canvas, { x, y, size }, color) => paintHeart(canvas, x, y, size, heart(x, y, size * 0.45), color),
  flower: (canvas, { x, y, size }, color) => paintFlower(canvas, x, y, size, y + size * 1.1, color),
  robot: (canvas, { x, y, size }, color) => paintRobot(canvas, x, y, size, color),
  rocket: (canvas, { x, y, size }, color) => paintRocket(canvas, x, y, size, color),
  planet: (canvas, { x, y, size }, color) => paintPlanet(canvas, x, y, size, color),
  cup: (canvas, { x, y, size }, color) => paintCup(canvas, x, y, size, color),
  star: (canvas, { x, y, size }, color) => paintStar(canvas, x, y, size, color),
};
