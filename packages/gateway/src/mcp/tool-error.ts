import { isLaplasError, type LaplasError } from "@laplas/core";
import type { CallToolResult } from "@modelcontextprotocol/server";
import { duration } from "../words.js";
import type { Scene } from "./scene.js";

/** Where an error that passes names no pause. */
const USUAL_PAUSE_MS = 5_000;

/**
 * A failure as an agent reads it: first whether to call again, since agents try a failed tool several times. Of what nobody expected only
 * the kind is told: its message may hold anything.
 */
export function toolError(error: unknown, scene: Pick<Scene, "now" | "onDefect">): CallToolResult {
  if (isLaplasError(error)) return errorResult(errorText(error, scene.now()));
  scene.onDefect?.(error);
  const kind = error instanceof Error ? error.name : "no error";
  return errorResult(`Do not retry: laplas failed in a way it did not expect (${kind}). This is a defect of laplas.`);
}

function errorText({ message, retryable, retryAfterMs = USUAL_PAUSE_MS, resetsAt }: LaplasError, now: number): string {
  if (retryable) return `Retry after ${Math.max(1, Math.ceil(retryAfterMs / 1_000))} s: ${message}`;
  const waitMs = resetsAt === undefined ? 0 : resetsAt.getTime() - now;
  // An agent seldom knows what time it is.
  return `Do not retry: ${message}${waitMs > 0 ? ` That is in ${duration(waitMs)}.` : ""}`;
}

export function errorResult(text: string): CallToolResult {
  return { isError: true, content: [{ type: "text", text }] };
}
