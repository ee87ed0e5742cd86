import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../index.js";
import { ask, chat } from "../testing/client.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ rules: { dailyApiTokens: null } });
});
afterAll(() => sandbox.close());

const user = (content: unknown) => ({ messages: [{ role: "user", content }] });
const tool = (more: object = {}) => ({ type: "function", function: { name: "f", description: "Does f", ...more } });
const done = { role: "tool", content: "done", tool_call_id: "c1" };
const call = { id: "c1", type: "function", function: { name: "f", arguments: "{}" } };

const anyError = {
  path: "/v1/chat/completions",
  requestId: expect.any(String),
  statusCode: 400,
  timestamp: expect.any(String),
};

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
    ["stream options without include_usage", { ...ask("Hi"), stream: true, stream_options: {} }],
    ["top_p below 0.1", { ...ask("Hi"), top_p: 0.09 }],
    ["a seed of 0", { ...ask("Hi"), seed: 0 }],
    ["no choices", { ...ask("Hi"), n: 0 }],
    ["five stop texts", { ...ask("Hi"), stop: ["a", "b", "c", "d", "e"] }],
    ["an empty list of stop texts", { ...ask("Hi"), stop: [] }],
    ["reasoning_effort none", { ...ask("Hi"), reasoning_effort: "none" }],
    ["reasoning_effort minimal", { ...ask("Hi"), reasoning_effort: "minimal" }],
    ["reasoning_effort null", { ...ask("Hi"), reasoning_effort: null }],
    ["a null temperature", { ...ask("Hi"), temperature: null }],
    ["null max_tokens", { ...ask("Hi"), max_tokens: null }],
    ["a logit bias above 100", { ...ask("Hi"), logit_bias: { 50256: 101 } }],
    ["a logit bias for a word", { ...ask("Hi"), logit_bias: { hello: 1 } }],
    ["twenty-one top_logprobs", { ...ask("Hi"), logprobs: true, top_logprobs: 21 }],
    ["legacy functions", { ...ask("Hi"), functions: [{ name: "f", parameters: {} }] }],
    ["a legacy choice", { ...ask("Hi"), function_call: "auto" }],
    ["an empty list of tools", { ...ask("Hi"), tools: [] }],
    ["129 tools", { ...ask("Hi"), tools: Array.from({ length: 129 }, (_, at) => tool({ name: `f${at}` })) }],
    ["an unknown key in a tool", { ...ask("Hi"), tools: [{ ...tool(), cache_control: { type: "ephemeral" } }] }],
    ["an unknown key in a function", { ...ask("Hi"), tools: [tool({ cache_control: {} })] }],
    ["a function's name with a blank", { ...ask("Hi"), tools: [tool({ name: "get weather" })] }],
    ["a function's name of 65 characters", { ...ask("Hi"), tools: [tool({ name: "x".repeat(65) })] }],
    ["a custom tool", { ...ask("Hi"), tools: [{ type: "custom", custom: { name: "f" } }] }],
    ["a hosted tool", { ...ask("Hi"), tools: [{ type: "web_search" }] }],
    ["a tool choice of any", { ...ask("Hi"), tools: [tool()], tool_choice: "any" }],
    [
      "allowed tools",
      {
        ...ask("Hi"),
        tools: [tool()],
        tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } },
      },
    ],
    ["an unknown format", { ...ask("Hi"), response_format: { type: "grammar" } }],
    [
      "a format without its name",
      { ...ask("Hi"), response_format: { type: "json_schema", json_schema: { schema: {} } } },
    ],
    ["an unknown key in a format", { ...ask("Hi"), response_format: { type: "json_object", schema: {} } }],
    ["an effort in words of its own", { ...ask("Hi"), reasoning: { effort: "minimal" } }],
    ["Anthropic's thinking", { ...ask("Hi"), thinking: { type: "enabled", budget_tokens: 1024 } }],
    ["an audio format that is not there", { ...ask("Hi"), modalities: ["text", "image"] }],
    ["a name with a blank", { messages: [{ role: "user", name: "Ada Lovelace", content: "Hi" }] }],
    ["an empty name", { messages: [{ role: "user", name: "", content: "Hi" }] }],
    [
      "an assistant's null content",
      { messages: [...ask("Hi").messages, { role: "assistant", content: null, tool_calls: [call] }, done] },
    ],
    ["an assistant that says and calls nothing", { messages: [...ask("Hi").messages, { role: "assistant" }] }],
    [
      "an empty list of calls",
      { messages: [...ask("Hi").messages, { role: "assistant", content: "Yes", tool_calls: [] }] },
    ],
    [
      "a call's id of 41 characters",
      { messages: [{ role: "assistant", tool_calls: [{ ...call, id: "x".repeat(41) }] }] },
    ],
    [
      "an unknown key in a call",
      { messages: [{ role: "assistant", tool_calls: [{ ...call, extra_content: {} }] }, done] },
    ],
    [
      "parts in a tool result",
      {
        messages: [
          { role: "assistant", tool_calls: [call] },
          { ...done, content: [{ type: "text", text: "x" }] },
        ],
      },
    ],
    ["a message's id", { messages: [{ role: "assistant", id: "msg_1", content: "Yes" }] }],
    ["reasoning in the history", { messages: [{ role: "assistant", reasoning_details: [], content: "Yes" }] }],
    ["an empty list of parts", user([])],
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
    const late = {
      messages: [{ role: "assistant", tool_calls: [call] }, { role: "user", content: "Hi" }, done],
    };
    expect((await chat(sandbox, "", late)).json.message).toContain("did not have response messages: c1");
    const last = { messages: [...ask("Hi").messages, { role: "assistant", tool_calls: [call] }] };
    expect((await chat(sandbox, "", last)).json.message).toContain("did not have response messages: c1");
    const twice = { messages: [{ role: "assistant", tool_calls: [call] }, done, done] };
    expect((await chat(sandbox, "", twice)).json.message).toContain("Duplicate value for 'tool_call_id' of 'c1'");
  });

  it.each([
    ["a choice without tools", { tool_choice: "auto" }, "only allowed when 'tools' are specified"],
    [
      "a choice of a tool that is not there",
      { tools: [tool()], tool_choice: { type: "function", function: { name: "g" } } },
      "'g' not found",
    ],
    ["parallel_tool_calls without tools", { parallel_tool_calls: false }, "only allowed when 'tools' are specified"],
    ["top_logprobs without logprobs", { top_logprobs: 2 }, "'logprobs': must be true"],
    ["parameters without a type", { tools: [tool({ parameters: {} })] }, "got 'type: \"None\"'"],
    [
      "parameters without properties",
      { tools: [tool({ parameters: { type: "object" } })] },
      "object schema missing properties",
    ],
    [
      "alternatives at the root of parameters",
      { tools: [tool({ parameters: { type: "object", properties: {}, anyOf: [] } })] },
      "at the top level",
    ],
    [
      "audio of a model without a voice",
      { modalities: ["text", "audio"], audio: { format: "wav", voice: "ash" } },
      "does not support 'audio'",
    ],
    ["a search of a model without one", { web_search_options: {} }, "not supported with this model"],
  ])("%s, in OpenAI's words", async (_, body, words) => {
    const { status, json } = await chat(sandbox, "Hi", body);
    expect([status, json]).toEqual([400, { ...anyError, message: expect.stringContaining(words) }]);
  });
});

