import { afterEach, describe, expect, it } from "vitest";
import { createSandbox, type PresetOptions, type PresetSandbox } from "../index.js";
import { eventsOf } from "../testing/client.js";
import { chat, chats, request, weatherTool } from "../testing/preset-client.js";

const start = Date.UTC(2026, 10, 28, 12, 0, 30);
const large = "mistral-large-latest";
const small = "mistral-small-latest";

let sandbox: PresetSandbox;
afterEach(() => sandbox.close());

async function open(options: Partial<PresetOptions> = {}): Promise<PresetSandbox> {
  sandbox = await createSandbox({ preset: "mistral", clock: { start, frozen: true }, ...options });
  return sandbox;
}

const rates = (headers: Headers) => Object.fromEntries([...headers].filter(([name]) => name.startsWith("x-ratelimit")));

describe("its headers", () => {
  it("tell the minute of the model and what the request cost", async () => {
    await open();
    const { json, headers } = await chat(sandbox);
    const cost = json.usage.total_tokens;
    expect(rates(headers)).toEqual({
      "x-ratelimit-limit-req-minute": "50",
      "x-ratelimit-remaining-req-minute": "49",
      "x-ratelimit-limit-tokens-minute": "50000",
      "x-ratelimit-remaining-tokens-minute": String(50_000 - cost),
      "x-ratelimit-tokens-query-cost": String(cost),
    });
    expect(sandbox.windows(small).map(({ used }) => used)).toEqual([1, cost, cost]);
  });

  it("know only the prompt when a stream begins, of which the rest is charged at its end", async () => {
    await open();
    const { text, headers } = await chat(sandbox, { stream: true });
    const { usage } = JSON.parse(eventsOf(text).at(-2) ?? "");
    expect(headers.get("x-ratelimit-tokens-query-cost")).toBe(String(usage.prompt_tokens));
    expect(sandbox.windows(small)[1]?.used).toBe(usage.total_tokens);
  });
});

describe("a minute", () => {
  it("of requests is the clock's, by model; a refusal names its limit alone, and no wait", async () => {
    await open();
    expect(await chats(sandbox, 5, { model: large })).toEqual([200, 200, 200, 200, 429]);
    const { json, headers } = await chat(sandbox, { model: large });
    expect(json).toEqual({
      object: "error",
      message: "Rate limit exceeded",
      type: "rate_limited",
      param: null,
      code: "1300",
      raw_status_code: 429,
    });
    expect(rates(headers)).toEqual({ "x-ratelimit-limit-req-minute": "4", "x-ratelimit-remaining-req-minute": "0" });
    expect(headers.get("retry-after")).toBeNull();
    expect((await chat(sandbox, { model: small })).status).toBe(200);
    sandbox.clock.set(start + 29_999);
    expect((await chat(sandbox, { model: large })).status).toBe(429);
    sandbox.clock.set(start + 30_000);
    expect((await chat(sandbox, { model: large })).status).toBe(200);
  });

  it("of tokens holds prompts and answers", async () => {
    await open({ tokenSpread: 0 });
    const first = await chat(sandbox);
    const total = first.json.usage.total_tokens;
    await sandbox.close();
    await open({ tokenSpread: 0, limits: { [small]: { tokens_minute: total + 13 } } });
    expect(first.json.usage.prompt_tokens).toBe(14);
    expect(await chats(sandbox, 2)).toEqual([200, 429]);
    const { headers } = await chat(sandbox);
    expect(rates(headers)).toEqual({
      "x-ratelimit-limit-tokens-minute": String(total + 13),
      "x-ratelimit-remaining-tokens-minute": "13",
    });
    await sandbox.close();
    await open({ tokenSpread: 0, limits: { [small]: { tokens_minute: total + 14 } } });
    expect(await chats(sandbox, 3)).toEqual([200, 200, 429]);
  });
});

