import { afterEach, describe, expect, it } from "vitest";
import { createSandbox, type PresetOptions, type PresetSandbox } from "../index.js";
import { chat, chats, request, weatherTool } from "../testing/preset-client.js";

const noon = Date.UTC(2026, 10, 28, 12);
const model = "openai/gpt-oss-120b";

let sandbox: PresetSandbox;
afterEach(() => sandbox.close());

async function start(options: Partial<PresetOptions> = {}): Promise<PresetSandbox> {
  sandbox = await createSandbox({ preset: "groq", clock: { start: noon, frozen: true }, tokenSpread: 0, ...options });
  return sandbox;
}

/** 7 tokens of the usual question, 4 of its message, 3 of the request. */
const prompt = 14;

describe("its headers", () => {
  it("are the day's requests and the minute's tokens, with spans of Go until all is back", async () => {
    await start();
    const { status, headers } = await chat(sandbox, { max_tokens: 96 });
    expect(status).toBe(200);
    const rates = [...headers].filter(([name]) => name.startsWith("x-ratelimit"));
    expect(Object.fromEntries(rates)).toEqual({
      "x-ratelimit-limit-requests": "1000",
      "x-ratelimit-remaining-requests": "999",
      "x-ratelimit-reset-requests": "1m26.4s",
      "x-ratelimit-limit-tokens": "8000",
      "x-ratelimit-remaining-tokens": String(8000 - prompt - 96),
      "x-ratelimit-reset-tokens": "825ms",
    });
    expect(headers.get("retry-after")).toBeNull();
  });

  it("leave each model its own counts", async () => {
    await start();
    await chat(sandbox, { max_tokens: 96 });
    const { headers } = await chat(sandbox, { model: "openai/gpt-oss-20b", max_tokens: 96 });
    expect(headers.get("x-ratelimit-remaining-requests")).toBe("999");
  });
});

describe("a minute of requests", () => {
  it("is a bucket of 30: the 31st is told the wait, and passes after it, not a millisecond before", async () => {
    await start();
    expect(await chats(sandbox, 30)).toEqual(Array(30).fill(200));
    const { status, json, headers } = await chat(sandbox);
    expect(status).toBe(429);
    expect(json.error).toMatchObject({ type: "requests", code: "rate_limit_exceeded" });
    expect(json.error.message).toContain(
      `Rate limit reached for model \`${model}\` in organization \`org_sandbox\` service tier \`on_demand\` on requests per minute (RPM): Limit 30, Used 30, Requested 1. Please try again in 2s.`,
    );
    expect(headers.get("retry-after")).toBe("2");
    sandbox.clock.set(noon + 1999);
    expect((await chat(sandbox)).status).toBe(429);
    sandbox.clock.set(noon + 2000);
    expect(await chats(sandbox, 2)).toEqual([200, 429]);
  });
});

describe("a minute of tokens", () => {
  it("holds prompt and max_tokens of each request, and prints the wait by them", async () => {
    await start();
    expect(await chats(sandbox, 2, { max_tokens: 3986 })).toEqual([200, 200]);
    const { status, json, headers } = await chat(sandbox, { max_tokens: 986 });
    expect(status).toBe(429);
    expect(json.error.type).toBe("tokens");
    expect(json.error.message).toContain(
      "on tokens per minute (TPM): Limit 8000, Used 8000, Requested 1000. Please try again in 7.5s.",
    );
    expect(headers.get("retry-after")).toBe("8");
    sandbox.clock.set(noon + 7499);
    expect((await chat(sandbox, { max_tokens: 986 })).status).toBe(429);
    sandbox.clock.set(noon + 7500);
    expect((await chat(sandbox, { max_tokens: 986 })).status).toBe(200);
  });

  it("refuses with 413 what never fits, one token over, and says a wait nevertheless", async () => {
    await start();
    const { status, json, headers } = await chat(sandbox, { max_tokens: 8000 - prompt + 1 });
    expect(status).toBe(413);
    expect(json.error).toMatchObject({ type: "tokens", code: "rate_limit_exceeded" });
    expect(json.error.message).toMatch(/^Request too large for model .* Limit 8000, Requested 8001, please reduce/);
    expect(headers.get("retry-after")).toBe("1");
    expect((await chat(sandbox, { max_tokens: 8000 - prompt })).status).toBe(200);
    expect((await chat(sandbox, { max_tokens: 8000 - prompt })).status).toBe(429);
  });

  it("keeps what was asked for and not used, unless there is a refund", async () => {
    const usedBy = async (refund: boolean): Promise<number | undefined> => {
      await start({ refund });
      const { json } = await chat(sandbox, { max_tokens: 1000 });
      expect(json.usage.total_tokens).toBeLessThan(100);
      const used = sandbox.windows(model).find(({ id }) => id === "tokens_minute")?.used;
      await sandbox.close();
      return refund && used === json.usage.total_tokens ? 0 : used;
    };
    expect(await usedBy(false)).toBe(1000 + prompt);
    expect(await usedBy(true)).toBe(0);
  });

  it("charges a request without a cap its prompt, then its answer", async () => {
    await start();
    const { json } = await chat(sandbox);
    expect(sandbox.windows(model).find(({ id }) => id === "tokens_minute")?.used).toBe(json.usage.total_tokens);
  });
});

