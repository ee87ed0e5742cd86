import { afterEach, describe, expect, it } from "vitest";
import { createSandbox, type PresetOptions, type PresetSandbox } from "../index.js";
import { chat, chats, request, weatherTool } from "../testing/preset-client.js";

/** Half a minute past noon in Los Angeles. */
const start = Date.UTC(2026, 10, 28, 20, 0, 30);
const model = "gemini-3.5-flash";
const question = "Where does the heron sleep?";

let sandbox: PresetSandbox;
afterEach(() => sandbox.close());

async function open(options: Partial<PresetOptions> = {}): Promise<PresetSandbox> {
  sandbox = await createSandbox({ preset: "gemini", clock: { start, frozen: true }, tokenSpread: 0, ...options });
  return sandbox;
}

/** Spends the day's 20 requests, five a minute. */
async function spendDay(): Promise<void> {
  for (let minute = 0; minute < 4; minute += 1) {
    expect(await chats(sandbox, 5)).toEqual([200, 200, 200, 200, 200]);
    sandbox.clock.advance(60_000);
  }
}

// biome-ignore lint/suspicious/noExplicitAny: bodies of every shape
const detailOf = (json: any, type: string) =>
  json[0].error.details.find((detail: { "@type": string }) => detail["@type"].endsWith(type));

it("answers without a header about limits", async () => {
  await open();
  const { status, headers } = await chat(sandbox);
  expect(status).toBe(200);
  expect([...headers.keys()].filter((name) => /rate|limit|retry|quota/.test(name))).toEqual([]);
});

describe("a minute of requests", () => {
  it("is the clock's: the sixth is refused with the time until the next minute", async () => {
    await open();
    expect(await chats(sandbox, 6)).toEqual([200, 200, 200, 200, 200, 429]);
    const { json, headers } = await chat(sandbox);
    expect(headers.get("retry-after")).toBeNull();
    expect(json[0].error).toMatchObject({ code: 429, status: "RESOURCE_EXHAUSTED" });
    expect(json[0].error.message).toMatch(
      /generate_content_free_tier_requests, limit: 5, model: gemini-3\.5-flash\nPlease retry in 30s\.$/,
    );
    expect(detailOf(json, "QuotaFailure").violations).toEqual([
      {
        quotaMetric: "generativelanguage.googleapis.com/generate_content_free_tier_requests",
        quotaId: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier",
        quotaDimensions: { location: "global", model },
        quotaValue: "5",
      },
    ]);
    expect(detailOf(json, "RetryInfo").retryDelay).toBe("30s");
    sandbox.clock.set(start + 29_999);
    expect((await chat(sandbox)).json[0].error.message).toMatch(/Please retry in 1ms\.$/);
    sandbox.clock.set(start + 30_000);
    expect(await chats(sandbox, 6)).toEqual([200, 200, 200, 200, 200, 429]);
  });

  it.each([
    ["bucket", 12_000],
    ["sliding", 60_000],
  ] as const)("may be a %s, which lets the next in after %i ms", async (minute, waitMs) => {
    await open({ minute });
    expect(await chats(sandbox, 6)).toEqual([200, 200, 200, 200, 200, 429]);
    sandbox.clock.set(start + waitMs - 1);
    expect((await chat(sandbox)).status).toBe(429);
    sandbox.clock.set(start + waitMs);
    expect(await chats(sandbox, 2)).toEqual([200, minute === "bucket" ? 429 : 200]);
  });

  it("is each model's own", async () => {
    await open();
    await chats(sandbox, 6);
    expect(await chats(sandbox, 11, { model: "models/gemini-2.5-flash-lite" })).toEqual([...Array(10).fill(200), 429]);
  });
});

