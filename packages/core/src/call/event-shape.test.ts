import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ChatCompletionChunk, JsonObject } from "../request/wire-types.js";
import { createTestContext, start } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { findShape } from "./event-shape.js";
import { type PassEvent, readStreamEvents } from "./stream-events.js";

const HEAD = '{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m",';
const END = ',"finish_reason":null}],"usage":null}';
const event = (delta: string, { head = HEAD, index = 0, end = END } = {}): string =>
  `${head}"choices":[{"index":${index},"delta":${delta}${end}`;
const words = (text: string): string => event(`{"content":"${text}"}`);

/** What an event says after others were learned from; `undefined` where it must be parsed. */
function matched(learned: string, next: string): unknown {
  const finder = findShape();
  finder.learn(learned, JSON.parse(learned) as ChatCompletionChunk);
  return finder.shape?.match(next);
}

describe("an event like one before", () => {
  it.each([
    ["words", words("Once"), words(" upon — 🪶"), { said: " upon — 🪶".length, thought: 0 }],
    ["no words", words("Once"), words(""), { said: 0, thought: 0 }],
    [
      "thoughts and words",
      event('{"reasoning_content": "Hm", "content" : ""}'),
      event('{"reasoning_content": "I see", "content" : "So"}'),
      { said: 2, thought: 5 },
    ],
    [
      "words and what OpenAI fills up with",
      event('{"content":"a"}', { end: ',"finish_reason":null}],"obfuscation":"xyz"}' }),
      event('{"content":"bc"}', { end: ',"finish_reason":null}],"obfuscation":"x"}' }),
      { said: 2, thought: 0 },
    ],
  ])("is known by its text: %s", (_, learned, next, said) => {
    expect(matched(learned, next)).toEqual(said);
  });

  it.each([
    ["a quote that ends its words", words("Once"), words('Once","content":"more')],
    ["an escape", words("Once"), words("\\n")],
    ["a key in escapes", words("Once"), words("Once").replace('"finish_reason":null', '"\\u0066inish_reason":"stop"')],
    ["a raw line end, which is not JSON", words("Once"), words("a\nb")],
    [
      "another field",
      words("Once"),
      event('{"content":"a"}', { end: ',"finish_reason":null}],"usage":null,"error":{}}' }),
    ],
    ["its beginning alone", words("Once"), words("a").slice(0, -1)],
    ["more than its end", words("Once"), `${words("a")}{}`],
    ["a reason", words("Once"), words("a").replace("null", '"stop"')],
    ["another choice", words("Once"), event('{"content":"a"}', { index: 1 })],
  ])("is not one with %s", (_, learned, next) => {
    expect(matched(learned, next)).toBeUndefined();
  });

  it.each([
    ["has a reason", words("a").replace("null", '"stop"')],
    ["has calls", event('{"content":"a","tool_calls":[{"index":0}]}')],
    ["has two choices", words("a").replace("}],", '},{"index":1,"delta":{"content":"b"},"finish_reason":null}],')],
    ["says nothing", event('{"role":"assistant"}')],
    ["says its words twice, of which the last counts", event('{"content":"a","content":"b"}')],
    ["has words beside its choices", event('{"content":"a"}', { head: `${HEAD}"content":"b",` })],
    ["has words under an escaped key", event('{"\\u0063ontent":"a","x":{"content":"b"}}')],
    ["has other words that count", event('{"content":"a","refusal":"No"}')],
  ])("is not looked for after one that %s", (_, learned) => {
    const finder = findShape();
    finder.learn(learned, JSON.parse(learned) as ChatCompletionChunk);
    expect(finder.shape).toBeUndefined();
  });

  it("is not looked for in a stream whose events all differ, and is again after many that were alike", () => {
    const finder = findShape();
    const learn = (place: number): unknown => {
      const data = event('{"content":"a"}', { head: HEAD.replace('"c1"', `"c${place}"`) });
      finder.learn(data, JSON.parse(data) as ChatCompletionChunk);
      return finder.shape?.chunk.id;
    };
    expect([1, 2, 3, 4, 5, 6].map(learn)).toEqual(["c1", "c2", "c3", "c4", "c4", "c4"]);
    const alike = event('{"content":"b"}', { head: HEAD.replace('"c1"', '"c4"') });
    for (let time = 0; time < 8; time += 1) expect(finder.shape?.match(alike)).toBeDefined();
    expect([7, 8].map(learn)).toEqual(["c7", "c7"]);
  });
});

