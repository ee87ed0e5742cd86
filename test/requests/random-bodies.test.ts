import { type ChatRequest, isLaplasError, type Laplas } from "@laplas/core";
import type { Sandbox } from "@laplas/sandbox";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FAMILIES, openRoomy } from "../open-roomy.js";

let open: Awaited<ReturnType<typeof openRoomy>>;
let sandbox: Sandbox;
let laplas: Laplas;

beforeAll(async () => {
  open = await openRoomy();
  ({ sandbox, laplas } = open);
});
afterAll(() => open.close());

const oneOf = fc.constantFrom;
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });
const odd = oneOf<unknown>(null, true, false, 0, -1, 1.5, "", "x", [], {}, ["x"], { type: "x" });
/** Usual values, and now and then one of another type. */
const mostly = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 9, arbitrary: value as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: odd });

const text = fc.oneof(oneOf("Hello", "", " ", "It is ", "Wörter ✓"), fc.string({ maxLength: 20 }));
const part = fc.oneof(
  fc.record({ type: oneOf("text"), text }, { requiredKeys: ["type", "text"] }),
  fc.record({ type: oneOf("text"), text, cache_control: oneOf({ type: "ephemeral" }) }),
  fc.record({ type: oneOf("thinking", "refusal", "input_text", "odd"), text, thinking: text, refusal: text }),
);
const content = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 2, arbitrary: fc.array(part, { maxLength: 3 }) },
  { weight: 1, arbitrary: oneOf(null, undefined, []) },
);
const id = fc.oneof(
  oneOf("call_1", "call_2", "functions.f:0#1", "x".repeat(70)),
  fc.string({ minLength: 1, maxLength: 12 }),
);
const name = fc.oneof(
  { weight: 4, arbitrary: oneOf("get_weather", "get_time") },
  { weight: 1, arbitrary: oneOf("a b", "9lives", "x".repeat(70), "") },
);
const extras = {
  id: oneOf("m_1"),
  name: oneOf("Ann", "Ann Smith", ""),
  reasoning_content: text,
  reasoning_details: oneOf([{}]),
  annotations: oneOf([]),
};
const schema = oneOf<unknown>(
  { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  { type: "object" },
  {},
  { type: "array", items: { type: "string" } },
  { anyOf: [{ type: "object" }, { type: "string" }] },
);
const call = fc.record(
  {
    id,
    type: oneOf("function"),
    function: fc.record({ name, arguments: oneOf('{"city":"Oslo"}', "{}", "", '{"city":') }),
    index: oneOf(0),
    extra_content: oneOf({ a: 1 }),
  },
  { requiredKeys: ["id", "function"] },
);
const message = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      { role: oneOf("user", "system", "developer"), content, ...extras },
      { requiredKeys: ["role", "content"] },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record(
      { role: oneOf("assistant"), content, tool_calls: fc.array(call, { maxLength: 3 }), ...extras },
      { requiredKeys: ["role", "content"] },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record(
      { role: oneOf("tool"), content, tool_call_id: id, ...extras },
      { requiredKeys: ["role", "content", "tool_call_id"] },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record(
      {
        role: oneOf("assistant", "function"),
        content,
        name,
        function_call: fc.record({ name, arguments: oneOf("{}") }),
      },
      { requiredKeys: ["role", "content"] },
    ),
  },
);
const tool = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record(
      {
        type: oneOf("function"),
        function: fc.record(
          {
            name,
            description: oneOf("It.", "", null),
            parameters: fc.option(schema),
            strict: fc.option(fc.boolean()),
            odd: oneOf(1),
          },
          { requiredKeys: ["name"] },
        ),
        cache_control: oneOf({ type: "ephemeral" }),
      },
      { requiredKeys: ["type", "function"] },
    ),
  },
  {
    weight: 1,
    arbitrary: oneOf<unknown>(
      { type: "web_search" },
      { name: "own", input_schema: { type: "object" } },
      { type: "custom" },
    ),
  },
);
const toolChoice = fc.oneof(
  oneOf<unknown>("auto", "none", "required", "any", { type: "auto" }, { type: "any" }),
  name.map((chosen) => ({ type: "function", function: { name: chosen } })),
  name.map((chosen) => ({ type: "tool", name: chosen })),
);
const format = fc.oneof(
  oneOf<unknown>({ type: "text" }, { type: "json_object" }),
  fc
    .record(
      { name: oneOf("place", "a place"), schema, strict: fc.boolean(), description: text },
      { requiredKeys: ["name"] },
    )
    .map((named) => ({ type: "json_schema", json_schema: named })),
);
const number = fc.oneof(fc.double({ min: -3, max: 5, noNaN: true }), fc.integer({ min: -3, max: 200 }));

