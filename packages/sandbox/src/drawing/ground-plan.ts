import { type Color, darken, mix } from "./color.js";
import type { Light } from "./paint-sky.js";
import type { Random } from "./random.js";

/** What a ground is painted by. */
export interface GroundPlan {
  horizon: number;
  light: Light;
  /** Where the sun or moon stands. */
  sunX: number;
  /** Whether snow lies on it. */
  snow: boolean;
  /** Whether the sea has a shore in front, for what stands on land. */
  shore: boolean;
  random: Random;
}

/** A color in the light of the hour, the paler the farther. */
export function lit(color: Color, { light }: GroundPlan, far: number): Color {
  return mix(mix(darken(color, light.dusk), light.top, light.dusk * 0.45), light.haze, far * 0.6);
}