describe("what the chat schema accepts", () => {
  it.each([
    ["unknown keys at the root", { ...ask("Hi"), metadata: {} }],
    ["hints without effect", { ...ask("Hi"), user: "me", store: true, service_tier: "auto", prompt_cache_key: "k" }],
    ["temperatures at both ends", { ...ask("Hi"), temperature: 2, top_p: 0.1 }],
    ["a temperature of 0", { ...ask("Hi"), temperature: 0, top_p: 1, seed: 1, n: 2 }],
    [
      "null where the pages print it",
      {
        ...ask("Hi"),
        n: null,
        stop: null,
        logprobs: null,
        logit_bias: null,
        presence_penalty: null,
        audio: null,
        modalities: null,
      },
    ],
    ["four stop texts", { ...ask("Hi"), stop: ["a", "b", "c", "d"] }],
    [
      "every effort that is printed",
      { ...ask("Hi"), reasoning_effort: "high", reasoning: { effort: "low", exclude: true } },
    ],
    ["OpenRouter's sampling", { ...ask("Hi"), top_k: 0, min_p: 1, top_a: 0.5, repetition_penalty: 2 }],
    ["probabilities", { ...ask("Hi"), logprobs: true, top_logprobs: 20, logit_bias: { 50256: -100 } }],
    [
      "a prediction, text as the only modality",
      { ...ask("Hi"), prediction: { type: "content", content: "Hi" }, modalities: ["text"] },
    ],
    [
      "a search where there is one",
      { ...ask("Hi"), model: "gpt-4o-search-preview", web_search_options: { search_context_size: "low" } },
    ],
    [
      "tools with all their keys",
      {
        ...ask("Hi"),
        tools: [
          tool({ parameters: { type: "object", properties: {} }, strict: true }),
          tool({ name: "g", parameters: null, strict: null }),
        ],
        tool_choice: { type: "function", function: { name: "f" } },
        parallel_tool_calls: false,
      },
    ],
    [
      "formats with all their keys",
      {
        ...ask("Hi"),
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", description: "x", schema: { type: "object" }, strict: null },
        },
      },
    ],
    [
      "names",
      {
        messages: [
          { role: "user", name: "Ada_Lovelace", content: "Hi" },
          { role: "assistant", tool_calls: [call] },
          { ...done, name: null },
        ],
      },
    ],
    [
      "a legacy call and its result",
      {
        messages: [
          ...ask("Hi").messages,
          { role: "assistant", function_call: call.function },
          { role: "function", name: "f", content: "done" },
        ],
      },
    ],
    [
      "empty texts",
      {
        messages: [
          { role: "user", content: "" },
          { role: "assistant", content: "" },
          { role: "user", content: "Hi" },
        ],
      },
    ],
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
          { role: "assistant", refusal: null, tool_calls: [call] },
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
