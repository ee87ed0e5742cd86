import { createLaplas, RetryableLimitError } from "@laplas/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { API_KEY, openGateway } from "../testing/open-gateway.js";
import { connectBy, connectStdio, textsOf, WAYS } from "../testing/open-mcp.js";
import { toolError } from "./tool-error.js";

const PROMPT = "Where does the heron of the mill sleep?";
const evidence = { source: "a test", date: "2026-01-01", status: "assumed" } as const;
const dayOf = (limit: number) => {
  const period = { type: "day" } as const;
  const rule = { id: "daily_api_tokens", kind: "window", meter: "credits", limit, period, evidence } as const;
  return { name: "small", title: "laplas free tier", extends: "free", rules: [rule] } as const;
};

describe.each(WAYS)("over %s", (way) => {
  it("a used-up day is an error that says when it is back, and the session goes on", async () => {
    const opened = await openGateway({}, { tier: dayOf(10) });
    const client = await connectBy(way, opened);
    const ask = { name: "ask_model", arguments: { prompt: PROMPT } };
    await client.callTool(ask);
    const result = await client.callTool(ask);
    expect(result).toMatchObject({ isError: true, content: [{ type: "text" }] });
    expect(textsOf(result)[0]).toMatch(/^Do not retry: laplas free tier: daily quota used up .* That is in \d+ /);
    expect(opened.sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
    expect((await client.callTool({ name: "quota", arguments: {} })).structuredContent).toMatchObject({
      windows: [{ left: 0 }],
    });
  });

  it.each([
    ["an unknown model", "ask_model", { prompt: PROMPT, model: "gpt-99" }, /^Do not retry: .*gpt-99/],
    [
      "a model of another kind",
      "draw_image",
      { prompt: PROMPT, model: "gpt-4o" },
      /^Do not retry: gpt-4o.* ask_model asks it/,
    ],
    ["1 MB of prompt", "ask_model", { prompt: "heron ".repeat(175_000) }, /^Do not retry: .*context/],
    [
      "an unknown model in a plan's call",
      "plan",
      { calls: [{ tool: "ask_model", prompt: PROMPT, model: "gpt-4o" }, { tool: "embed_texts" }] },
      /^Do not retry: calls\[1\] is of embed_texts, and needs "texts"/,
    ],
    ["a size that is none", "draw_image", { prompt: PROMPT, size: "huge" }, /^Do not retry: .*size/],
    ["no argument", "draw_image", {}, /prompt/],
    ["a count above the most", "draw_image", { prompt: PROMPT, count: 11 }, /count/],
  ])("%s is an error that says so, and nothing is sent", async (_, name, args, words) => {
    const opened = await openGateway();
    const client = await connectBy(way, opened);
    const result = await client.callTool({ name, arguments: args });
    expect([result.isError, textsOf(result).length]).toEqual([true, 1]);
    const [text = ""] = textsOf(result);
    expect(text).toMatch(words);
    expect(text.length).toBeLessThan(600);
    for (const secret of [API_KEY, PROMPT, "heron heron"]) expect(text).not.toContain(secret);
    expect(opened.sandbox.counts().received).toBe(0);
  });

  it("a picture above the most that one may cost is an error, and is not sent twice", async () => {
    const opened = await openGateway({}, {}, { imagePrices: () => 600 });
    const client = await connectBy(way, opened);
    const draw = { name: "draw_image", arguments: { prompt: PROMPT } };
    for (const result of [await client.callTool(draw), await client.callTool(draw)]) {
      expect(result.isError).toBe(true);
      expect(textsOf(result)[0]).toMatch(/^Do not retry: .*512 .* cheaper model/);
    }
    expect(opened.sandbox.counts().received).toBe(1);
  });

  it("a server in trouble is an error that says when to call again", async () => {
    const opened = await openGateway({}, { maxRetries: 0 });
    opened.sandbox.fault({ kind: "rateLimit", retryAfterSeconds: 7 }, { times: 5 });
    const client = await connectBy(way, opened);
    const result = await client.callTool({ name: "ask_model", arguments: { prompt: PROMPT } });
    expect(textsOf(result)[0]).toMatch(/^Retry after \d+ s: /);
  });

  it("a wrong key is an error without the key", async () => {
    const opened = await openGateway({}, {}, { apiKeys: ["another"] });
    const client = await connectBy(way, opened);
    const [text] = textsOf(await client.callTool({ name: "ask_model", arguments: { prompt: PROMPT } }));
    expect(text).toMatch(/^Do not retry: /);
    expect(text).not.toContain(API_KEY);
  });

  it("no log has a prompt or the key", async () => {
    const opened = await openGateway();
    const client = await connectBy(way, opened);
    await client.callTool({ name: "ask_model", arguments: { prompt: PROMPT } });
    await client.callTool({ name: "draw_image", arguments: { prompt: PROMPT, model: "gpt-99" } });
    const lines = JSON.stringify(opened.lines);
    for (const secret of [API_KEY, PROMPT, "heron"]) expect(lines).not.toContain(secret);
    expect(opened.lines.filter(({ message }) => message === "call").length).toBeGreaterThan(0);
  });
});

it("where no model is known, the call has to name one", async () => {
  const rule = { id: "models", kind: "allowedModels", models: ["gpt-4o"], evidence } as const;
  const laplas = createLaplas({ apiKey: "none", ledger: "memory", tier: { name: "own", title: "Own", rules: [rule] } });
  onTestFinished(() => laplas.close());
  const { client } = await connectStdio(laplas);
  const { tools } = await client.listTools();
  expect(tools[0]?.description).toContain("No image model is known here.");
  const result = await client.callTool({ name: "draw_image", arguments: { prompt: "a cat" } });
  expect(textsOf(result)).toEqual(['Do not retry: No image model is known here. Name one as "model".']);
});

it("pauses are whole seconds, and at least one", () => {
  const words = (retryAfterMs: number) =>
    textsOf(toolError(new RetryableLimitError("busy", "Wait.", { retryAfterMs }), { now: Date.now }))[0];
  expect([0, 1_001, 2_000].map(words)).toEqual([
    "Retry after 1 s: Wait.",
    "Retry after 2 s: Wait.",
    "Retry after 2 s: Wait.",
  ]);
});

it("of a defect only the kind is told, and the log hears of it", () => {
  const heard: unknown[] = [];
  const defect = new RangeError(`the prompt was ${PROMPT}`);
  const result = toolError(defect, { now: Date.now, onDefect: (error) => void heard.push(error) });
  expect(textsOf(result)[0]).toBe(
    "Do not retry: laplas failed in a way it did not expect (RangeError). This is a defect of laplas.",
  );
  expect(heard).toEqual([defect]);
});
