import { describe, expect, it } from "vitest";
import { openWorld } from "../testing/open-world.js";
import { buildRequest } from "./build-request.js";

const tools = [{ type: "function", function: { name: "add", parameters: { type: "object", properties: {} } } }];
const model = "gpt-4o-mini";

describe("buildRequest", () => {
  it("sends fields of the model, and options of the call over them", async () => {
    const { chat, sandbox } = await openWorld();
    const fields = { temperature: 0.1, topP: 0.5, maxTokens: 50, stopSequences: ["END"], modelKwargs: { seed: 7 } };
    await chat(fields).invoke("Hello", { temperature: 0.9, stop: ["STOP"] });
    expect(sandbox.requests[0]?.body).toMatchObject({
      model: "gpt-4o-mini",
      temperature: 0.9,
      top_p: 0.5,
      max_tokens: 50,
      stop: ["STOP"],
      seed: 7,
      messages: [{ role: "user", content: "Hello" }],
    });
  });

  it("sends nothing that was not said, and zero where it was", () => {
    expect(buildRequest({ model, temperature: undefined, stop: [] })).toEqual({ model });
    expect(buildRequest({ model, temperature: 0.5 }, { temperature: 0 })).toEqual({ model, temperature: 0 });
  });

  it("puts modelKwargs over everything, those of the call last", () => {
    const defaults = { model, temperature: 0.1, modelKwargs: { temperature: 0.2, seed: 1 } };
    expect(buildRequest(defaults, { modelKwargs: { seed: 2 } })).toEqual({ model, temperature: 0.2, seed: 2 });
  });

  it("sends what belongs to tools only with tools", async () => {
    const options = { tool_choice: "any", parallel_tool_calls: false };
    expect(buildRequest({ model }, { ...options, tools })).toEqual({
      model,
      tools,
      tool_choice: "required",
      parallel_tool_calls: false,
    });
    expect(buildRequest({ model }, { ...options, tools: [] })).toEqual({ model });
    // As createAgent does where it has none.
    const { chat, sandbox } = await openWorld();
    await chat().bindTools([], { tool_choice: "auto" }).invoke("Hello");
    expect(sandbox.requests[0]?.body).not.toHaveProperty("tools");
    expect(sandbox.requests[0]?.body).not.toHaveProperty("tool_choice");
  });
});
