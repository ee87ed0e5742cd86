import { initChatModel } from "langchain";
import { describe, expect, it } from "vitest";
import { ChatLaplas } from "./index.js";
import "./register.js";
import { openWorld } from "./testing/open-world.js";

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

  it("the prefix is still unknown: LangChain's list of prefixes is private", async () => {
    await expect(initChatModel("laplas:gpt-4o-mini")).rejects.toThrow(/specify modelProvider directly/);
  });
});
