import { inspect } from "node:util";
import type { ToolMessage } from "@langchain/core/messages";
import { isStructuredTool } from "@langchain/core/tools";
import { FatalLimitError } from "@laplas/core";
import type { SandboxOptions } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { openWorld, rejection } from "../testing/open-world.js";
import { LaplasImageTool, type LaplasImageToolFields } from "./laplas-image-tool.js";

async function open(fields: LaplasImageToolFields = {}, options: SandboxOptions = {}) {
  const world = await openWorld(options);
  return { ...world, tool: new LaplasImageTool({ model: "flux/schnell", engine: world.engine, ...fields }) };
}

const call = (args: object) => ({ type: "tool_call" as const, id: "call_1", name: "draw_picture", args: { ...args } });

describe("LaplasImageTool", () => {
  it("tells the model that it has drawn, and gives the picture to the program", async () => {
    const { tool, sandbox } = await open({ size: "512x512" });
    const message: ToolMessage = await tool.invoke(call({ prompt: "a red fox" }));
    expect(message.content).toBe('Drew 1 picture of "a red fox", 512x512. Shown to the user.');
    expect(message).toMatchObject({ status: "success", name: "draw_picture", tool_call_id: "call_1" });
    expect(message.artifact).toMatchObject([{ type: "image", url: expect.stringContaining(sandbox.url) }]);
  });

  it("never tells data or long prompts", async () => {
    const { tool } = await open({ model: "dall-e-2", responseFormat: "b64_json", n: 2 });
    const message: ToolMessage = await tool.invoke(call({ prompt: "a red fox ".repeat(50) }));
    expect(String(message.content)).toMatch(/^Drew 2 pictures of "a red fox.*\.\.\."\. Shown to the user\.$/);
    expect(String(message.content).length).toBeLessThan(120);
    expect(message.artifact).toMatchObject([{ data: expect.any(String) }, { data: expect.any(String) }]);
  });

  it("is a tool by LangChain's own test, under the name and description that it is given", async () => {
    const { tool } = await open({ name: "paint", description: "Paints.", returnDirect: true, tags: ["art"] });
    expect(isStructuredTool(tool)).toBe(true);
    expect(tool).toMatchObject({ name: "paint", description: "Paints.", returnDirect: true, tags: ["art"] });
  });

  it("shows the key to nobody", () => {
    const key = "secret-key-0123456789";
    const tool = new LaplasImageTool("flux/schnell", { apiKey: key, ledger: "memory" });
    expect(inspect(tool, { depth: 20, showHidden: true }) + JSON.stringify(tool)).not.toContain(key);
  });

  it("tells its handlers of the drawing inside it", async () => {
    const { tool } = await open();
    const heard: string[] = [];
    const handler = {
      handleToolStart: () => void heard.push("tool"),
      handleChainStart: () => void heard.push("images"),
      handleChainEnd: () => void heard.push("drawn"),
      handleToolEnd: () => void heard.push("end"),
    };
    await tool.invoke(call({ prompt: "a fox" }), { callbacks: [handler] });
    expect(heard).toEqual(["tool", "images", "drawn", "end"]);
  });
});

describe("an error of LaplasImageTool", () => {
  it("is thrown as it is where no model has called", async () => {
    const { tool } = await open({}, { rules: { dailyApiTokens: 0 } });
    expect(await rejection(tool.invoke({ prompt: "a fox" }))).toMatchObject({
      name: "FatalLimitError",
      code: "daily_quota",
      retryable: false,
    });
  });

  it("says first to a model whether another call can help", async () => {
    const { tool, sandbox } = await open({}, { rules: { dailyApiTokens: 0 } });
    const message: ToolMessage = await tool.invoke(call({ prompt: "a fox" }));
    expect(message).toMatchObject({ status: "error", tool_call_id: "call_1", name: "draw_picture" });
    expect(message.content).toMatch(/^Fatal: do not retry\. laplas free tier: .*reset/);
    expect(sandbox.counts().received).toBe(1);
  });

  it("gives what was drawn before it", async () => {
    const { tool, sandbox } = await open({ n: 3, maxRetries: 0 });
    sandbox.fault({ kind: "serverError" }, { when: () => sandbox.counts().received > 2 });
    const message: ToolMessage = await tool.invoke(call({ prompt: "a fox" }));
    expect(message.content).toMatch(/^Retryable: wait \d+ s\. .* Before that: Drew 2 pictures of "a fox"/);
    expect(message.artifact).toMatchObject([{ type: "image" }, { type: "image" }]);
  });

  it("is thrown to a model's call as well where that was asked for, and so is an abort", async () => {
    const { tool } = await open({ onError: "throw" }, { rules: { dailyApiTokens: 0 } });
    expect(FatalLimitError.isInstance(await rejection(tool.invoke(call({ prompt: "a fox" }))))).toBe(true);
    const reason = new Error("changed my mind");
    const { tool: answering } = await open();
    const aborted = answering.invoke(call({ prompt: "a fox" }), { signal: AbortSignal.abort(reason) });
    expect(await rejection(aborted)).toBe(reason);
  });
});
