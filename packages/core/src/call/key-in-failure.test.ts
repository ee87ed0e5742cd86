import fc from "fast-check";
import { expect, it, test } from "vitest";
import { mergeModels } from "../catalog/merge-models.js";
import { createContext } from "../create-context.js";
import { toWireError } from "../door/wire-error.js";
import type { LaplasError } from "../errors/laplas-error.js";
import { isLaplasError } from "../errors/laplas-error.js";
import type { LaplasEvent } from "../events.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import { resolveOptions } from "../options.js";
import { completeProvider } from "../provider/complete-provider.js";
import { runCall } from "../route/run-call.js";
import { NOON } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { chunk, eventStream } from "../testing/server.js";
import { tierOf, windowRule } from "../testing/tier.js";

/** Everything that a call to a server which answers so has told anybody: its error, as it goes over the wire too, its report and its events. */
async function told(apiKey: string, answer: Response, stream = false): Promise<string> {
  const events: LaplasEvent[] = [];
  const tier = tierOf(windowRule());
  const provider = completeProvider(
    {
      id: "own",
      title: "Own",
      baseURL: "https://own.test/v1",
      tiers: [],
      signals: {
        billingPattern: "https://\\S{1,60}",
        errorShapes: [["fault.why", "fault.id"]],
        failures: [{ status: 403, kind: "quota", period: "day" }],
      },
    },
    {
      baseURL: "https://own.test/v1",
      models: mergeModels([], [{ id: "gpt-4o-mini", modality: "chat" }]),
      findOffTier: () => undefined,
      tiers: [tier],
    },
  );
  const context = createContext(
    resolveOptions(
      {
        apiKey,
        fetch: async () => answer,
        ledger: createMemoryStore({ now: () => NOON }),
        maxRetries: 0,
        now: () => NOON,
        onEvent: (event) => events.push(event),
      },
      provider,
    ),
  );
  try {
    const outcome = await runCall(context, "chat", [ask("Hello", { stream })], {}, (one) => one);
    if (outcome.kind === "whole") return JSON.stringify([outcome.report, events]);
    for await (const _ of outcome.items);
    return JSON.stringify([await outcome.report, events]);
  } catch (error) {
    expect(error).toSatisfy(isLaplasError);
    const { message, ...details } = error as LaplasError;
    return JSON.stringify([message, details, toWireError(error, NOON), events]);
  } finally {
    await context.close();
  }
}

const ID = { "x-request-id": "theirs" };
const PLACES: Readonly<Record<string, (before: string, key: string) => [answer: Response, stream?: boolean]>> = {
  "a text": (before, key) => [new Response(before + key, { status: 400 })],
  "a message": (before, key) => [Response.json({ error: { message: before + key } }, { status: 400 })],
  "a message that breaks off": (before, key) => [
    new Response(`{"error":{"message":"${before}${key.replaceAll("/", "\\/").replaceAll("+", "\\u002b")}`, {
      status: 400,
    }),
  ],
  "a message with a piece of it": (before, key) => [
    Response.json({ error: { message: `${before}${key.slice(1)}` } }, { status: 503 }),
  ],
  "an error in an error": (before, key) => [
    Response.json({ error: { message: JSON.stringify({ message: before + key }) } }, { status: 500 }),
  ],
  "an own shape": (before, key) => [Response.json({ fault: { why: before, id: key } }, { status: 400 })],
  "an error of status 200": (before, key) => [Response.json({ error: { message: before + key } })],
  "an id in the body": (before, key) => [Response.json({ message: before, requestId: key }, { status: 400 })],
  "an address to pay at": (before, key) => [
    Response.json({ message: `${before} https://pay.test/?a=${encodeURIComponent(key)}` }, { status: 403 }),
  ],
  "the id of an answer": (before, key) => [
    Response.json(
      { choices: [{ index: 0, message: { role: "assistant", content: before } }], usage: { total_tokens: 7 } },
      { headers: { "x-request-id": `id-${key}` } },
    ),
  ],
  "the id of a stream": (_, key) => [
    new Response(eventStream(chunk("Hi", "stop"), "[DONE]"), {
      headers: { "x-request-id": key, "content-type": "text/event-stream" },
    }),
    true,
  ],
  "an error in a stream": (before, key) => [
    new Response(eventStream(chunk("Hi"), { error: { message: before + key } }), {
      headers: { ...ID, "content-type": "text/event-stream" },
    }),
    true,
  ],
};

const key = fc
  .array(fc.constantFrom(..."abcdefghkmnpqrstuvwxyz0123456789ABCDEFGHXYZ-_+/="), { minLength: 8, maxLength: 120 })
  .map((letters) => letters.join(""));
/** Around each length at which anything is cut: the shown message, what is looked at, what patterns see, fields of broken JSON, the body. */
const offset = fc
  .tuple(fc.constantFrom(0, 300, 600, 2_000, 8_000, 64_000), fc.integer({ min: -130, max: 20 }))
  .map(([edge, by]) => Math.max(0, edge + by));

test.each(Object.keys(PLACES))(
  "the key in %s is told to nobody, not in pieces either",
  { timeout: 60_000 },
  async (place) => {
    await fc.assert(
      fc.asyncProperty(key, offset, fc.constantFrom("y", " ", "y "), async (apiKey, length, filler) => {
        const [answer, stream] = PLACES[place]?.(filler.repeat(length).slice(0, length), apiKey) ?? [];
        if (answer === undefined) throw new Error("no such place");
        const all = await told(apiKey, answer, stream);
        for (let at = 0; at + 8 <= apiKey.length; at += 1) expect(all).not.toContain(apiKey.slice(at, at + 8));
      }),
      { numRuns: 60 },
    );
  },
);

it("an id that is none of the key is told as it is", async () => {
  const choices = [{ index: 0, message: { role: "assistant", content: "Hi" } }];
  expect(await told("key-3f9a7c51e2d84b06", Response.json({ choices }, { headers: ID }))).toContain("theirs");
});
