import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../index.js";
import { ask, chat } from "../testing/client.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ rules: { dailyApiTokens: null } });
});
afterAll(() => sandbox.close());

const user = (content: unknown) => ({ messages: [{ role: "user", content }] });
const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };

describe("what the chat schema refuses", () => {
  it.each([
    ["an unknown key in a message", { messages: [{ role: "user", content: "Hi", extra: 1 }] }],
    ["an unknown key in a part", user([{ type: "text", text: "Hi", cache_control: {} }])],
    ["an unknown role", { messages: [{ role: "robot", content: "Hi" }] }],
    ["no messages", { messages: [] }],
    ["zero output tokens", { ...ask("Hi"), max_tokens: 0 }],
    ["negative output tokens", { ...ask("Hi"), max_completion_tokens: -1 }],
    ["broken output tokens", { ...ask("Hi"), max_tokens: 1.5 }],
    ["a temperature above 2", { ...ask("Hi"), temperature: 2.1 }],
    ["a tool without a name", { ...ask("Hi"), tools: [{ type: "function", function: {} }] }],
    ["stream options without a stream", { ...ask("Hi"), stream_options: { include_usage: true } }],
  ])("%s", async (_, body) => {
    const { status, json } = await chat(sandbox, "", body);
    expect([status, json.message]).toEqual([400, expect.stringContaining("Body validation error!")]);
  });

  it("a body that is not JSON", async () => {
    const response = await fetch(`${sandbox.baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer key" },
      body: "{",
    });
    expect(response.status).toBe(400);
  });

  it("a tool result without its call, and a call without its result", async () => {
    const orphan = {
      messages: [
        { role: "user", content: "Hi" },
        { role: "tool", content: "x", tool_call_id: "c1" },
      ],
    };
    expect((await chat(sandbox, "", orphan)).json.message).toContain("must be a response to a preceeding message");
    const open = {
      messages: [
        { role: "assistant", tool_calls: [call] },
        { role: "user", content: "Hi" },
      ],
    };
    expect((await chat(sandbox, "", open)).json.message).toContain("did not have response messages: c1");
  });
});

describe("what the chat schema accepts", () => {
  it.each([
    ["unknown keys at the root", { ...ask("Hi"), metadata: {} }],
    ["temperatures at both ends", { ...ask("Hi"), temperature: 2, top_p: 0 }],
    ["text in parts", user([{ type: "text", text: "Hi" }])],
    [
      "a developer message",
      {
        messages: [
          { role: "developer", content: "Be kind." },
          { role: "user", content: "Hi" },
        ],
      },
    ],
    ["512 output tokens", { ...ask("Hi"), max_tokens: 512 }],
    [
      "a finished tool call",
      {
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: null, tool_calls: [call] },
          { role: "tool", content: "done", tool_call_id: "c1" },
        ],
      },
    ],
  ])("%s", async (_, body) => {
    expect((await chat(sandbox, "", body)).status).toBe(201);
  });
});

describe("what the tier refuses", () => {
  it("more than 512 output tokens, by either name", async () => {
    for (const name of ["max_tokens", "max_completion_tokens"]) {
      const { status, json } = await chat(sandbox, "Hi", { [name]: 513 });
      expect([status, json.message]).toEqual([400, expect.stringContaining("at most 512")]);
    }
    expect(sandbox.requests.at(-1)).toMatchObject({ outcome: "refused", reason: "output_tokens" });
  });

  it.each([
    ["image_url", user([{ type: "image_url", image_url: { url: "data:," } }])],
    ["an Anthropic image", user([{ type: "image", source: {} }])],
    ["input_image", { messages: [{ role: "system", content: [{ type: "input_image" }] }, ...ask("Hi").messages] }],
    ["an image inside a tool result", user([{ type: "tool_result", content: [{ type: "image" }] }])],
  ])("%s", async (_, body) => {
    expect((await chat(sandbox, "", body)).json.message).toContain("image attachments are not supported");
  });

  it("nothing of this where the rules allow it", async () => {
    const paid = await createSandbox({ rules: { maxOutputTokens: null, imageAttachments: true } });
    const image = user([
      { type: "text", text: "Hi" },
      { type: "image_url", image_url: { url: "data:," } },
    ]);
    expect((await chat(paid, "", { ...image, max_tokens: 4000 })).status).toBe(201);
    await paid.close();
  });
});

describe("what single models refuse", () => {
  const withSystem = {
    messages: [
      { role: "user", content: "Hi" },
      { role: "system", content: "Be kind." },
    ],
  };

  it("o1-mini and o1-preview take no system message", async () => {
    for (const model of ["o1-mini", "o1-preview-2024-09-12"]) {
      expect((await chat(sandbox, "", { ...withSystem, model })).json.message).toBe(
        "Unsupported value: 'messages[1].role' does not support 'system' with this model.",
      );
    }
    expect((await chat(sandbox, "", { ...withSystem, model: "o1" })).status).toBe(201);
  });

  it("o1 does not stream", async () => {
    expect((await chat(sandbox, "Hi", { model: "o1", stream: true })).status).toBe(400);
    expect((await chat(sandbox, "Hi", { model: "o1-mini", stream: true })).status).toBe(201);
  });

  it("a prompt beyond the context, in OpenAI's words, the output counted in", async () => {
    const fits = "x".repeat((8000 - 6 - 100) * 4);
    expect((await chat(sandbox, fits, { model: "gpt-4", max_tokens: 100 })).status).toBe(201);
    const asked = await chat(sandbox, fits, { model: "gpt-4", max_tokens: 101 });
    expect(asked.json.message).toContain("maximum context length is 8000 tokens. However, you requested 8001 tokens");
    const long = await chat(sandbox, "x".repeat(40_000), { model: "gpt-4" });
    expect(long.json.message).toContain("your messages resulted in 10006 tokens");
  });
});