/** The fields of all families. */
const FIELDS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  max_tokens: oneOf(1, 100, 600),
  max_completion_tokens: oneOf(50, 5_000),
  stream_options: oneOf<unknown>({ include_usage: true }, {}),
  ...Object.fromEntries(
    [
      "temperature",
      "top_p",
      "top_k",
      "min_p",
      "top_a",
      "frequency_penalty",
      "presence_penalty",
      "repetition_penalty",
      "seed",
      "top_logprobs",
    ].map((field) => [field, mostly(number)]),
  ),
  n: mostly(oneOf(1, 2, 3)),
  stop: mostly(fc.oneof(text, fc.array(text, { maxLength: 6 }))),
  stop_sequences: mostly(fc.array(text, { maxLength: 6 })),
  logprobs: mostly(fc.boolean()),
  echo: mostly(fc.boolean()),
  logit_bias: mostly(fc.dictionary(oneOf("50256", "17", "x"), oneOf(-100, -5, 0, 7.5, 100), { maxKeys: 2 })),
  reasoning_effort: mostly(oneOf("none", "minimal", "low", "medium", "high", "xhigh")),
  reasoning: mostly(fc.record({ effort: oneOf("low", "high") })),
  thinking: mostly(
    oneOf<unknown>({ type: "enabled", budget_tokens: 1_024 }, { type: "disabled" }, { type: "adaptive" }),
  ),
  verbosity: mostly(oneOf("low")),
  modalities: mostly(oneOf(["text"])),
  prediction: mostly(oneOf({ type: "content", content: "x" })),
  metadata: mostly(oneOf<unknown>({ a: "b" }, { user_id: "u" }, { user_id: 1 })),
  system: mostly(fc.oneof(text, oneOf([{ type: "text", text: "Be brief." }]))),
  tools: mostly(fc.array(tool, { maxLength: 3 })),
  functions: fc.array(fc.record({ name, parameters: schema }, { requiredKeys: ["name"] }), { maxLength: 2 }),
  function_call: oneOf<unknown>("auto", "none", { name: "get_weather" }),
  tool_choice: mostly(toolChoice),
  parallel_tool_calls: mostly(fc.boolean()),
  response_format: mostly(format),
  web_search_options: mostly(oneOf({})),
  mask_sensitive_info: mostly(fc.boolean()),
  user: odd,
  store: odd,
  made_up: odd,
};
const hello = fc.constant([{ role: "user", content: "Hello" }]);
const messages = fc.oneof(
  hello,
  fc.array(message, { minLength: 1, maxLength: 6 }).map((others) => [{ role: "user", content: "Hello" }, ...others]),
  fc.array(message, { minLength: 1, maxLength: 3 }),
);
/** A few of them, in any company. */
const body = fc
  .subarray(Object.keys(FIELDS), { maxLength: 5 })
  .chain((fields) =>
    fc.record({ messages, ...Object.fromEntries(fields.map((field) => [field, FIELDS[field] ?? fc.constant(null)])) }),
  );

/** So that a run that fails can be repeated: `SEED=7 RUNS=20000`. */
const seed = Number(process.env.SEED ?? 20_261_129);
const numRuns = Number(process.env.RUNS ?? 1_500);

it("no accepted request is one that its family's schema refuses upstream", async () => {
  let [answered, refusedHere] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      oneOf(...Object.values(FAMILIES)),
      maybe(fc.constant(true)),
      body,
      async (model, stream, fields) => {
        sandbox.reset();
        const request = { model, ...fields } as unknown as ChatRequest;
        try {
          if (stream === undefined) await laplas.chat(request);
          else for await (const _ of laplas.chatStream(request));
          answered += 1;
        } catch (error) {
          if (!isLaplasError(error)) throw error;
          refusedHere += 1;
        }
        const refused = sandbox.requests.filter(({ outcome }) => outcome === "refused");
        expect(refused.map(({ reason, body: sent }) => ({ reason, sent: JSON.stringify(sent) }))).toEqual([]);
      },
    ),
    { seed, numRuns },
  );
  console.info(`${answered} random requests answered, ${refusedHere} refused before they were sent`);
  expect(answered).toBeGreaterThan(numRuns / 20);
});