const DELTAS: readonly string[] = [
  ...["Once", " upon", "", "<think>", "</think>", "\\u003cthink>", "a\\nb"].map((text) => `{"content":"${text}"}`),
  '{"role":"assistant","content":""}',
  '{"reasoning_content":"Hm","content":null}',
  '{"reasoning_content":"So"}',
  '{"reasoning_content":"So","content":""}',
  '{"tool_calls":[{"index":0,"id":"x","function":{"name":"f","arguments":"{}"}}]}',
];
const told = (tokens: number) => ({ end: `,"finish_reason":null}],"usage":{"total_tokens":${tokens}}}` });
const cost = (credits: number) => ({
  end: `,"finish_reason":null}],"meta":{"usage":{"credits_used":${credits}}}}`,
});
/** What stands around a delta. */
const AROUND: readonly Parameters<typeof event>[1][] = [
  {},
  {},
  {},
  { index: 1 },
  { head: HEAD.replace("c1", "c2") },
  told(7),
  told(8),
  cost(5),
  cost(9),
];
const ENDS: readonly string[] = [
  event("{}", { end: ',"finish_reason":"stop"}]}' }),
  event('{"content":"a"}', { end: ',"\\u0066inish_reason":"length"}]}' }),
  `${HEAD}"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}`,
  '{"type":"ping"}',
  "[DONE]",
];
const BROKEN: readonly string[] = [
  words("a\tb"),
  words("a").slice(0, -1),
  event('{"content":"a"}', { end: ',"finish_reason":null}],"error":{"message":"gone"}}' }),
];

it("a stream is read the same whether or not events pass as text", async () => {
  const { context } = createTestContext({ fetch: async () => new Response(""), unknownModels: "send", tier: "paid" });
  const { plan, release } = await prepared(context);
  const some = fc.oneof(
    {
      weight: 60,
      arbitrary: fc.tuple(fc.constantFrom(...DELTAS), fc.constantFrom(...AROUND)).map((both) => event(...both)),
    },
    { weight: 4, arbitrary: fc.constantFrom(...ENDS) },
    { weight: 1, arbitrary: fc.constantFrom(...BROKEN) },
  );
  const read = (events: readonly string[], body: JsonObject, asText: boolean): unknown => {
    const passed: unknown[] = [];
    const pass: PassEvent = (chunk, raw, size) => passed.push([raw ?? chunk, size]);
    const text = (raw: string): unknown => passed.push([raw, raw.length]);
    const reading = readStreamEvents(context, plan, body, asText ? Object.assign(pass, { text }) : pass);
    const heard = events.map((data) => reading.read({ event: undefined, data, id: undefined }));
    reading.end();
    const { state, characters } = reading;
    return {
      passed,
      heard,
      state: { ...state, failure: String(state.failure) },
      characters,
      usage: reading.usageChunk(),
    };
  };
  fc.assert(
    fc.property(
      fc.array(some, { minLength: 8, maxLength: 60 }),
      fc.constantFrom({}, { max_tokens: 2 }),
      (events, body) => {
        expect(read(events, body, true)).toEqual(read(events, body, false));
      },
    ),
    { numRuns: 500 },
  );
  await release();
});

async function prepared(context: Parameters<typeof start>[0]) {
  const { plan, reservation } = await start(context, { ...ask("Hello"), model: "unknown", stream: true });
  return { plan, release: () => reservation.waive() };
}
