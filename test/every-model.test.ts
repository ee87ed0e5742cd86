import type { ChatMessage, ChatRequest, Dialect, Laplas } from "@laplas/core";
import type { Sandbox } from "@laplas/sandbox";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openRoomy, refusals } from "./open-roomy.js";

let sandbox: Sandbox;
let laplas: Laplas;
let close: () => Promise<void>;

// 120 models, each asked three times, would spend a day's 50,000 many times over.
beforeAll(async () => {
  ({ sandbox, laplas, close } = await openRoomy());
});

// Each test answers for its own refusals.
beforeEach(() => sandbox.reset());

afterAll(() => close());

/** One conversation, in OpenAI's shape, as an agent leaves it after a tool call. Only the model's id changes. */
function conversation(model: string): ChatRequest {
  const call = {
    id: "call_1",
    type: "function" as const,
    function: { name: "get_weather", arguments: '{"city":"Oslo"}' },
  };
  return {
    model,
    messages: [
      { role: "system", content: "You are terse." },
      { role: "user", content: "What is the weather in Oslo?" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: "Oslo has 4 degrees and rain." },
      { role: "user", content: "And what is the weather in Rome?" },
    ],
    tools: [
      {
        type: "function",
        function: {
          name: "get_weather",
          parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
        },
      },
    ],
    tool_choice: "auto",
    stop: ["END"],
    max_tokens: 4_000,
  };
}

describe("one conversation on every chat id of the catalog", () => {
  it("is answered whole and streamed, and nothing of it is refused", async () => {
    const models = await laplas.models({ modality: "chat" });
    const ids = models.flatMap(({ id, aliases }) => [id, ...aliases]);
    expect(ids).toHaveLength(120);
    for (const id of ids) {
      const answer = await laplas.chat(conversation(id));
      const [choice] = answer.choices;
      expect(["stop", "tool_calls", "length"], id).toContain(choice?.finish_reason);
      expect(
        answer.laplas.adjusted.map(({ to }) => to),
        id,
      ).toContain("max_tokens=512");

      let ended: string | null | undefined;
      for await (const chunk of laplas.chatStream(conversation(id))) ended = chunk.choices[0]?.finish_reason ?? ended;
      expect(["stop", "tool_calls", "length"], id).toContain(ended);
    }
    expect(refusals(sandbox)).toEqual([]);
  });
});

/** What programs send beside the plain conversation. `refusedBy`: dialects that would lose something, so it is refused here. */
interface Scenario {
  readonly name: string;
  readonly fields?: Partial<ChatRequest>;
  readonly messages?: readonly ChatMessage[];
  readonly refusedBy?: Partial<Record<Dialect, string>>;
}

const user = (content: ChatMessage["content"]): ChatMessage => ({ role: "user", content });
const described = { name: "get_weather", description: "Weather", parameters: { type: "object", properties: {} } };
const tools = [{ type: "function", function: described }];
const called = (id: string, more: object = {}) =>
  ({ id, type: "function", function: { name: "get_weather", arguments: '{"city":"Oslo"}' }, ...more }) as const;
const lacksSampling = (field: string) => ({ minimax: field, gemini: field, claude: field });
const answered = (assistant: Partial<ChatMessage>): readonly ChatMessage[] => [
  user("Is it cold?"),
  { role: "assistant", content: "Yes.", ...assistant },
  user("And now?"),
];

