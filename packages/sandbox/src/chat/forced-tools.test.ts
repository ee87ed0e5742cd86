import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createSandbox, type Sandbox } from "../index.js";
import { ask, eventsOf, post } from "../testing/client.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ rules: { dailyApiTokens: null } });
});
afterAll(() => sandbox.close());

const schema = {
  type: "object",
  properties: {
    mood: { type: "string", enum: ["good", "bad"] },
    score: { type: "integer", minimum: 1, maximum: 5 },
    code: { type: "string", pattern: "^[A-Z]{3}$" },
    tags: { type: "array", items: { type: "string", minLength: 2 }, minItems: 2 },
    place: {
      type: "object",
      properties: { city: { type: "string" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
  required: ["mood", "score", "code", "tags", "place"],
  additionalProperties: false,
};
const judge = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
const other = { type: "object", properties: { q: { type: "string" } }, required: ["q"] };
const described = [
  { name: "lookup", description: "Look something up", schema: other },
  { name: "record_review", description: "Record a review", schema },
];

const openaiTools = described.map(({ name, description, schema: parameters }) => ({
  type: "function",
  function: { name, description, parameters },
}));
const claudeTools = described.map(({ name, description, schema: input_schema }) => ({
  name,
  description,
  input_schema,
}));
const models = [
  ["openai-like", "gpt-4o-mini"],
  ["openai-like", "deepseek-reasoner"],
  ["together-like", "meta-llama/Llama-3.3-70B-Instruct-Turbo"],
  ["together-like", "Qwen/QwQ-32B"],
  ["minimax", "MiniMax-Text-01"],
  ["gemini", "gemini-1.5-pro"],
  ["claude", "claude-3-5-sonnet-latest"],
] as const;

/** The calls of an answer, whole or put together from its deltas by their index. */
async function callsOf(
  body: object,
  stream: boolean,
): Promise<{ finish: string; calls: { name: string; text: string }[] }> {
  const reply = await post(sandbox, "/chat/completions", { ...body, stream });
  expect(reply.status, reply.text).toBe(201);
  if (!stream) {
    const [choice] = reply.json.choices;
    const list: { function: { name: string; arguments: string } }[] = choice.message.tool_calls ?? [];
    return {
      finish: choice.finish_reason,
      calls: list.map((call) => ({ name: call.function.name, text: call.function.arguments })),
    };
  }
  const calls: { name: string; text: string }[] = [];
  let finish = "";
  for (const event of eventsOf(reply.text).slice(0, -1)) {
    const [choice] = JSON.parse(event).choices;
    finish = choice?.finish_reason ?? finish;
    for (const delta of choice?.delta.tool_calls ?? []) {
      const call = calls[delta.index] ?? { name: "", text: "" };
      calls[delta.index] = call;
      call.name += delta.function.name ?? "";
      call.text += delta.function.arguments ?? "";
    }
  }
  return { finish, calls };
}

describe.each(models)("on the %s family, %s", (family, model) => {
  const claude = family === "claude";
  const base = {
    model,
    ...ask("Our stay in Oslo was great: 9 of 10, thanks to Ada."),
    tools: claude ? claudeTools : openaiTools,
  };
  const named = claude
    ? { type: "tool", name: "record_review" }
    : { type: "function", function: { name: "record_review" } };

  it.each([false, true])("a named tool is called with arguments that fit its schema, streamed: %s", async (stream) => {
    const { finish, calls } = await callsOf({ ...base, tool_choice: named }, stream);
    expect([finish, calls.map((call) => call.name)]).toEqual(["tool_calls", ["record_review"]]);
    const value = JSON.parse(calls[0]?.text ?? "");
    expect(judge.safeParse(value).error?.issues ?? [], calls[0]?.text).toEqual([]);
    expect(value).toMatchObject({ mood: "good", score: 5 });
  });

  it.each([false, true])(
    "some tool is called where one is required, none where none may be, streamed: %s",
    async (stream) => {
      const some = await callsOf(
        { ...base, ...ask("Hello"), tool_choice: claude ? { type: "any" } : "required" },
        stream,
      );
      expect([some.finish, some.calls.length]).toEqual(["tool_calls", 1]);
      const none = await callsOf(
        { ...base, ...ask("Record a review"), tool_choice: claude ? { type: "none" } : "none" },
        stream,
      );
      expect(none).toEqual({ finish: claude ? "end_turn" : "stop", calls: [] });
    },
  );
});

describe("a stop text", () => {
  const stops = [
    ["gpt-4o-mini", "stop", "stop"],
    ["meta-llama/Llama-3.3-70B-Instruct-Turbo", "stop", "stop"],
    ["gemini-1.5-pro", "stop", "stop"],
    ["claude-3-5-sonnet-latest", "stop_sequences", "end_turn"],
  ] as const;

  it.each(stops)("ends %s whole and streamed, and is no part of the answer", async (model, key, reason) => {
    const body = { model, ...ask("Count to 9"), [key]: ["never said", ", 7", ", 4"] };
    const { json } = await post(sandbox, "/chat/completions", body);
    expect(json.choices[0]).toMatchObject({ message: { content: "1, 2, 3" }, finish_reason: reason });
    const chunks = eventsOf((await post(sandbox, "/chat/completions", { ...body, stream: true })).text)
      .slice(0, -1)
      .map((event) => JSON.parse(event).choices[0]);
    expect(chunks.map((choice) => choice.delta.content ?? "").join("")).toBe("1, 2, 3");
    expect(chunks.at(-1).finish_reason).toBe(reason);
  });
});
