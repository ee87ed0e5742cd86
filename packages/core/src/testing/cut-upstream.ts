import { expect } from "vitest";
import { createLaplas } from "../create-laplas.js";
import type { LaplasEvent } from "../events.js";
import { hearStream, type StreamProtocol } from "./heard-stream.js";
import { eventStream } from "./server.js";

const text = "Write";
const tools = ["f", "g"];
const functions = tools.map((name) => ({ type: "function", name, parameters: { type: "object" } }));
const model = "gpt-4o-mini";
export const CUT_PROTOCOLS: readonly (readonly [name: StreamProtocol, path: string, body: object])[] = [
  [
    "chat",
    "/v1/chat/completions",
    {
      model,
      messages: [{ role: "user", content: text }],
      tools: functions.map(({ type, ...called }) => ({ type, function: called })),
    },
  ],
  ["responses", "/v1/responses", { model, input: text, tools: functions }],
  [
    "messages",
    "/v1/messages",
    {
      model,
      messages: [{ role: "user", content: text }],
      max_tokens: 100,
      thinking: { type: "adaptive" },
      tools: tools.map((name) => ({ name, input_schema: { type: "object" } })),
    },
  ],
];

type Choices = readonly object[];
const piece = (delta: object): Choices => [{ index: 0, delta, finish_reason: null }];
const end = (reason: string): Choices => [{ index: 0, delta: {}, finish_reason: reason }];
const called = (index: number, more: object): Choices => piece({ tool_calls: [{ index, ...more }] });
const began = (index: number, name: string): Choices =>
  called(index, { id: `call_${index}`, type: "function", function: { name, arguments: "" } });

const STREAMS: Readonly<Record<string, readonly Choices[]>> = {
  words: [
    piece({ role: "assistant", content: "" }),
    piece({ content: "Herons — 🪶 " }),
    piece({ content: "fish" }),
    end("stop"),
  ],
  "a cut answer": [piece({ content: "Once" }), end("length")],
  "thoughts, words and calls that mix": [
    piece({ role: "assistant", reasoning_content: "Hm" }),
    piece({ content: "I look." }),
    began(0, "f"),
    began(1, "g"),
    called(1, { function: { arguments: '{"b"' } }),
    called(0, { function: { arguments: '{"a":1}' } }),
    called(1, { function: { arguments: ":2}" } }),
    end("tool_calls"),
  ],
};

/** The events of an upstream; where it has begun, with its first event, and where the answer is whole: with its last choice's end. */
function written(pieces: readonly Choices[]): {
  readonly bytes: Uint8Array;
  readonly begunFrom: number;
  readonly wholeFrom: number;
} {
  const head = { id: "c1", object: "chat.completion.chunk", created: 1, model };
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const encoder = new TextEncoder();
  const answer = eventStream(...pieces.map((choices) => ({ ...head, choices })));
  const rest = eventStream({ ...head, choices: [], usage }, "[DONE]");
  const first = answer.indexOf("\n\n");
  return {
    bytes: encoder.encode(answer + rest),
    begunFrom: encoder.encode(answer.slice(0, first)).length,
    wholeFrom: encoder.encode(answer).length - 1,
  };
}

/** How an upstream's connection ends in the middle. */
const ENDS = {
  "just ends": (controller: ReadableStreamDefaultController) => controller.close(),
  breaks: (controller: ReadableStreamDefaultController) => controller.error(new TypeError("terminated")),
} as const;

/** Where a stream is cut: after each byte, or after each event and in the midst of it. */
type Cuts = "bytes" | "events";

/** Every way in which an upstream's stream may end too early, for a table of tests. */
export const CUT_STREAMS: readonly (readonly [name: string, how: keyof typeof ENDS])[] = Object.keys(STREAMS).flatMap(
  (name) => [[name, "just ends"] as const, [name, "breaks"] as const],
);

/** Cuts an upstream's stream at all places in turn, and expects the client to hear an end that its protocol has, and the right one. */
export async function expectEnds(
  [protocol, path, body]: readonly [StreamProtocol, string, object],
  name: string,
  how: keyof typeof ENDS,
  cuts: Cuts,
): Promise<void> {
  const { bytes, begunFrom, wholeFrom } = written(STREAMS[name] ?? []);
  const ends = { whole: 0, broken: 0 };
  for (const cut of cutsOf(bytes, cuts)) {
    const upstream = new ReadableStream({
      start(controller) {
        if (cut > 0) controller.enqueue(bytes.slice(0, cut));
      },
      pull: ENDS[how],
    });
    const { status, told } = await ask(path, { ...body, stream: true }, upstream);
    const at = `${cut} of ${bytes.length}: ${told}`;
    // Where an error within a stream makes clients ask again, what breaks before its first event is an error of its own.
    // Between its two line ends it depends on how the connection ends.
    if (protocol !== "chat" && cut < begunFrom + 2 && (cut < begunFrom || status !== 200)) {
      expect(status, at).toBeGreaterThanOrEqual(502);
      expect(status, at).toBeLessThanOrEqual(503);
      expect(JSON.parse(told), at).toHaveProperty("error");
      ends.broken += 1;
      continue;
    }
    expect(status, at).toBe(200);
    const end = hearStream(protocol, told);
    ends[end] += 1;
    if (cut < wholeFrom) expect(end, at).toBe("broken");
    if (cut === bytes.length && how === "just ends") expect(end, at).toBe("whole");
  }
  expect(Math.min(...Object.values(ends))).toBeGreaterThan(0);
}

function cutsOf(bytes: Uint8Array, cuts: Cuts): readonly number[] {
  const all = Array.from({ length: bytes.length + 1 }, (_, place) => place);
  if (cuts === "bytes") return all;
  const events = all.filter((place) => place === 0 || (bytes[place - 1] === 10 && bytes[place - 2] === 10));
  return events.flatMap((place, index) => [place, ...(index === 0 ? [] : [place - 20])]);
}

/** On an account of its own: nothing is sent for a while on one that has met several broken answers. */
async function ask(
  path: string,
  body: object,
  upstream: ReadableStream<Uint8Array>,
): Promise<{ readonly status: number; readonly told: string }> {
  const defects: LaplasEvent[] = [];
  const laplas = createLaplas({
    apiKey: crypto.randomUUID(),
    tier: "paid",
    ledger: "memory",
    baseURL: "http://upstream.example/v1",
    fetch: async () => new Response(upstream, { headers: { "content-type": "text/event-stream" } }),
    onEvent: (event) => event.type === "defect" && defects.push(event),
  });
  const response = await laplas.fetch(path, { method: "POST", body: JSON.stringify(body) });
  const told = await response.text();
  await laplas.close();
  expect(defects).toEqual([]);
  return { status: response.status, told };
}
