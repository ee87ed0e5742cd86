import type { CallReport } from "@laplas/core";

/** What a window of the tier has left; `resetsAt` is an ISO 8601 string. */
export type MessageWindow = Omit<CallReport["windows"][number], "resetsAt"> & { readonly resetsAt?: string };

/**
 * The engine's report as it stands in messages and pictures: plain JSON with ISO 8601 strings for dates. LangGraph's
 * checkpoints turn a Date into `{}`.
 */
export interface MessageReport extends Omit<CallReport, "resetsAt" | "windows"> {
  /** When the tightest window resets. */
  readonly resetsAt?: string;
  readonly windows: readonly MessageWindow[];
}

/** Writes the dates of a report as ISO 8601 strings. */
export function toMessageReport(report: CallReport): MessageReport {
  return { ...withText(report), windows: report.windows.map(withText) };
}

function withText<Item extends { readonly resetsAt?: Date }>({
  resetsAt,
  ...item
}: Item): Omit<Item, "resetsAt"> & { readonly resetsAt?: string } {
  return resetsAt === undefined ? item : { ...item, resetsAt: resetsAt.toISOString() };
}
