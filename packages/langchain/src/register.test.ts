import { createAgent, initChatModel } from "langchain";
import { describe, expect, it } from "vitest";
import { ChatLaplas } from "./index.js";
import "./register.js";
import { openWorld, rejection } from "./testing/open-world.js";

describe("after importing register", () => {
  it("initChatModel makes a ChatLaplas of this program where the provider is named", async () => {
    const { engine, sandbox } = await openWorld();
    const model = await initChatModel("gpt-4o-mini", { modelProvider: "laplas", engine, temperature: 0 });
    expect((await model.invoke("Hello")).text).not.toBe("");
    expect(await model._getModelInstance()).toBeInstanceOf(ChatLaplas);
    expect(sandbox.requests[0]?.body).toMatchObject({ model: "gpt-4o-mini", temperature: 0 });
    expect(model.profile.maxOutputTokens).toBe(512);
  });

  it("a model can be chosen by the call", async () => {
    const { engine, sandbox } = await openWorld();
    const model = await initChatModel("gpt-4o-mini", {
      modelProvider: "laplas",
      engine,
      configurableFields: ["model"],
    });
    await model.invoke("Hello", { configurable: { model: "gpt-4o" } });
    expect(sandbox.requests[0]?.model).toBe("gpt-4o");
  });

  it("a model can be named by the call alone", async () => {
    const { engine, sandbox } = await openWorld();
    const model = await initChatModel(undefined, { modelProvider: "laplas", engine, configurableFields: ["model"] });
    const named = { configurable: { model: "gpt-4o" } };
    expect((await model.invoke("Hello", named)).text).not.toBe("");
    for await (const _ of await model.stream("Hello", named));
    await model.bindTools([]).invoke("Hello", named);
    await model.withConfig({ configurable: { model: "gpt-4o-mini" } }).invoke("Hello");
    expect(sandbox.requests.map((request) => request.model)).toEqual(["gpt-4o", "gpt-4o", "gpt-4o", "gpt-4o-mini"]);
    expect(model.profile.maxOutputTokens).toBe(512);
  });

  it("a call that names no model is refused with a reason, on every path", async () => {
    const { engine, sandbox } = await openWorld();
    const model = await initChatModel(undefined, { modelProvider: "laplas", engine });
    for (const call of [model.invoke("Hello"), model.stream("Hello"), model.streamEvents("Hello").output]) {
      expect(await rejection(call)).toMatchObject({
        code: "invalid_options",
        message: expect.stringContaining("No model is named"),
      });
    }
    expect(sandbox.counts().received).toBe(0);
  });

  it("every field can be chosen by the call, and what LangGraph keeps beside them is none", async () => {
    const { engine, sandbox } = await openWorld();
    const model = await initChatModel(undefined, { modelProvider: "laplas", engine, configurableFields: "any" });
    const langGraph = { thread_id: "1", checkpoint_ns: "", __pregel_send: () => {}, langgraph_request_id: "2" };
    await model.invoke("Hello", { configurable: { model: "gpt-4o", temperature: 0, ...langGraph } });
    expect(sandbox.requests[0]?.body).toMatchObject({ model: "gpt-4o", temperature: 0 });
    const misspelt = model.invoke("Hello", { configurable: { model: "gpt-4o", temprature: 0 } });
    expect(await rejection(misspelt)).toMatchObject({
      code: "invalid_options",
      message: expect.stringContaining("temprature"),
    });
  });

  it("an agent's model can be named by the call alone", async () => {
    const { engine, sandbox } = await openWorld();
    const model = await initChatModel(undefined, { modelProvider: "laplas", engine, configurableFields: ["model"] });
    const agent = createAgent({ model, tools: [] });
    await agent.invoke({ messages: "Hello" }, { configurable: { model: "gpt-4o" } });
    expect(sandbox.requests.map((request) => request.model)).toEqual(["gpt-4o"]);
  });

  it("the prefix is still unknown: LangChain's list of prefixes is private", async () => {
    await expect(initChatModel("laplas:gpt-4o-mini")).rejects.toThrow(/specify modelProvider directly/);
  });
});
