/** What an upstream answers: a status, a type and a body. How the body is cut into pieces is for the test. */
export interface UpstreamAnswer {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the connection breaks after the body. */
  readonly breaks?: boolean;
}

type Choice = Readonly<Record<string, unknown>>;

const USAGE = { prompt_tokens: 12, completion_tokens: 34, total_tokens: 46 };
const HEAD = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1_773_144_000, model: "upstream-model" };

const event = (choices: readonly Choice[], more: object = {}): object => ({ ...HEAD, choices, ...more });
const piece = (delta: object, more: object = {}): Choice => ({ index: 0, delta, finish_reason: null, ...more });
const say = (content: unknown, more: object = {}): object => event([piece({ content })], more);
const think = (text: string): object => event([piece({ content: null, reasoning_content: text })]);
const end = (reason: unknown, more: object = {}): object => event([piece({}, { finish_reason: reason })], more);
const call = (index: number | undefined, more: object): object =>
  event([piece({ tool_calls: [index === undefined ? more : { index, ...more }] })]);
const first = event([piece({ role: "assistant", content: "" })]);
const usage = event([], { usage: USAGE });
const words = (text: string): object[] => (text.match(/\S*\s*/g) ?? []).filter(Boolean).map((word) => say(word));

/** As servers in JavaScript write events, and most others. */
const written = (...events: readonly (object | string)[]): string =>
  events.map((one) => `data: ${typeof one === "string" ? one : JSON.stringify(one)}\n\n`).join("");
const stream = (...events: readonly (object | string)[]): UpstreamAnswer => ({ body: written(...events) });
const whole = (message: object, reason = "stop", more: object = {}): UpstreamAnswer => ({
  type: "application/json",
  body: JSON.stringify({
    ...HEAD,
    object: "chat.completion",
    choices: [{ index: 0, message: { role: "assistant", content: null, ...message }, finish_reason: reason }],
    usage: USAGE,
    ...more,
  }),
});
const refusal = (status: number, message: string, headers: Record<string, string> = {}): UpstreamAnswer => ({
  status,
  type: "application/json",
  headers,
  body: JSON.stringify({ message, path: "/v1/x", requestId: "r-1", statusCode: status, timestamp: "2026-03-10" }),
});

const TEXT = "Herons stand in the shallows for hours and wait, quite still, for a fish that comes near.";
const ODD_TEXT = 'A "quoted" word,\nanother\tline, \\ a path, 🪶 — and "finish_reason":"stop","usage":{"error":1}.';
const f = { id: "call_a", type: "function", function: { name: "f", arguments: "" } };
const g = { id: "call_b", type: "function", function: { name: "g", arguments: '{"b":2}' } };

