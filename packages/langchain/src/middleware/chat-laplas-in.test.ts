import { FakeListChatModel } from "@langchain/core/utils/testing";
import { describe, expect, it } from "vitest";
import { openWorld, rejection } from "../testing/open-world.js";
import { chatLaplasIn, findChatLaplas } from "./chat-laplas-in.js";

describe("the ChatLaplas in a model", () => {
  it("is the model itself, or what bindings and initChatModel hold", async () => {
    const { chat } = await openWorld();
    const model = chat();
    const bound = model.withConfig({ tags: ["one"] }).withConfig({ tags: ["two"] });
    const configurable = { _llmType: () => "chat_model", _getModelInstance: async () => bound };
    for (const held of [model, bound, configurable]) expect(await chatLaplasIn(held)).toBe(model);
  });

  it("comes with what was bound to it, the outermost first", async () => {
    const { chat } = await openWorld();
    const model = chat();
    const inner = model.withConfig({ continueAtCap: 1, maxTokens: 50 });
    expect(await findChatLaplas({ bound: inner, config: { continueAtCap: 2 } })).toEqual({
      model,
      bound: { continueAtCap: 2, maxTokens: 50 },
    });
    expect(await findChatLaplas(model)).toEqual({ model, bound: {} });
  });

  it("is nothing in models of other vendors, and in what is no model", async () => {
    const other = new FakeListChatModel({ responses: ["hi"] });
    for (const held of [other, other.withConfig({}), {}, null, undefined, "openai:gpt-4o"]) {
      expect(await chatLaplasIn(held)).toBeUndefined();
    }
  });

  it("is not looked for without an end", async () => {
    const circular: { bound?: unknown } = {};
    circular.bound = circular;
    expect(await chatLaplasIn(circular)).toBeUndefined();
  });

  it("can't be told where the model can't be made", async () => {
    const broken = { _getModelInstance: () => Promise.reject(new Error("no such provider")) };
    expect(await rejection(chatLaplasIn(broken))).toMatchObject({ message: "no such provider" });
  });
});