describe("a day of requests", () => {
  it("lasts until midnight in Los Angeles, and says 36 s", async () => {
    await open();
    await spendDay();
    const { json } = await chat(sandbox);
    expect(detailOf(json, "QuotaFailure").violations).toMatchObject([
      { quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier", quotaValue: "20" },
    ]);
    expect(detailOf(json, "RetryInfo").retryDelay).toBe("36s");
    expect(json[0].error.message).toMatch(/Please retry in 36\.429760048s\.$/);
    sandbox.clock.set(Date.parse("2026-11-29T00:00:00Z"));
    expect((await chat(sandbox)).status).toBe(429);
    sandbox.clock.set(Date.parse("2026-11-29T07:59:59.999Z"));
    expect((await chat(sandbox)).status).toBe(429);
    sandbox.clock.set(Date.parse("2026-11-29T08:00:00.000Z"));
    expect((await chat(sandbox)).status).toBe(200);
  });

  it("begins an hour earlier by UTC in summer", async () => {
    await open({ clock: { start: Date.UTC(2026, 6, 28, 20), frozen: true } });
    await spendDay();
    sandbox.clock.set(Date.parse("2026-07-29T06:59:59.999Z"));
    expect((await chat(sandbox)).status).toBe(429);
    sandbox.clock.set(Date.parse("2026-07-29T07:00:00.000Z"));
    expect((await chat(sandbox)).status).toBe(200);
  });

  it("lists both where minute and day are used up", async () => {
    await open({ limits: { [model]: { requests_day: 5 } } });
    await chats(sandbox, 5);
    const { json } = await chat(sandbox);
    expect(detailOf(json, "QuotaFailure").violations).toHaveLength(2);
    expect(detailOf(json, "RetryInfo").retryDelay).toBe("36s");
    expect(sandbox.requests.at(-1)?.reason).toBe("requests_day requests_minute");
  });
});

describe("a minute of tokens", () => {
  it("counts prompts alone", async () => {
    // 7 tokens of the question, 7 around it.
    await open({ limits: { [model]: { input_minute: 28 } } });
    expect(await chats(sandbox, 3, { max_tokens: 5000 })).toEqual([200, 200, 429]);
    const { json } = await chat(sandbox);
    expect(detailOf(json, "QuotaFailure").violations).toMatchObject([
      {
        quotaMetric: "generativelanguage.googleapis.com/generate_content_free_tier_input_token_count",
        quotaId: "GenerateContentInputTokensPerModelPerMinute-FreeTier",
        quotaValue: "28",
      },
    ]);
    sandbox.clock.set(start + 30_000);
    expect((await chat(sandbox)).status).toBe(200);
  });

  it("never holds a prompt that is too long for it", async () => {
    await open();
    const long = { messages: [{ role: "user", content: "word ".repeat(201_000) }] };
    expect((await chat(sandbox, long)).status).toBe(429);
    sandbox.clock.advance(600_000);
    expect((await chat(sandbox, long)).json[0].error.message).toMatch(/limit: 250000/);
    expect((await chat(sandbox)).status).toBe(200);
  });
});

it("a model outside the tier has limit 0, of which the first refusal is news", async () => {
  await open();
  const { status, json } = await chat(sandbox, { model: "gemini-2.5-pro" });
  expect(status).toBe(429);
  expect(json[0].error.message).toMatch(/free_tier_requests, limit: 0, model: gemini-2\.5-pro\n/);
  const [violation] = detailOf(json, "QuotaFailure").violations;
  expect(violation).not.toHaveProperty("quotaValue");
  await chat(sandbox, { model: "gemini-2.5-pro" });
  expect(sandbox.counts()).toMatchObject({ probe: 1, refused: 1 });
  const { json: list } = await request(sandbox, "/models");
  expect(list.data.map(({ id }: { id: string }) => id)).toContain("models/gemini-2.5-pro");
});

describe("its schema", () => {
  it.each([
    [
      { store: false, seed: 1 },
      'Unknown name "store": Cannot find field.\nInvalid JSON payload received. Unknown name "seed": Cannot',
    ],
    [{ frequency_penalty: 0 }, 'Unknown name "frequency_penalty": Cannot find field.'],
    [
      { tools: [{ ...weatherTool, function: { ...weatherTool.function, strict: true } }] },
      "Unknown name \"strict\" at 'tools[0].function': Cannot find field.",
    ],
    [
      {
        tools: [
          {
            type: "function",
            function: {
              name: "f",
              parameters: { type: "object", properties: { const: { type: "array", items: { const: 1 } } } },
            },
          },
        ],
      },
      "Unknown name \"const\" at 'tools[0].function.parameters.properties.const.items': Cannot find field.",
    ],
    [{ tools: [weatherTool, weatherTool] }, "Duplicate function declaration found: get_weather"],
    [{ messages: [{ role: "system", content: "Be brief" }] }, "contents is not specified"],
    [{ model: "gemma-3-27b-it", tools: [weatherTool] }, "Function calling is not enabled"],
  ])("refuses %j", async (extra, message) => {
    await open();
    const { status, json } = await chat(sandbox, extra);
    expect([status, json[0].error.status]).toEqual([400, "INVALID_ARGUMENT"]);
    expect(json[0].error.message).toContain(message);
  });

  it("takes any schema of a tool where that is known to hold", async () => {
    await open({ anyToolSchema: true });
    const parameters = { type: "object", properties: {}, additionalProperties: false, $schema: "x" };
    const tool = { type: "function", function: { name: "f", description: "d", parameters } };
    expect((await chat(sandbox, { tools: [tool] })).status).toBe(200);
  });
});

describe("calls of its later models", () => {
  const user = { role: "user", content: "What is the weather in Rome?" };
  const result = (id: string) => ({ role: "tool", tool_call_id: id, content: "Sunny" });
  const bare = { id: "call_1", type: "function", function: { name: "get_weather", arguments: '{"city":"Rome"}' } };

  it("are signed, and want the signature back in the running turn", async () => {
    await open();
    const first = await chat(sandbox, { messages: [user], tools: [weatherTool] });
    const { message } = first.json.choices[0];
    const [call] = message.tool_calls;
    expect(call.extra_content.google.thought_signature).toMatch(/./);
    const again = [user, { role: "assistant", tool_calls: [call] }, result(call.id)];
    expect((await chat(sandbox, { messages: again, tools: [weatherTool] })).status).toBe(200);
    const unsigned = [user, { role: "assistant", tool_calls: [bare] }, result("call_1")];
    const { status, json } = await chat(sandbox, { messages: unsigned, tools: [weatherTool] });
    expect(status).toBe(400);
    expect(json[0].error.message).toMatch(/missing a thought_signature in functionCall parts.*default_api:get_weather/);
    const past = [...unsigned, { role: "assistant", content: "Sunny" }, { role: "user", content: question }];
    expect((await chat(sandbox, { messages: past, tools: [weatherTool] })).status).toBe(200);
  });

  it("are signed in a stream too", async () => {
    await open();
    const { text } = await chat(sandbox, { messages: [user], tools: [weatherTool], stream: true });
    expect(text).toContain('"extra_content":{"google":{"thought_signature":');
  });

  it("earlier ones know no signatures", async () => {
    await open();
    const unsigned = [user, { role: "assistant", tool_calls: [bare] }, result("call_1")];
    const { status, json } = await chat(sandbox, { model: "gemini-2.5-flash", messages: unsigned });
    expect(status).toBe(200);
    expect(JSON.stringify(json)).not.toContain("thought_signature");
  });
});

it("words of a wrong key, of none, and of an unknown model", async () => {
  await open({ apiKeys: ["key"] });
  const wrong = await chat(sandbox, {}, "other");
  expect([wrong.status, wrong.json[0].error.details[0].reason]).toEqual([400, "API_KEY_INVALID"]);
  expect((await chat(sandbox, {}, "")).status).toBe(401);
  const unknown = await chat(sandbox, { model: "gemini-1.0-pro" });
  expect([unknown.status, unknown.json[0].error.status]).toEqual([404, "NOT_FOUND"]);
});
