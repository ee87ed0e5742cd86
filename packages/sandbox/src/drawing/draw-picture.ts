import { createCanvas } from "./canvas.js";
import { encodePng } from "./encode-png.js";
import { paintEmblem } from "./paint-emblem.js";
import { paintLandscape } from "./paint-landscape.js";
import { paintPattern } from "./paint-pattern.js";
import { createRandom, hashOf } from "./random.js";
import { isEmblem, readColors, readScene } from "./read-scene.js";

/** What is drawn: the same words, size and seed always give the same bytes. */
export interface Picture {
  prompt: string;
  width: number;
  height: number;
  /** Varies the picture; its subject stays. */
  seed: string;
}

/** Draws what a prompt names, as a PNG; a pattern of its own where it names nothing that can be drawn. */
export function drawPicture({ prompt, width, height, seed }: Picture): Buffer {
  const canvas = createCanvas(width, height);
  const random = createRandom(hashOf(`${prompt}\n${seed}`));
  const scene = readScene(prompt);
  if (!scene) paintPattern(canvas, readColors(prompt), random);
  else if (!scene.ground && scene.sky.size === 0 && scene.time === "day" && scene.things.every(isEmblem)) {
    paintEmblem(canvas, scene, random);
  } else paintLandscape(canvas, scene, random);
  return encodePng(canvas.pixels, width, height);
}