it("a month of tokens is the account's, and ends with the UTC month", async () => {
  await open({ limits: { "*": { tokens_month: 20 } } });
  expect((await chat(sandbox)).status).toBe(200);
  expect((await chat(sandbox, { model: large })).status).toBe(429);
  expect(sandbox.requests.at(-1)?.reason).toBe("tokens_month");
  sandbox.clock.set(Date.UTC(2026, 11, 1) - 1);
  expect((await chat(sandbox)).status).toBe(429);
  sandbox.clock.set(Date.UTC(2026, 11, 1));
  expect((await chat(sandbox)).status).toBe(200);
});

it("an account without a plan has limits of 0: the first refusal is news, each further one is not", async () => {
  await open({ limitZero: true });
  const { status, json, headers } = await chat(sandbox);
  expect([status, json.code]).toEqual([429, "1300"]);
  expect(rates(headers)).toMatchObject({
    "x-ratelimit-limit-req-minute": "0",
    "x-ratelimit-remaining-req-minute": "0",
  });
  sandbox.clock.advance(3_600_000);
  await chat(sandbox);
  expect(sandbox.counts()).toMatchObject({ probe: 1, refused: 1, answered: 0 });
  expect((await request(sandbox, "/models")).status).toBe(200);
});

describe("its schema", () => {
  const call = { id: "call_1234567890", type: "function", function: { name: "get_weather", arguments: "{}" } };
  const user = { role: "user", content: "Hi" };
  const asked = (id: string) => [
    user,
    { role: "assistant", content: "", tool_calls: [{ ...call, id }] },
    { role: "tool", tool_call_id: id, content: "Sunny" },
  ];

  it.each([
    [{ max_completion_tokens: 5 }, ["body", "max_completion_tokens"], 5],
    [{ seed: null }, ["body", "seed"], null],
    [{ stream: true, stream_options: { include_usage: true } }, ["body", "stream_options", "include_usage"], true],
    [{ messages: [{ ...user, name: "Ann" }] }, ["body", "messages", 0, "user", "name"], "Ann"],
    [
      { messages: [user, { role: "assistant", content: "Yes", reasoning_content: "Hm" }, user] },
      ["body", "messages", 1, "assistant", "reasoning_content"],
      "Hm",
    ],
  ])("has no room for %j: 422, with the place", async (extra, loc, input) => {
    await open();
    const { status, json } = await chat(sandbox, extra);
    expect(status).toBe(422);
    expect(json).toMatchObject({
      object: "error",
      type: "invalid_request_error",
      message: { detail: [{ type: "extra_forbidden", loc, msg: "Extra inputs are not permitted", input }] },
    });
  });

  it.each([
    [asked(call.id), "3280", "Tool call id was call_1234567890 but must be a-z, A-Z, 0-9, with a length of 9."],
    [[...asked("abcDEF123"), user], "3230", "Unexpected role 'user' after role 'tool'"],
    [
      [user, { role: "assistant", content: "Yes" }],
      "3230",
      "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
    ],
  ])("refuses a conversation %#: 400 with a code", async (messages, code, message) => {
    await open();
    const { status, json } = await chat(sandbox, { messages });
    expect([status, json.code, json.message]).toEqual([400, code, message]);
  });

  it("takes ids of nine characters, which are its own, and a prefix", async () => {
    await open();
    expect((await chat(sandbox, { messages: asked("abcDEF123") })).status).toBe(200);
    expect((await chat(sandbox, { messages: [user, { role: "assistant", content: "Ye", prefix: true }] })).status).toBe(
      200,
    );
    const { json } = await chat(sandbox, { tools: [weatherTool], tool_choice: "any" });
    expect(json.choices[0].message.tool_calls[0].id).toMatch(/^[a-zA-Z0-9]{9}$/);
  });
});

it("words of a wrong key and an unknown model", async () => {
  await open({ apiKeys: ["key"] });
  expect(await chat(sandbox, {}, "other")).toMatchObject({ status: 401, json: { detail: "Unauthorized" } });
  expect((await chat(sandbox, { model: "mistral-tiny" })).json).toMatchObject({
    message: "Invalid model: mistral-tiny",
    type: "invalid_model",
    code: "1500",
  });
});
