import { type ChatRequest, isLaplasError, type Laplas } from "@laplas/core";
import type { Sandbox } from "@laplas/sandbox";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FAMILIES, openRoomy, refusals } from "../open-roomy.js";

type Family = keyof typeof FAMILIES;
type Fields = Readonly<Record<string, unknown>>;

const ALL = Object.keys(FAMILIES) as Family[];
const tool = (extra: Fields = {}, inside: Fields = {}): Fields => ({
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    ...inside,
  },
  ...extra,
});
const tools = [tool(), tool({}, { name: "get_time" })];
const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const call = (id: string, extra: Fields = {}): Fields => ({
  id,
  type: "function",
  function: { name: "get_weather", arguments: '{"city":"Oslo"}' },
  ...extra,
});
const user = (content: unknown = "Hello", extra: Fields = {}): Fields => ({ role: "user", content, ...extra });
const assistant = (content: unknown, extra: Fields = {}): Fields => ({ role: "assistant", content, ...extra });
const result = (id: string, content: unknown = "4 degrees", extra: Fields = {}): Fields => ({
  role: "tool",
  tool_call_id: id,
  content,
  ...extra,
});
const talk = (...messages: Fields[]): Fields => ({ messages });

/** Fields and values that clients send, and lose nothing or a preference by what becomes of them. */
const ANSWERED: readonly Fields[] = [
  {},
  // Hints.
  { cache_control: { type: "ephemeral" } },
  { tools: [tool({ cache_control: { type: "ephemeral" } })] },
  talk(user([{ type: "text", text: "Hello", cache_control: { type: "ephemeral" } }])),
  talk(
    { role: "system", content: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }] },
    user(),
  ),
  talk(user("Hello", { cache_control: { type: "ephemeral" } })),
  { store: true },
  { store: false },
  { metadata: { purpose: "test" } },
  { metadata: { user_id: "u-1" } },
  { service_tier: "auto" },
  { prompt_cache_key: "k" },
  { prompt_cache_retention: "24h" },
  { safety_identifier: "s" },
  { user: "ann" },
  { prediction: { type: "content", content: "Hello" } },
  { modalities: ["text"] },
  { usage: { include: true } },
  { provider: { order: ["a"] } },
  { transforms: ["middle-out"] },
  { plugins: [{ id: "web" }] },
  { keep_alive: "5m" },
  { num_ctx: 8_192 },
  { think: false },
  { chat_template_kwargs: { enable_thinking: false } },
  { reasoning: { effort: "low" } },
  { extra_body: { a: 1 } },
  { options: { num_predict: 5 } },
  // Preferences.
  { verbosity: "low" },
  { web_search_options: {} },
  { tools: [{ type: "web_search" }] },
  { tools: [{ type: "web_search_preview" }, ...tools] },
  { tools: [{ type: "web_search_20250305", name: "web_search" }, ...tools] },
  { tools, parallel_tool_calls: false },
  { tools, parallel_tool_calls: true },
  { parallel_tool_calls: false },
  { seed: 0 },
  { seed: 42 },
  { seed: -1 },
  { logit_bias: { "50256": -50 } },
  { logit_bias: {} },
  { min_p: 0.1 },
  { repetition_penalty: 1.1 },
  { top_k: 40 },
  { temperature: 1.5 },
  { temperature: 2 },
  { temperature: 0 },
  { top_p: 0 },
  { top_p: 0.05 },
  { top_p: 1 },
  { frequency_penalty: 0.5 },
  { presence_penalty: 0.5 },
  { frequency_penalty: 0, presence_penalty: 0 },
  ...["none", "minimal", "low", "medium", "high", "xhigh"].map((effort) => ({ reasoning_effort: effort })),
  { thinking: { type: "enabled", budget_tokens: 1_024 } },
  { thinking: { type: "disabled" } },
  { thinking: { type: "adaptive" } },
  // Translated.
  { stop: "END" },
  { stop: ["a1", "b2", "c3", "d4", "e5"] },
  { stop: ["", " ", "\n"] },
  { stop: [] },
  { stop_sequences: ["END"] },
  { system: "Be brief." },
  { system: [{ type: "text", text: "Be brief." }] },
  { n: 1 },
  { n: 2 },
  { n: 3, stream: true },
  { response_format: { type: "text" } },
  { response_format: { type: "json_object" } },
  { response_format: { type: "json_schema", json_schema: { name: "place", schema } } },
  { response_format: { type: "json_schema", json_schema: { name: "place", schema, strict: true } } },
  { response_format: { type: "json_schema", json_schema: { name: "place", schema } }, tools },
  { response_format: { type: "json_object" }, tools, tool_choice: "none" },
  { functions: [{ name: "get_weather", parameters: schema }] },
  { functions: [{ name: "get_weather", parameters: schema }], function_call: "auto" },
  { functions: [{ name: "get_weather", parameters: schema }], function_call: { name: "get_weather" } },
  { tools },
  { tools: [] },
  { tools: [tool({}, { strict: true })] },
  { tools: [tool({}, { description: null, parameters: undefined })] },
  { tools: [{ name: "get_weather", description: "It.", input_schema: schema }] },
  { tools: [{ type: "function", name: "get_weather", parameters: schema }] },
  { tools, tool_choice: "auto" },
  { tools, tool_choice: "none" },
  { tools, tool_choice: "required" },
  { tools, tool_choice: "any" },
  { tools, tool_choice: { type: "any" } },
  { tools, tool_choice: { type: "tool", name: "get_time" } },
  { tools, tool_choice: { type: "function", function: { name: "get_time" } } },
  { tools, tool_choice: { type: "function", name: "get_time" } },
  {
    tools,
    tool_choice: {
      type: "allowed_tools",
      allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "get_time" } }] },
    },
  },
  { tool_choice: "auto" },
  { tool_choice: "none" },
  { tool_choice: "required" },
  { logprobs: false },
  { logprobs: null, top_logprobs: null, stop: null, n: null, tools: null, seed: null, user: null, temperature: null },
  { max_completion_tokens: 32_000 },
  { max_tokens: 32_000, max_completion_tokens: 100 },
  { stream_options: { include_usage: true } },
  { stream: true, stream_options: { include_usage: true, include_obfuscation: false } },
  // Conversations of other worlds.
  talk(user("Hello", { name: "Ann Smith" })),
  talk({ role: "developer", content: "Be brief." }, user()),
  talk(user(), { role: "system", content: "Later." }, user("Again")),
  talk(
    user(),
    assistant("Hi", { reasoning_content: "hm", reasoning_details: [{ type: "x" }], id: "msg_1" }),
    user("Go on"),
  ),
  talk(
    user(),
    assistant("Hi", { thinking_blocks: [{ type: "thinking", thinking: "hm", signature: "s" }] }),
    user("Go on"),
  ),
  talk(
    user(),
    assistant([
      { type: "thinking", thinking: "hm" },
      { type: "text", text: "Hi" },
    ]),
    user("Go on"),
  ),
  talk(user(), assistant("Hi", { annotations: [], refusal: null, tool_calls: [] }), user("Go on")),
  talk(user(), assistant(null), user("Go on")),
  talk(user(), assistant(""), user("Go on")),
  talk(user(), assistant([]), user("Go on")),
  talk(user(), assistant("It is ")),
  talk(user(), assistant(null, { tool_calls: [call("call_1")] }), result("call_1"), user("And?")),
  talk(
    user(),
    assistant("", { tool_calls: [call("call_1", { index: 0, extra_content: { a: 1 } })] }),
    result("call_1"),
  ),
  talk(user(), assistant(null, { tool_calls: [call("call_1")] }), user("Never mind")),
  talk(user(), assistant(null, { tool_calls: [call("call_1"), call("call_2")] }), result("call_2"), user("And?")),
  talk(user(), result("call_1"), assistant(null, { tool_calls: [call("call_1")] }), user("And?")),
  talk(user(), assistant(null, { tool_calls: [call("call_1")] }), result("call_1"), result("call_1", "5 degrees")),
  talk(user(), assistant(null, { tool_calls: [call("call_1")] }), user("Wait"), result("call_1")),
  talk(user(), assistant(null, { tool_calls: [call("call_1")] }), result("call_1", "")),
  talk(
    user(),
    assistant(null, { tool_calls: [call("call_1")] }),
    result("call_1", [{ type: "text", text: "4" }], { name: "f" }),
  ),
  talk(
    user(),
    assistant(null, { tool_calls: [call("functions.get weather:0#1")] }),
    result("functions.get weather:0#1"),
  ),
  talk(user(), assistant(null, { tool_calls: [call("x".repeat(90))] }), result("x".repeat(90))),
  talk(
    user(),
    assistant(null, { tool_calls: [{ id: "1", type: "function", function: { name: "get_time", arguments: "" } }] }),
    result("1"),
  ),
  talk(user(), assistant(null, { function_call: { name: "get_weather", arguments: '{"city":"Oslo"}' } }), {
    role: "function",
    name: "get_weather",
    content: "4 degrees",
  }),
  talk(user(" "), user("Hello")),
];

