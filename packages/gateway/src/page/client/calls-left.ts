import type { CallsLeft } from "../../routes/answer-calls-left.js";
import { whole } from "./format.js";
import { ask } from "./session.js";

export type { CallsLeft };

/** How far the budget goes with each model. @throws Error with the gateway's words */
export async function fetchCallsLeft(
  path: "v1/calls-left" | "playground/v1/calls-left",
): Promise<readonly CallsLeft[]> {
  const response = await ask(path);
  const body = (await response.json()) as { data?: readonly CallsLeft[]; error?: { message: string } };
  if (body.data !== undefined) return body.data;
  throw new Error(body.error?.message ?? `The gateway answered ${response.status}.`);
}

export function leftWords({ calls_left: left }: CallsLeft): string {
  if (left === null) return "not known";
  return left === "unlimited" ? "no limit" : whole(left);
}

export function canAnswer({ calls_left: left }: CallsLeft): boolean {
  return left !== 0;
}

/** An order: most calls left first, what is not known last. */
export function byCallsLeft(one: CallsLeft, other: CallsLeft): number {
  return compare(leftNumber(other), leftNumber(one));
}

function leftNumber({ calls_left: left }: CallsLeft): number {
  return left === "unlimited" ? Number.POSITIVE_INFINITY : (left ?? -1);
}

/** An order: the cheapest first, what is not known last. */
export function byCost(one: CallsLeft, other: CallsLeft): number {
  return compare(one.cost_per_call ?? Number.POSITIVE_INFINITY, other.cost_per_call ?? Number.POSITIVE_INFINITY);
}

/** Infinity less Infinity is no number. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
