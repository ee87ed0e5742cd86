import { isRetryable } from "@laplas/core";
import { expect } from "vitest";
import type { ChatLaplas } from "../chat/chat-laplas.js";
import type { ErrorShape, Failing } from "./error-shapes.js";
import { openWorld } from "./open-world.js";
import { longestPause } from "./shorten-waits.js";

/** A way in which LangChain tries again or turns to another model. */
export interface RetryPath {
  readonly name: string;
  /** Whether a retryable error is tried again, and not before its time. */
  readonly retries: boolean;
  /** Whether another model answers in the end. */
  readonly fallsBack: boolean;
  /** Whether pauses are the path's own, whatever the error asks for. */
  readonly ownPauses?: boolean;
  run(failing: Failing, spare: ChatLaplas): Promise<unknown>;
}

/** Lets a call fail on a path and compares attempts, outcome and pauses with what the error's shape promises. */
export async function expectOutcome(path: RetryPath, shape: ErrorShape, waited: readonly number[]): Promise<void> {
  const expected = shape.code;
  const failing = await shape.open();
  const { calls, sandbox } = failing.world;
  const spare = await openWorld({ rules: { imageAttachments: true } }, { tier: "paid" });
  const { error } = await path.run(failing, spare.chat({ model: "gpt-4o" })).then(
    () => ({ error: undefined }),
    (reason: unknown) => ({ error: reason }),
  );
  const failed = (): typeof calls => calls.filter(({ outcome }) => outcome !== "answered");
  // LangChain turns away from an aborted call by itself: its event may come a moment later.
  while (failed().length === 0) await new Promise(setImmediate);
  const failures = failed();
  expect(failures.map(({ code, outcome }) => code ?? outcome)).toEqual([expected ?? "aborted"]);
  const again = path.retries && shape.kind === "retryable";
  const elsewhere = path.fallsBack && shape.kind !== "aborted" && !again;
  expect(spare.sandbox.counts().received).toBe(elsewhere ? 1 : 0);
  if (again && !path.ownPauses) expect(longestPause(waited)).toBeGreaterThanOrEqual(shape.retryAfterMs ?? 900);
  if (!again) expect(longestPause(waited)).toBe(0);
  // The busy shape has another call under way; a path that tries again sends once more.
  const others = shape.name === "busy" ? 1 : 0;
  expect(sandbox.counts().received).toBeLessThanOrEqual(shape.sent + others + (again ? 1 : 0));
  if (again || elsewhere) {
    expect(error).toBeUndefined();
    return;
  }
  expect(isRetryable(error)).toBe(shape.kind === "retryable" || expected === "network");
  // Agents wrap what a middleware throws.
  const chain = [error, (error as Error).cause, ((error as Error).cause as Error | undefined)?.cause];
  if (shape.kind === "aborted") expect(chain).toContainEqual(expect.objectContaining({ name: "AbortError" }));
  else expect(chain).toContainEqual(expect.objectContaining({ code: expected }));
}