/** What would silently mean something else where a family lacks it. */
const REFUSED: readonly (readonly [fields: Fields, by: readonly Family[]])[] = [
  ...[
    "guided_json",
    "guided_regex",
    "guided_choice",
    "guided_grammar",
    "grammar",
    "json_schema",
    "structured_outputs",
    "regex",
    "audio",
  ].map((field) => [{ [field]: "x" }, ALL] as const),
  [{ modalities: ["text", "audio"] }, ALL],
  [{ logit_bias: { "50256": -100 } }, ["minimax", "claude"]],
  [{ logit_bias: { "50256": 100 } }, ["minimax", "claude"]],
  [{ logprobs: true }, ["minimax", "gemini", "claude"]],
  [{ tools: [{ type: "custom", custom: { name: "shell" } }] }, ALL],
  [{ tools: [{ type: "code_interpreter" }] }, ALL],
  [{ tools: [{ type: "web_search" }], tool_choice: "required" }, ALL],
  [{ tools: [{ type: "web_search" }, ...tools], tool_choice: { type: "web_search" } }, ALL],
  [{ tools, tool_choice: { type: "function", function: { name: "other" } } }, ALL],
  [talk(user(), result("call_9")), ALL],
  [talk(user("Hello", { images: ["data"] })), ALL],
];

