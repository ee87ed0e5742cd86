import type { Laplas } from "@laplas/core";
import { counted, duration } from "@laplas/gateway/bodies";
import type { Finding } from "./finding.js";

/** Whether to correct what a wrong clock has left. */
export interface MendOptions {
  readonly mend: boolean;
  /** By a clock that is wrong now, nothing can be corrected. */
  readonly isClockWrong: boolean;
}

/** Looks for calls and blocks that a clock left in the account which was wrong, and puts them right where that is asked for. */
export async function examineTimes(
  laplas: Pick<Laplas, "misdated" | "redate">,
  { mend, isClockWrong }: MendOptions,
  now: number = Date.now(),
): Promise<Finding[]> {
  const name = "times";
  const { calls, latest = now, blocks } = await laplas.misdated();
  if (calls + blocks === 0) return mend ? [{ name, state: "ok", message: "there is nothing to correct" }] : [];
  if (mend && !isClockWrong) {
    await laplas.redate();
    const done = [
      ...(calls === 0
        ? []
        : [`${counted(calls, "call")} dated in the future ${calls === 1 ? "counts" : "count"} from now on`]),
      ...(blocks === 0
        ? []
        : [`${counted(blocks, "block")} that could not be right ${blocks === 1 ? "is" : "are"} gone`]),
    ];
    return [{ name, state: "ok", message: `corrected: ${done.join("; ")}` }];
  }
  const found = [
    ...(calls === 0 ? [] : [`${counted(calls, "call")} charged up to ${duration(latest - now)} ahead of now`]),
    ...(blocks === 0 ? [] : [`${counted(blocks, "block")} that would last longer than possible`]),
  ];
  const remedy = isClockWrong
    ? "First set this machine's clock, then: laplas doctor --mend"
    : "To charge these calls now and remove these blocks: laplas doctor --mend";
  return [{ name, state: "warning", message: `a clock was wrong: ${found.join("; ")}`, remedy }];
}
