import { ToolMessage } from "@langchain/core/messages";
import { type AgentMiddleware, createAgent, toolErrorMiddleware, toolRetryMiddleware } from "langchain";
import { describe, expect, it } from "vitest";
import { openWorld } from "../testing/open-world.js";
import { LaplasImageTool } from "./laplas-image-tool.js";

const input = { messages: "Draw a picture of a red fox." };

describe("an agent with a LaplasImageTool", () => {
  it("draws, shows and says so", async () => {
    const { chat, engine, sandbox } = await openWorld();
    const agent = createAgent({ model: chat(), tools: [new LaplasImageTool("flux/schnell", { engine })] });
    const { messages } = await agent.invoke(input);
    expect(messages.map((message) => message.type)).toEqual(["human", "ai", "tool", "ai"]);
    const pictures = messages.flatMap((message) => (ToolMessage.isInstance(message) ? message.artifact : []));
    expect(pictures).toMatchObject([{ type: "image", url: expect.stringContaining(sandbox.url) }]);
    expect(JSON.stringify(sandbox.requests.at(-1)?.body)).not.toContain("/images/");
    expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });

  it("is told not to try again what can't be drawn", async () => {
    const { chat, engine, sandbox } = await openWorld({ imagePrices: () => 900 });
    const agent = createAgent({ model: chat(), tools: [new LaplasImageTool("flux/schnell", { engine })] });
    const { messages } = await agent.invoke(input);
    const result = messages.find((message) => message.type === "tool");
    expect(result).toMatchObject({ status: "error", content: expect.stringMatching(/^Fatal: do not retry\. /) });
    expect(result?.text).not.toContain("Please fix your mistakes");
    expect(sandbox.counts()).toMatchObject({ received: 3 });
  });

  it("leaves errors to middleware where they are thrown", async () => {
    const { chat, engine, sandbox } = await openWorld();
    const drawing = new LaplasImageTool("flux/schnell", { engine, onError: "throw", maxRetries: 0 });
    sandbox.fault({ kind: "serverError" }, { times: 3, when: ({ path }) => path.endsWith("/images/generations") });
    const agent = createAgent({
      model: chat(),
      tools: [drawing],
      middleware: [
        toolErrorMiddleware({ onError: (error) => `It failed: ${(error as { code?: string }).code}` }),
        toolRetryMiddleware({ maxRetries: 1, initialDelayMs: 10, onFailure: "error" }),
      ] as unknown as AgentMiddleware[],
    });
    const { messages } = await agent.invoke(input);
    expect(messages.find((message) => message.type === "tool")?.text).toMatch(/^It failed: /);
  });
});
