import type { Cutting } from "../chat/cut-answer.js";
import { createRandom, hashOf } from "../drawing/random.js";
import type { ResolvedDraft } from "./draft.js";
import type { HabitOptions } from "./habit.js";

/** How part `index` of a draft is cut, the first being 0. */
export function cuttingOf(draft: ResolvedDraft, habit: HabitOptions | undefined, index: number): Cutting {
  const random = createRandom(partSeed(draft.seed, index));
  const isFull = habit?.kind === "exactCap";
  return {
    shortBy: isFull ? 0 : Math.floor(random.between(0, draft.jitter + 1)),
    torn: isFull ? "whole" : draft.torn,
    fullIsCut: isFull,
    cutCallReason: habit?.kind === "toolCalls" ? (habit.finishReason ?? "tool_calls") : "length",
  };
}

/** A seed for each part of a text: near ones would be cut alike. */
export function partSeed(seed: number, index: number): number {
  return hashOf(`part ${index} of ${seed}`);
}