/** Of each kind of answer the stream and the whole one. */
export const ANSWERS: Readonly<Record<string, { readonly streamed: UpstreamAnswer; readonly whole: UpstreamAnswer }>> =
  {
    words: {
      streamed: stream(first, ...words(TEXT), end("stop"), usage, "[DONE]"),
      whole: whole({ content: TEXT }),
    },
    "odd words": {
      streamed: stream(first, ...words(ODD_TEXT), end("stop"), usage, "[DONE]"),
      whole: whole({ content: ODD_TEXT }),
    },
    "words without usage": {
      streamed: stream(first, ...words(TEXT + ODD_TEXT), end("stop"), "[DONE]"),
      whole: whole({ content: TEXT }, "stop", { usage: undefined }),
    },
    "usage in every event": {
      streamed: stream(
        ...words(TEXT).map((one, at) => ({
          ...one,
          usage: { ...USAGE, completion_tokens: at, total_tokens: 12 + at },
        })),
        end("stop", { usage: USAGE }),
        "[DONE]",
      ),
      whole: whole({ content: TEXT }, "stop", { usage: { ...USAGE, cost: 0.5 } }),
    },
    "usage beside null, a cost and a text of chance in every event": {
      streamed: stream(
        ...words(TEXT).map((one, at) => ({ ...one, usage: null, obfuscation: "xyzxyzxyz".slice(at % 7) })),
        end("stop", { usage: null }),
        event([], { usage: { ...USAGE, cost: 0.25 }, meta: { usage: { credits_used: 321 } } }),
        "[DONE]",
      ),
      whole: whole({ content: TEXT }, "stop", { meta: { usage: { credits_used: 321 } } }),
    },
    "written with blanks, comments and pings": {
      streamed: {
        body: [
          ": hello\n\nevent: ping\ndata: {}\n\n",
          ...words(TEXT).map((one) => `data: ${JSON.stringify(one, null, 1).replaceAll("\n", " ")}\r\n\r\n`),
          'data: {"type":"ping"}\n\n: wait\n\n',
          ...words(TEXT).map((one) => `id: 7\ndata: ${JSON.stringify(one, null, 1).replaceAll("\n", "\ndata: ")}\n\n`),
          written(end("stop"), usage, "[DONE]"),
        ].join(""),
      },
      whole: { ...whole({ content: TEXT }), type: "text/plain" },
    },
    "no reason before its end": {
      streamed: stream(first, ...words(TEXT), "[DONE]"),
      whole: whole({ content: TEXT }, "" as string),
    },
    "words after the reason, and a second reason": {
      streamed: stream(...words(TEXT), end("stop"), say("more"), end("length"), usage, "[DONE]"),
      whole: whole({ content: TEXT, refusal: null }),
    },
    "cut at its limit": {
      streamed: stream(first, ...words(TEXT), end("length"), usage, "[DONE]"),
      whole: whole({ content: TEXT }, "length"),
    },
    "thoughts in a field": {
      streamed: stream(think("I "), ...["look ", "at\n", "it."].map(think), ...words(TEXT), end("stop"), "[DONE]"),
      whole: whole({ content: TEXT, reasoning_content: "I look at it." }),
    },
    "thoughts in the text": {
      streamed: stream(
        first,
        ...["<th", "ink>", "I look ", "at <b> it.", "</thi", "nk>\n", "\nSo: "].map((text) => say(text)),
        ...words(TEXT),
        end("stop"),
        usage,
        "[DONE]",
      ),
      whole: whole({ content: `<think>I look.</think>\n\n${TEXT}` }),
    },
    calls: {
      streamed: stream(
        ...words("I look."),
        call(0, f),
        call(0, { function: { arguments: '{"a"' } }),
        call(1, g),
        call(0, { function: { arguments: ":1}" } }),
        ...words("So."),
        end("tool_calls"),
        usage,
        "[DONE]",
      ),
      whole: whole({ tool_calls: [f, g] }, "tool_calls"),
    },
    "calls without numbers, ended as text": {
      streamed: stream(call(undefined, f), call(undefined, { function: { arguments: "{}" } }), end("stop"), "[DONE]"),
      whole: whole({ content: "I look.", tool_calls: [g] }, "stop"),
    },
    "two choices": {
      streamed: stream(
        ...words(TEXT).flatMap((one, at) => [one, event([{ ...piece({ content: `${at} ` }), index: 1 }])]),
        event([
          piece({}, { finish_reason: "stop" }),
          { index: 1, delta: { content: "." }, finish_reason: "content_filter" },
        ]),
        usage,
        "[DONE]",
      ),
      whole: whole({ content: TEXT }),
    },
    "another date, model and fields each time": {
      streamed: stream(
        ...words(TEXT).map((one, at) => ({ ...one, created: 1_773_144_000 + (at >> 2), [`x_${at % 3}`]: at })),
        end("stop"),
        usage,
        "[DONE]",
      ),
      whole: whole({ content: TEXT }, "stop", { provider: "P", system_fingerprint: "fp" }),
    },
    "an error in the midst": {
      streamed: stream(...words(TEXT), { error: { message: "The host is gone.", code: 502 } }),
      whole: { status: 200, type: "application/json", body: '{"error":{"message":"gone","code":502}}' },
    },
    "an error beside the last choice": {
      streamed: stream(
        ...words(TEXT),
        event([{ ...piece({ content: "" }), finish_reason: "error" }], { error: { message: "x" } }),
      ),
      whole: whole({ content: TEXT }, "error", { error: { message: "x" } }),
    },
    "an error at once": {
      streamed: { body: 'event: error\ndata: {"message":"overloaded","statusCode":503}\n\n' },
      whole: refusal(503, "overloaded"),
    },
    "a broken connection": {
      streamed: { ...stream(first, ...words(TEXT)), breaks: true },
      whole: { type: "application/json", body: '{"choices":[{"ind', breaks: true },
    },
    "an early end": {
      streamed: { body: written(first, ...words(TEXT)).slice(0, -20) },
      whole: { type: "application/json", body: '{"choices":[]}' },
    },
    "content that is a number": {
      streamed: stream(...words(TEXT), say(7), "[DONE]"),
      whole: whole({ content: 7 }),
    },
    "an event that is not JSON": {
      streamed: { body: `${written(...words(TEXT))}data: ${JSON.stringify(say("a")).replace('"a"', '"a')}\n\n` },
      whole: { type: "text/html", body: "<html>A page</html>" },
    },
    "a raw line end in a text": {
      streamed: {
        body: `${written(...words(TEXT))}data: ${JSON.stringify(say("a_b")).replace("a_b", "a\ndata: b")}\n\n`,
      },
      whole: { type: "application/json", body: "" },
    },
    "an answer that never ends": {
      streamed: stream(...Array.from({ length: 600 }, () => say("A word that goes on and on for ever")), "[DONE]"),
      whole: whole({ content: "A word. ".repeat(2_000) }),
    },
    "too many requests": {
      streamed: refusal(429, "Too many requests", { "retry-after": "17" }),
      whole: refusal(429, "Daily quota exceeded. It will reset at 2026-03-11T00:00:00.000Z"),
    },
    "a wrong key": {
      streamed: refusal(401, "Invalid API key"),
      whole: refusal(402, "Request cost too high"),
    },
  };
