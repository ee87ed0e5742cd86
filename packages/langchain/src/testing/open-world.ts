import { createLaplas, type Laplas, type LaplasEvent, type LaplasOptions } from "@laplas/core";
import { createSandbox, type Sandbox, type SandboxOptions } from "@laplas/sandbox";
import { onTestFinished } from "vitest";
import type { ChatLaplasFields } from "../chat/chat-fields.js";
import { ChatLaplas } from "../chat/chat-laplas.js";

type Call = Extract<LaplasEvent, { type: "call" }>;

/** Far from the end of an hour and of a day, where a quota is a wait of seconds. */
const NOON = Date.UTC(2026, 0, 1, 12, 30);

/** A free-tier upstream on a real socket, and an engine with an account of its own. */
export interface World {
  readonly sandbox: Sandbox;
  readonly engine: Laplas;
  /** The engine's `call` events: one per call that reached it, sent or not. */
  readonly calls: readonly Call[];
  /** Resolves once so many calls have ended. */
  ended(count: number): Promise<void>;
  /** A model on this engine; gpt-4o-mini unless told otherwise. */
  chat(fields?: ChatLaplasFields): ChatLaplas;
}

/** Opens a world that is closed after the test. It is noon there, whatever the time of day, and the clock is the sandbox's. */
export async function openWorld(options: SandboxOptions = {}, engineOptions: LaplasOptions = {}): Promise<World> {
  const sandbox = await createSandbox({ clock: { start: NOON }, ...options });
  const calls: Call[] = [];
  const engine = createLaplas({
    apiKey: "test-key",
    baseURL: sandbox.baseURL,
    ledger: "memory",
    now: () => sandbox.clock.now(),
    ...engineOptions,
  });
  let heard = Promise.withResolvers<void>();
  engine.onEvent((event) => {
    if (event.type !== "call") return;
    calls.push(event);
    heard.resolve();
    heard = Promise.withResolvers();
  });
  const world: World = {
    sandbox,
    engine,
    calls,
    async ended(count) {
      while (calls.length < count) await heard.promise;
    },
    chat: (fields) => new ChatLaplas({ model: "gpt-4o-mini", engine, ...fields }),
  };
  // Not by afterEach at the top: where test files share their modules, it would hold for the first file alone.
  onTestFinished(async () => {
    await engine.close();
    await sandbox.close();
  });
  return world;
}

/** What a promise was rejected with; fails the test if it was not. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  const settled = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in settled) return settled.error;
  throw new Error(`resolved to ${JSON.stringify(settled.value)}`);
}