let open: Awaited<ReturnType<typeof openRoomy>>;
let sandbox: Sandbox;
let laplas: Laplas;

beforeAll(async () => {
  open = await openRoomy();
  ({ sandbox, laplas } = open);
});
beforeEach(() => sandbox.reset());
afterAll(() => open.close());

async function ask(model: string, fields: Fields): Promise<unknown> {
  const body = { model, messages: [{ role: "user", content: "Hello" }], ...fields } as ChatRequest;
  if (body.stream !== true) return laplas.chat(body);
  const { stream: _, ...rest } = body;
  const chunks = [];
  for await (const chunk of laplas.chatStream(rest as ChatRequest)) chunks.push(chunk);
  return chunks;
}

let asked = 0;

describe.each(ALL)("on the family %s", (family) => {
  const model = FAMILIES[family];

  it.each(ANSWERED.map((fields) => [JSON.stringify(fields).slice(0, 120), fields] as const))(
    "%s is answered",
    async (_, fields) => {
      asked += 1;
      await ask(model, fields);
      expect(refusals(sandbox)).toEqual([]);
    },
  );

  it.each(REFUSED.map(([fields, by]) => [JSON.stringify(fields).slice(0, 120), fields, by.includes(family)] as const))(
    "%s is refused here where the family lacks it, and never upstream",
    async (_, fields, isRefused) => {
      asked += 1;
      const error = await ask(model, fields).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(isLaplasError(error) ? error.code : error).toBe(isRefused ? "invalid_request" : undefined);
      expect(refusals(sandbox)).toEqual([]);
      if (isRefused) expect(sandbox.requests).toEqual([]);
    },
  );
});

afterAll(() => console.info(`${asked} requests of clients on ${ALL.length} families: none was refused upstream`));
