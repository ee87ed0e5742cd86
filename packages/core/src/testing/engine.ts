import { onTestFinished } from "vitest";
import { createLaplas } from "../create-laplas.js";
import type { Laplas } from "../engine.js";
import type { LaplasEvent } from "../events.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import type { LaplasOptions } from "../options.js";
import type { ChatRequest } from "../request/wire-types.js";
import { createSandbox, type Sandbox, type SandboxFault, type SandboxOptions } from "./sandbox.js";

/** Looks like no other text of a test, so that a leak is found by looking for it. */
export const API_KEY = "key-3f9a7c51e2d84b06";

/** An engine and what it told its listeners. */
export interface TestEngine {
  readonly laplas: Laplas;
  readonly events: LaplasEvent[];
}

/** An engine on a server, with a ledger in memory, closed with the test. */
export function createTestEngine(baseURL: string, options: LaplasOptions = {}): TestEngine {
  const events: LaplasEvent[] = [];
  const laplas = createLaplas({
    apiKey: API_KEY,
    baseURL,
    // Of its own: those named "memory" have one account for each address, and another test may have had this one's port a moment ago.
    ledger: createMemoryStore({ now: options.now ?? Date.now }),
    maxRetries: 0,
    onEvent: (event) => events.push(event),
    ...options,
  });
  onTestFinished(() => laplas.close());
  return { laplas, events };
}

/** A sandbox and an engine on it, both closed with the test. */
export async function createPair(
  options: LaplasOptions = {},
  sandboxOptions: SandboxOptions = {},
): Promise<TestEngine & { readonly sandbox: Sandbox }> {
  const sandbox = await createSandbox(sandboxOptions);
  onTestFinished(() => sandbox.close());
  return { sandbox, ...createTestEngine(sandbox.baseURL, options) };
}

/** Lets the next call meet a fault. Resolves when its request runs. */
export function meeting(sandbox: Sandbox, fault: SandboxFault): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const when = ({ method }: { method: string }): boolean => {
    if (method !== "POST") return false;
    resolve();
    return true;
  };
  sandbox.fault(fault, { when });
  return promise;
}

/** A chat of one user message. */
export function ask(content: string, more: Partial<ChatRequest> = {}): ChatRequest {
  return { model: "gpt-4o-mini", messages: [{ role: "user", content }], ...more };
}

/** What a promise rejects with; fails where it does not reject. */
export async function rejection(work: Promise<unknown>): Promise<unknown> {
  const answer = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in answer) return answer.error;
  throw new Error(`expected a rejection, got ${JSON.stringify(answer.value)}`);
}
