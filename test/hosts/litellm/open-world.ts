import { onTestFinished } from "vitest";
import { openWorldUntil, type World, type WorldOptions } from "./worlds.ts";

/** A world for one test. */
export function openWorld(options?: WorldOptions): Promise<World> {
  return openWorldUntil(onTestFinished, options);
}
