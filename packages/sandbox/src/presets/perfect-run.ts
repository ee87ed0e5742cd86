import { createEntry } from "../server/log-entry.js";
import { createWriter } from "../writing/writer.js";
import type { PresetOptions } from "./create-preset-sandbox.js";
import { createTokenCounter } from "./preset-tokens.js";
import { createPresetUpstream } from "./preset-upstream.js";
import { resolvePreset } from "./presets.js";

/** What a perfect client is to send. */
export interface PerfectRunOptions
  extends Omit<PresetOptions, "port" | "host" | "clock" | "latencyMs" | "chunkDelayMs"> {
  /** Chat bodies in the order in which they are sent. */
  body: (index: number) => unknown;
  /** Milliseconds since 1970. */
  from: number;
  /** Up to and without this moment. */
  to: number;
  /** How long an answer takes, which is when its completion is charged. @default 0 */
  durationMs?: number;
}

/** One request of a perfect client. */
export interface PerfectRequest {
  at: number;
  /** False where its host failed. */
  answered: boolean;
}

/**
 * What a client would do that always has something to send, sees the server's counts and is never refused: it sends each request at
 * the first moment at which it passes. With equal requests nobody gets more answers. Ends early at a request that never passes;
 * throws a `RangeError` where nothing limits them, as with a model that is paid for.
 *
 * @example
 * const run = perfectRun({ preset: "groq", body: () => body, from: 0, to: 20 * 60_000 });
 * console.log(run.filter(({ answered }) => answered).length);
 */
export function perfectRun(options: PerfectRunOptions): readonly PerfectRequest[] {
  const { body, from, to, durationMs = 0, apiKeys } = options;
  let now = from;
  const upstream = createPresetUpstream({
    preset: resolvePreset(options.preset, options),
    countTokens: createTokenCounter(options.tokenSpread),
    apiKeys: undefined,
    hostFails: options.hostFails ?? (() => undefined),
    now: () => now,
    writer: createWriter(),
  });
  const apiKey = apiKeys?.[0] ?? "key";
  const requests: PerfectRequest[] = [];
  const open: { endsAt: number; settle: () => void }[] = [];
  for (let next = body(0); ; next = body(requests.length)) {
    for (;;) {
      while (open[0] !== undefined && open[0].endsAt <= now) open.shift()?.settle();
      const { passes, readyAt } = upstream.judge(next, apiKey, now);
      if (passes && upstream.windows(modelOf(next), apiKey, now).length === 0) {
        throw new RangeError("perfectRun: nothing limits these requests");
      }
      if (passes) break;
      // What ends before that may be charged or come back, and change the moment.
      const moment = Math.min(Math.ceil(readyAt), open[0]?.endsAt ?? Number.POSITIVE_INFINITY);
      if (!(moment < to)) return requests;
      now = moment;
    }
    const raw = JSON.stringify(next);
    const reply = upstream.answer(createEntry({ at: now, method: "POST", path: "", headers: {}, raw }), apiKey);
    const answered = reply.outcome === "answered";
    if (answered) open.push({ endsAt: now + durationMs, settle: reply.settle });
    requests.push({ at: now, answered });
  }
}

function modelOf(body: unknown): string {
  return typeof body === "object" && body !== null && "model" in body ? String(body.model) : "";
}
