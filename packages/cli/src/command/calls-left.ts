import type { Laplas, ModelStatus, WindowRule } from "@laplas/core";
import { providerOf, whole } from "@laplas/gateway/bodies";
import { paint } from "../terminal/paint.js";

/** How many calls of a model are left, and of when if they are back within the hour. */
export function callsLeft(
  laplas: Pick<Laplas, "providers" | "provider">,
  { provider, callsLeft: calls, callsBoundBy }: ModelStatus,
): string {
  if (calls === undefined) return paint("dim", "not known");
  if (calls === Number.POSITIVE_INFINITY) return paint("green", "no limit");
  const { rules } = providerOf(laplas, provider).tier;
  const rule = rules.find((one): one is WindowRule => one.kind === "window" && one.id === callsBoundBy);
  return paint(calls === 0 ? "red" : "green", `${whole(calls)}${rule === undefined ? "" : shortPeriod(rule.period)}`);
}

/** Of what is back within the hour: what a day or a month has is what people take a number for. */
function shortPeriod(period: WindowRule["period"]): string {
  if (period.type === "minute" || period.type === "hour") return ` this ${period.type}`;
  if (!("spanMs" in period) || period.spanMs > 3_600_000) return "";
  return period.spanMs <= 60_000 ? " this minute" : " this hour";
}
