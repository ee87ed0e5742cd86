import { onTestFinished } from "vitest";
import { WHOLE_ACCOUNT } from "../account/account.js";
import type { Reservation } from "../account/reservation.js";
import type { CallOptions } from "../call/call-options.js";
import { prepareCall } from "../call/prepare-call.js";
import { accountCall, type PreparedCall, type RequestBody } from "../call/prepared-call.js";
import { endpointOf } from "../check.js";
import { type CallUse, NO_USE } from "../cost/meter.js";
import { createContext, type EngineContext } from "../create-context.js";
import type { LaplasEvent } from "../events.js";
import type { Block } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import { type LaplasOptions, resolveOptions } from "../options.js";
import { API_KEY } from "./engine.js";

/** Noon of a day in UTC, far from every edge. */
export const NOON: number = Date.parse("2026-03-10T12:00:00.000Z");

/** A block on the whole account, by an assumed reset. */
export function blockUntil(until: number): Block {
  const longestMs = 32 * 86_400_000;
  return { name: WHOLE_ACCOUNT, until, longestMs, code: "daily_quota", rule: "daily_api_tokens", needsProbe: true };
}

/** So many API tokens, and of model tokens nothing unless told. */
export function useOf(credits: number, more: Partial<CallUse> = {}): CallUse {
  return { ...NO_USE, credits, ...more };
}

/** What the steps of a call share, and what they told listeners. */
export interface TestContext {
  readonly context: EngineContext;
  readonly events: LaplasEvent[];
}

/** The engine's parts with a ledger in memory and a clock that stands at noon, closed with the test. */
export function createTestContext(options: LaplasOptions = {}): TestContext {
  const events: LaplasEvent[] = [];
  const now = options.now ?? (() => NOON);
  const context = createContext(
    resolveOptions({
      apiKey: API_KEY,
      baseURL: "http://upstream.test/v1",
      // Of its own: those named "memory" have one account, and a slot that one test leaves lingers by a clock that stands.
      ledger: createMemoryStore({ now }),
      maxRetries: 0,
      now,
      onEvent: (event) => events.push(event),
      ...options,
    }),
  );
  onTestFinished(() => context.close());
  return { context, events };
}

/** A call that has been decided on. */
export function plan(context: EngineContext, body: object, options: CallOptions = {}): PreparedCall {
  return prepareCall(context, endpointOf(body), body, options);
}

/** A call that has its place in the ledger, and the body of its first request. */
export interface StartedCall {
  readonly plan: PreparedCall;
  readonly body: RequestBody;
  readonly reservation: Reservation;
}

/** Takes a call as far as the upstream. A slot that the test leaves taken is given back, since closing waits for it. */
export async function start(context: EngineContext, body: object, options: CallOptions = {}): Promise<StartedCall> {
  const planned = plan(context, body, options);
  const reservation = await context.account.reserve(accountCall(planned), planned.signal);
  onTestFinished(() => reservation.cancel());
  return { plan: planned, body: planned.adapted.parts[0]?.body ?? {}, reservation };
}
