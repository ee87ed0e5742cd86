import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../index.js";
import { post } from "../testing/client.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ rules: { dailyApiTokens: null } });
});
afterAll(() => sandbox.close());

const models = ["gpt-4o-mini", "meta-llama/Llama-3.3-70B-Instruct-Turbo", "MiniMax-Text-01", "gemini-2.0-flash"];
const asked = { role: "user", content: "Write it" };
const tools = [
  { type: "function", function: { name: "f", description: "f", parameters: { type: "object", properties: {} } } },
];
const result = { role: "tool", content: "done", tool_call_id: "c1" };
const history = (text: string) => [
  asked,
  { role: "assistant", tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: text } }] },
  result,
];
const send = (model: string, messages: object[]) =>
  post(sandbox, "/chat/completions", { model, messages, tools, tool_choice: "none" });

describe.each(models)("%s", (model) => {
  it.each(['{"content":"half', '{"a":1,', "", "sure"])(
    "refuses a call in the history with the arguments %j",
    async (text) => {
      const { status, json } = await send(model, history(text));
      expect([status, json.message]).toEqual([
        400,
        expect.stringContaining("messages[1].tool_calls[0].function.arguments"),
      ]);
      expect((await send(model, history('{"content":"whole"}'))).status).toBe(201);
    },
  );

  it("refuses it without a result, though its arguments are whole", async () => {
    const { status, json } = await send(model, [...history("{}").slice(0, 2), asked]);
    expect([status, json.message]).toEqual([400, expect.stringContaining("did not have response messages: c1")]);
  });

  it("refuses thoughts that come back", async () => {
    const said = { role: "assistant", content: "Yes.", reasoning_content: "Hm." };
    const { status, json } = await send(model, [asked, said, asked]);
    expect([status, json.message]).toEqual([400, expect.stringContaining("reasoning_content")]);
  });
});

it("Gemini wants an object for arguments, the others any JSON", async () => {
  expect((await send("gemini-2.0-flash", history("[1]"))).json.message).toContain("must be a JSON object");
  expect((await send("gpt-4o-mini", history("[1]"))).status).toBe(201);
});

it("half a legacy call is refused too", async () => {
  const said = (text: string) => [asked, { role: "assistant", function_call: { name: "f", arguments: text } }, asked];
  expect((await send("gpt-4o-mini", said('{"a'))).json.message).toContain("messages[1].function_call.arguments");
  expect((await send("gpt-4o-mini", said("{}"))).status).toBe(201);
});

it("Claude refuses arguments as text, and an unanswered call", async () => {
  const claude = (input: unknown, ...more: object[]) =>
    post(sandbox, "/chat/completions", {
      model: "claude-3-haiku-20240307",
      messages: [asked, { role: "assistant", content: [{ type: "tool_use", id: "c1", name: "f", input }] }, ...more],
      tools: [{ name: "f", input_schema: { type: "object" } }],
      tool_choice: { type: "none" },
    });
  const done = { role: "user", content: [{ type: "tool_result", tool_use_id: "c1", content: "done" }] };
  expect((await claude('{"content":"half', done)).status).toBe(400);
  expect((await claude({}, asked)).json.message).toContain("immediately after: c1");
  expect((await claude({}, done)).status).toBe(201);
});
