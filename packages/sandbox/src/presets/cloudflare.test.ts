import { afterEach, describe, expect, it } from "vitest";
import { createSandbox, type PresetOptions, type PresetSandbox } from "../index.js";
import { chat, chats, request } from "../testing/preset-client.js";

const start = Date.UTC(2026, 10, 28, 12);
const midnight = Date.UTC(2026, 10, 29);
const large = "@cf/openai/gpt-oss-120b";
const little = "@cf/meta/llama-3.2-3b-instruct";

let sandbox: PresetSandbox;
afterEach(() => sandbox.close());

async function open(options: Partial<PresetOptions> = {}): Promise<PresetSandbox> {
  sandbox = await createSandbox({ preset: "cloudflare", clock: { start, frozen: true }, tokenSpread: 0, ...options });
  return sandbox;
}

/** 100,011 tokens of prompt: 3182 neurons of the large model. */
const long = { messages: [{ role: "user", content: "word".repeat(100_004) }], max_tokens: 1 };
const bare = { result: null, success: false, errors: [], messages: [] };

describe("a day of neurons", () => {
  it("is charged by model and token, without a header", async () => {
    await open();
    const { json, headers } = await chat(sandbox);
    const { prompt_tokens: prompt, completion_tokens: completion } = json.usage;
    const used = (prompt * 31_818 + completion * 68_182) / 1e6;
    expect(sandbox.windows(large)[0]?.used).toBeCloseTo(used, 9);
    expect([...headers.keys()].filter((name) => /rate|limit|retry/.test(name))).toEqual([]);
    const { json: other } = await chat(sandbox, { model: little });
    const more = (other.usage.prompt_tokens * 4625 + other.usage.completion_tokens * 30_475) / 1e6;
    expect(sandbox.windows(little)[0]?.used).toBeCloseTo(used + more, 9);
  });

  it("lets requests in while any remain, then none of the account until 00:00 UTC", async () => {
    await open();
    expect(await chats(sandbox, 5, long)).toEqual([200, 200, 200, 200, 429]);
    const { status, json, headers } = await chat(sandbox, { model: little });
    expect([status, json]).toEqual([429, bare]);
    expect(headers.get("retry-after")).toBeNull();
    expect(sandbox.requests.at(-1)?.reason).toBe("neurons_day");
    sandbox.clock.set(midnight - 1);
    expect((await chat(sandbox)).status).toBe(429);
    sandbox.clock.set(midnight);
    expect((await chat(sandbox)).status).toBe(200);
  });

  it("may be refused in the published words", async () => {
    await open({ refusals: "published" });
    await chats(sandbox, 4, long);
    const { json } = await chat(sandbox);
    expect(json.errors).toEqual([
      { code: 4006, message: expect.stringContaining("used up your daily free allocation of 10,000 neurons") },
    ]);
  });
});

it("a minute of 300 requests ends in the same bare 429", async () => {
  await open({ refusals: "published" });
  const statuses = await chats(sandbox, 300);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await chat(sandbox)).toMatchObject({ status: 429, json: bare });
  expect((await chat(sandbox, { model: little })).status).toBe(200);
  sandbox.clock.set(start + 59_999);
  expect((await chat(sandbox)).status).toBe(429);
  sandbox.clock.set(start + 60_000);
  expect((await chat(sandbox)).status).toBe(200);
});

describe("its answers", () => {
  const essay = { messages: [{ role: "user", content: "Write 2000 words about the sea." }] };

  it("end at 256 tokens unless max_tokens says otherwise; another name of the cap is overlooked", async () => {
    await open();
    const usual = await chat(sandbox, essay);
    expect(usual.json.choices[0].finish_reason).toBe("length");
    expect(usual.json.usage.completion_tokens).toBe(256);
    expect((await chat(sandbox, { ...essay, max_completion_tokens: 600 })).json.usage.completion_tokens).toBe(256);
    expect((await chat(sandbox, { ...essay, max_tokens: 600 })).json.usage.completion_tokens).toBe(600);
  });
});

describe("its schema", () => {
  it.each([
    [[{ role: "user", content: [{ type: "text", text: "Hi" }] }], "'/messages/0/content', 'array' not in 'string'"],
    [
      [
        { role: "user", content: "Hi" },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "1", content: "Sunny" },
      ],
      "'/messages/1/content', 'null' not in 'string'",
    ],
  ])("takes texts only: %#", async (messages, problem) => {
    await open();
    const { status, json } = await chat(sandbox, { messages });
    expect([status, json.success, json.errors[0].code]).toEqual([400, false, 5006]);
    expect(json.errors[0].message).toContain(problem);
  });

  it("overlooks unknown keys", async () => {
    await open();
    expect((await chat(sandbox, { store: false, foo: 1 })).status).toBe(200);
  });
});

it("has an account in its path, and a catalog of its own", async () => {
  await open({ apiKeys: ["key"] });
  expect(sandbox.baseURL).toMatch(/\/client\/v4\/accounts\/sandbox\/ai\/v1$/);
  const base = `${sandbox.url}/client/v4/accounts/0123abc/ai`;
  const { json } = await request(sandbox, `${base}/models/search`);
  expect(json.result.map(({ name }: { name: string }) => name)).toContain(large);
  expect((await request(sandbox, `${base}/v1/models`)).json.errors[0].code).toBe(7000);
  expect((await request(sandbox, `${sandbox.url}/client/v4/accounts//ai/models/search`)).status).toBe(404);
  expect((await chat(sandbox, {}, "other")).json.errors[0]).toMatchObject({ code: 10000 });
  expect((await chat(sandbox, { model: "@cf/none" })).json.errors[0].code).toBe(5007);
});