const scenarios: readonly Scenario[] = [
  {
    name: "several instructions, one late, one of a developer",
    messages: [
      { role: "system", content: "Be brief." },
      { role: "system", content: [{ type: "text", text: "Be kind." }], name: "rules" },
      user("Hi"),
      { role: "developer", content: "Be precise." },
    ],
  },
  { name: "instructions alone", messages: [{ role: "system", content: "Say hello." }] },
  {
    name: "parts of text, everywhere",
    messages: [
      user([
        { type: "text", text: "What is" },
        { type: "text", text: "the weather?" },
      ]),
      { role: "assistant", content: [{ type: "text", text: "I look." }], tool_calls: [called("c1")] },
      { role: "tool", tool_call_id: "c1", content: [{ type: "text", text: "Rain." }] },
      { role: "assistant", content: [{ type: "text", text: "Rain.", annotations: [] }] },
      user([{ type: "text", text: "Thanks" }]),
    ],
    fields: { tools },
  },
  {
    name: "names, on every role that has one",
    messages: [
      { ...user("What is the weather?"), name: "ann" },
      { role: "assistant", content: "", name: "bot", tool_calls: [called("c1")] },
      { role: "tool", tool_call_id: "c1", content: "Rain.", name: "get_weather" },
    ],
    fields: { tools },
  },
  {
    name: "an answer sent back with all that answers have",
    messages: answered({
      reasoning_content: "Let me think.",
      refusal: null,
      annotations: [],
      tool_calls: [],
      provider_specific_fields: { a: 1 },
    }),
  },
  { name: "an answer of which reasoning left no word", messages: answered({ content: "", reasoning_content: "Hm." }) },
  { name: "an answer that declined", messages: answered({ content: null, refusal: "I can't." }) },
  { name: "an empty list of parts", messages: answered({ content: [] }) },
  {
    name: "two calls at once, put together from a stream, and both results",
    messages: [
      user("Compare Oslo and Rome."),
      { role: "assistant", tool_calls: [called("c1", { index: 0 }), called("c2", { index: 1 })] },
      { role: "tool", tool_call_id: "c1", content: "4 degrees" },
      { role: "tool", tool_call_id: "c2", content: null },
    ],
    fields: { tools },
  },
  ...["auto", "none", "required", { type: "function", function: { name: "get_weather" } }].map((choice) => ({
    name: `tool_choice ${JSON.stringify(choice)}`,
    fields: { tools, tool_choice: choice },
  })),
  { name: "no tools, as an empty list", fields: { tools: [], tool_choice: "auto" } },
  {
    name: "tools of the barest kind",
    fields: {
      tools: [
        { type: "function", function: { name: "stop" } },
        { type: "function", function: { name: "go", description: null, parameters: {}, strict: null } },
      ],
    },
  },
  { name: "strict tools", fields: { tools: [{ type: "function", function: { ...described, strict: true } }] } },
  { name: "parallel_tool_calls true", fields: { tools, parallel_tool_calls: true } },
  {
    name: "parallel_tool_calls false",
    fields: { tools, parallel_tool_calls: false },
  },
  { name: "response_format text", fields: { response_format: { type: "text" } } },
  ...[{ type: "json_object" }, { type: "json_schema", json_schema: { name: "a", schema: { type: "object" } } }].map(
    (format) => ({
      name: `response_format ${format.type}`,
      fields: { response_format: format },
    }),
  ),
  { name: "stop as a text", fields: { stop: "END" } },
  { name: "stop as a list of four", fields: { stop: ["A", "B", "C", "D"] } },
  { name: "stop as a list of five", fields: { stop: ["A", "B", "C", "D", "E"] } },
  { name: "temperature 1", fields: { temperature: 1 } },
  {
    name: "temperature 1.5",
    fields: { temperature: 1.5 },
  },
  { name: "top_p 0.5", fields: { top_p: 0.5 } },
  { name: "top_p 0.05", fields: { top_p: 0.05 } },
  { name: "seed 7", fields: { seed: 7 } },
  { name: "seed 0", fields: { seed: 0 } },
  { name: "n 1", fields: { n: 1 } },
  { name: "n 2", fields: { n: 2 } },
  { name: "n 1.5", fields: { n: 1.5 }, refusedBy: { ...lacksSampling("n"), openai: "n", together: "n" } },
  { name: "logprobs false", fields: { logprobs: false, top_logprobs: 0 } },
  { name: "logprobs true", fields: { logprobs: true }, refusedBy: lacksSampling("logprobs") },
  {
    name: "penalties",
    fields: { frequency_penalty: 0.5 },
  },
  {
    name: "a user, and nulls for everything else",
    fields: { user: "u1", stop: null, tools: null, n: null, seed: null },
  },
  {
    name: "a call that was cut",
    messages: [
      user("Go"),
      { role: "assistant", tool_calls: [{ ...called("c1"), function: { name: "go", arguments: '{"to":' } }] },
      { role: "tool", tool_call_id: "c1", content: "invalid arguments" },
    ],
  },
];

describe.each(scenarios)("$name", ({ fields, messages = [user("Hello there")], refusedBy = {} }) => {
  it("is answered by every chat id, or refused here with model and field in the message", async () => {
    const models = await laplas.models({ modality: "chat" });
    for (const model of models) {
      if (model.modality !== "chat") continue;
      const param = refusedBy[model.dialect];
      for (const id of [model.id, ...model.aliases]) {
        const call = laplas.chat({ model: id, messages, ...fields });
        if (param === undefined) expect((await call).choices[0]?.message, id).toBeDefined();
        else {
          const error = await call.then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          expect(error, id).toMatchObject({ code: "invalid_request", param, retryable: false });
          expect((error as Error).message).toContain(`"${id}"`);
        }
      }
    }
    expect(refusals(sandbox)).toEqual([]);
  });
});

describe("three texts on every embedding id", () => {
  it("become three vectors in their order, one request a text where the model takes no list", async () => {
    const texts = ["the ferry leaves at seven", "bread needs salt", "the ferry leaves early in the morning"];
    for (const model of await laplas.models({ modality: "embedding" })) {
      const before = sandbox.requests.length;
      const { data, laplas: report } = await laplas.embed({ model: model.id, input: texts });
      expect(
        data.map(({ index }) => index),
        model.id,
      ).toEqual([0, 1, 2]);
      const vectors = data.map(({ embedding }) => embedding as number[]);
      expect(similarity(vectors[0], vectors[2]), model.id).toBeGreaterThan(similarity(vectors[0], vectors[1]));
      const single = model.modality === "embedding" && model.embedding.input === "string";
      expect(sandbox.requests.length - before, model.id).toBe(single ? 3 : 1);
      expect(report.attempts, model.id).toBe(single ? 3 : 1);
    }
    expect(refusals(sandbox)).toEqual([]);
  });
});

describe("two pictures on every image id", () => {
  it("are drawn, one request at a time where the tier wants that, in OpenAI's shape", async () => {
    for (const { id } of await laplas.models({ modality: "image" })) {
      const reference = id.endsWith("image-to-image") ? { image_url: "https://example.com/reference.png" } : {};
      const { data, created } = await laplas.image({ model: id, prompt: "a red house by the sea", n: 2, ...reference });
      expect(data, id).toHaveLength(2);
      expect(created, id).toBeGreaterThan(1_700_000_000);
      for (const { url = "", b64_json: text = "" } of data) expect(url + text, id).not.toBe("");
    }
    expect(refusals(sandbox)).toEqual([]);
  });
});

function similarity(one: readonly number[] = [], other: readonly number[] = []): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}
