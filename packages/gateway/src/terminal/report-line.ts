import type { CallReport } from "@laplas/core";
import { costOf } from "../routes/cost-field.js";
import { clock, costWords, duration, whole } from "./words.js";

/** Shorter waits are not worth a word. */
const WORTH_TELLING_MS = 1_000;

/** What an answer cost and what is left, in a line for the end of it. @param unit the name of what costs are counted in */
export function reportLine(report: CallReport, unit: string): string {
  const { estimated, waitedMs, remaining, resetsAt } = report;
  return [
    `${estimated ? "about " : ""}${costWords(costOf(report), unit)}`,
    ...(remaining === undefined
      ? []
      : [`${whole(remaining)} left${resetsAt === undefined ? "" : ` until ${clock(resetsAt)}`}`]),
    ...(waitedMs < WORTH_TELLING_MS ? [] : [`waited ${duration(waitedMs)}`]),
  ].join(" · ");
}
