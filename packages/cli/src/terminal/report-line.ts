import { type CallReport, type CostUnit, costOf } from "@laplas/core";
import { clock, costWords, duration, whole } from "@laplas/gateway/bodies";

/** Shorter waits are not worth a word. */
const WORTH_TELLING_MS = 1_000;

/** What an answer cost and what is left, in a line for the end of it. */
export function reportLine(report: CallReport, unit: Pick<CostUnit, "name">): string {
  const { estimated, waitedMs, remaining, resetsAt } = report;
  return [
    `${estimated ? "about " : ""}${costWords(costOf(report), unit)}`,
    ...(remaining === undefined
      ? []
      : [`${whole(remaining)} left${resetsAt === undefined ? "" : ` until ${clock(resetsAt)}`}`]),
    ...(waitedMs < WORTH_TELLING_MS ? [] : [`waited ${duration(waitedMs)}`]),
  ].join(" · ");
}
