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

/** For an order: most first, what is not known last. */
export function leftNumber({ calls_left: left }: CallsLeft): number {
  return left === "unlimited" ? Number.POSITIVE_INFINITY : (left ?? -1);
}