describe("a day", () => {
  it("of tokens is a bucket too, told in the text alone", async () => {
    await start({ limits: { [model]: { tokens_minute: 300_000, requests_minute: 3000 } } });
    expect(await chats(sandbox, 4, { max_tokens: 49_986 })).toEqual([200, 200, 200, 200]);
    const { status, json, headers } = await chat(sandbox, { max_tokens: 1324 });
    expect(status).toBe(429);
    // 1338 tokens over, of 200,000 in 24 hours.
    expect(json.error.message).toContain(
      "on tokens per day (TPD): Limit 200000, Used 200000, Requested 1338. Please try again in 9m38.016s.",
    );
    expect(headers.get("retry-after")).toBe("579");
    // The headers know only the minute, which is no reason to refuse.
    expect(headers.get("x-ratelimit-limit-tokens")).toBe("300000");
    expect(Number(headers.get("x-ratelimit-remaining-tokens"))).toBeGreaterThan(1338);
    sandbox.clock.set(noon + 578_015);
    expect((await chat(sandbox, { max_tokens: 1324 })).status).toBe(429);
    sandbox.clock.set(noon + 578_016);
    expect((await chat(sandbox, { max_tokens: 1324 })).status).toBe(200);
  });

  it("of requests is 250 for compound", async () => {
    await start({ limits: { "groq/compound": { requests_minute: 3000 } } });
    const statuses = await chats(sandbox, 251, { model: "groq/compound" });
    expect(statuses.filter((status) => status === 200)).toHaveLength(250);
    expect((await chat(sandbox, { model: "groq/compound" })).json.error.message).toContain(
      "on requests per day (RPD): Limit 250, Used 250, Requested 1. Please try again in 5m45.6s.",
    );
  });
});

describe("its schema", () => {
  it.each([
    [{ logprobs: true }, "property 'logprobs' is unsupported"],
    [{ reasoning: {} }, "property 'reasoning' is unsupported"],
    [{ n: 2 }, "'n' : number must be at most 1"],
    [
      { messages: [{ role: "user", content: "Hi", name: "Ann" }] },
      "'messages.0' : for 'role:user' the following must be satisfied[('messages.0' : property 'name' is unsupported)]",
    ],
    [
      {
        messages: [
          { role: "user", content: "Hi" },
          { role: "assistant", content: "Yes", reasoning_content: "Hm" },
        ],
      },
      "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'reasoning_content' is unsupported)]",
    ],
    [{ response_format: { type: "json_object" } }, /must contain the word 'json'/],
    [
      { messages: [{ role: "user", content: "json" }], response_format: { type: "json_object" }, tools: [weatherTool] },
      /json mode cannot be combined with tool/,
    ],
    [{ model: "groq/compound", tools: [weatherTool] }, /not supported with this model/],
  ])("refuses %j", async (extra, message) => {
    await start();
    const { status, json } = await chat(sandbox, extra);
    expect([status, json.error.type]).toEqual([400, "invalid_request_error"]);
    expect(json.error.message).toMatch(message);
    expect(sandbox.counts()).toMatchObject({ answered: 0, refused: 1 });
    expect(sandbox.windows(model).every(({ used }) => used === 0)).toBe(true);
  });

  it("takes tools, both names of the cap, and what changes nothing", async () => {
    await start();
    const { status, json } = await chat(sandbox, {
      max_completion_tokens: 50,
      store: false,
      user: "Ann",
      tools: [weatherTool],
      messages: [{ role: "user", content: "What is the weather in Rome?" }],
    });
    expect(status).toBe(200);
    expect(json.choices[0].finish_reason).toBe("tool_calls");
    expect(json.x_groq).toBeDefined();
  });
});

it("words of a wrong key, model and path", async () => {
  await start({ apiKeys: ["key"] });
  expect(await chat(sandbox, {}, "other")).toMatchObject({
    status: 401,
    json: { error: { message: "Invalid API Key", type: "invalid_request_error", code: "invalid_api_key" } },
  });
  expect(await chat(sandbox, { model: "llama-3.3-70b-versatile" })).toMatchObject({
    status: 404,
    json: { error: { code: "model_not_found" } },
  });
  expect((await request(sandbox, "/responses", { body: {} })).json.error.code).toBe("unknown_url");
  const { json } = await request(sandbox, "/models");
  expect(json.data[0]).toMatchObject({ id: model, object: "model", active: true, context_window: 131_072 });
});
