import type { CallReport } from "@laplas/core";
import { apiTokens, clock, duration, whole } from "./words.js";

/** Shorter waits are not worth a word. */
const WORTH_TELLING_MS = 1_000;

/** What an answer cost and what is left, in a line for the end of it. */
export function reportLine({ apiTokens: cost, estimated, waitedMs, remaining, resetsAt }: CallReport): string {
  return [
    `${estimated ? "about " : ""}${apiTokens(cost)}`,
    ...(remaining === undefined
      ? []
      : [`${whole(remaining)} left${resetsAt === undefined ? "" : ` until ${clock(resetsAt)}`}`]),
    ...(waitedMs < WORTH_TELLING_MS ? [] : [`waited ${duration(waitedMs)}`]),
  ].join(" · ");
}
