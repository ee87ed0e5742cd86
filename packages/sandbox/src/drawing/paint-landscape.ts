import type { Canvas } from "./canvas.js";
import { hex } from "./color.js";
import { horizonOf, paintGround } from "./paint-ground.js";
import { lightOf, paintSky, paintWeather } from "./paint-sky.js";
import { landscapeSize, type Place, painters, standing } from "./paint-thing.js";
import { paintFlower } from "./plants.js";
import type { Random } from "./random.js";
import type { Scene, Thing } from "./read-scene.js";
import type { Ground, ThingKind } from "./scene-words.js";
import { ellipse } from "./shapes.js";

/** Sky, ground, then the things from far to near. */
export function paintLandscape(canvas: Canvas, scene: Scene, random: Random): void {
  const ground = scene.ground ?? impliedGround(scene);
  const light = lightOf(scene);
  const horizon = canvas.height * horizonOf(ground);
  const sunX = paintSky(canvas, { ...scene, ground }, light, horizon, random);
  const floor = paintGround(canvas, ground, {
    horizon,
    light,
    sunX,
    random,
    snow: scene.sky.has("snow"),
    shore: scene.things.some((thing) => ashore.has(thing.kind)),
  });
  const placed = scene.things.flatMap((thing, index) =>
    Array.from({ length: thing.count }, (_, number) => {
      const share = shareOf(index, number, scene.things, random);
      return { thing, place: placeOf(canvas, thing, ground, share, floor, random) };
    }),
  );
  placed.sort((one, other) => one.place.y - other.place.y);
  for (const { thing, place } of placed) {
    if (standing.has(thing.kind) && thing.kind !== "boat" && thing.kind !== "balloon") {
      canvas.paint(ellipse(place.x, place.y, place.size * 0.4, place.size * 0.035), hex("1c2440"), {
        alpha: 0.22,
        feather: 0.02,
      });
    }
    painters[thing.kind](canvas, place, thing.color);
  }
  if (ground === "meadow") paintFlowers(canvas, horizon, random);
  paintWeather(canvas, { ...scene, ground }, random);
}

/** What stands on land even where there is a sea. */
const ashore: ReadonlySet<ThingKind> = new Set([
  "house",
  "tree",
  "pine",
  "palm",
  "cat",
  "dog",
  "robot",
  "flower",
  "cup",
]);

function impliedGround(scene: Scene): Ground {
  const kinds = new Set(scene.things.map((thing) => thing.kind));
  if (kinds.has("boat") || kinds.has("lighthouse") || kinds.has("palm") || kinds.has("fish")) return "sea";
  if (kinds.has("rocket") || kinds.has("planet")) return "space";
  return scene.time === "sunset" && kinds.size === 0 && !scene.sky.has("snow") ? "sea" : "hill";
}

/** Where across the picture: things take turns, so that two kinds do not hide each other. */
function shareOf(index: number, number: number, things: readonly Thing[], random: Random): number {
  const all = things.reduce((sum, thing) => sum + thing.count, 0);
  const before = things.slice(0, index).reduce((sum, thing) => sum + thing.count, 0);
  if (all === 1) return random.pick([0.32, 0.68]);
  return (before + number + 0.5 + random.between(-0.22, 0.22)) / all;
}

function placeOf(
  canvas: Canvas,
  thing: Thing,
  ground: Ground,
  share: number,
  floor: (x: number) => number,
  random: Random,
): Place {
  // A bird alone is what the picture is about; a few are far away.
  const near = thing.kind === "bird" && thing.count === 1 ? 2.2 : 1;
  const size = near * landscapeSize[thing.kind] * random.between(0.88, 1.12) * (thing.count > 3 ? 0.75 : 1);
  const x = canvas.width * (0.08 + share * 0.84);
  const aloft = (high: number, low: number) => ({ x, y: canvas.height * random.between(high, low), size });
  if (thing.kind === "bird") return aloft(0.14, 0.4);
  if (thing.kind === "star") return aloft(0.12, 0.35);
  if (thing.kind === "balloon") return aloft(0.36, 0.56);
  if (thing.kind === "planet" || thing.kind === "rocket" || ground === "space") return aloft(0.34, 0.6);
  if (thing.kind === "boat" && ground === "sea") return aloft(0.68, 0.74);
  if (thing.kind === "fish") return aloft(0.76, 0.9);
  const forward = random.between(0, 0.05) + (standing.has(thing.kind) ? 0 : 0.04);
  const y = Math.min(floor(x) + forward, canvas.height * 0.95);
  return { x, y: standing.has(thing.kind) ? y : y - size * 0.3, size };
}

function paintFlowers(canvas: Canvas, horizon: number, random: Random): void {
  const colors = [hex("e2728f"), hex("f2c14e"), hex("f6f0e6"), hex("b78ad0"), hex("e8694f")] as const;
  const depth = canvas.height - horizon;
  for (let index = 0; index < 40 * canvas.width; index += 1) {
    const share = 0.35 + (0.65 * index) / (40 * canvas.width);
    const y = horizon + depth * share + random.between(-0.02, 0.02);
    const size = 0.018 + share * share * 0.045;
    paintFlower(canvas, random.next() * canvas.width, y, size, y + size * 1.1, random.pick(colors));
  }
}
