import { describe, expect, it, onTestFinished } from "vitest";
import type { ModelEntryInput } from "../catalog/model-entry.js";
import { TOKEN_UNIT } from "../cost/meter.js";
import { createContext } from "../create-context.js";
import { listModels } from "../model-status.js";
import { resolveOptions } from "../options.js";
import { completeProvider } from "../provider/complete-provider.js";
import { API_KEY } from "../testing/engine.js";
import { serve } from "../testing/server.js";
import type { Tier } from "../tier/tier.js";
import { createFetch } from "./create-fetch.js";

const evidence = { source: "a test", date: "2026-01-01", status: "assumed" } as const;
const tier: Tier = {
  name: "acme-free",
  title: "Acme's free plan",
  unit: TOKEN_UNIT,
  rules: [{ id: "answers", kind: "maxOutputTokens", limit: 99, onExcess: "adjust", evidence }],
};

const MESSAGES = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hello" },
];

/** A provider that answers every chat, and lists what it is told to. */
async function setUp(list: object | undefined, models?: readonly ModelEntryInput[]) {
  const sent: Record<string, unknown>[] = [];
  const baseURL = await serve((request, response, body) => {
    if (request.method === "GET")
      return void response.writeHead(list === undefined ? 500 : 200).end(JSON.stringify(list));
    sent.push(JSON.parse(body) as Record<string, unknown>);
    const choices = [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }];
    response.end(JSON.stringify({ id: "1", object: "chat.completion", choices, usage: { total_tokens: 5 } }));
  });
  const document = { id: "acme", title: "Acme", baseURL, tiers: [] };
  const parts = { baseURL, models: undefined, findOffTier: () => undefined, tiers: [tier] } as const;
  const options = { apiKey: API_KEY, ledger: "memory", models } as const;
  const context = createContext(resolveOptions(options, completeProvider(document, parts)));
  onTestFinished(() => context.close());
  const warnings: string[] = [];
  context.listeners.add((event) => void (event.type === "warning" && warnings.push(event.message)));
  const fetch = createFetch(context);
  const ask = async (model: string): Promise<Response> =>
    fetch("http://laplas/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({ model, messages: MESSAGES }),
    });
  return { context, fetch, ask, sent, warnings };
}

const LIST = {
  data: [
    { id: "big-one", created: 1_700_000_000, owned_by: "Acme", context_window: 131_072 },
    { id: "claude-3-haiku-20240307" },
  ],
};

describe("an engine whose provider lists its models", () => {
  it("has them at /v1/models and in its list, with what the tier leaves of them, and none of laplas's", async () => {
    const { context, fetch } = await setUp(LIST);
    const response = await fetch("http://laplas/v1/models");
    const { data } = (await response.json()) as { data: object[] };
    expect(data).toHaveLength(2);
    expect(data[0]).toMatchObject({
      id: "big-one",
      created: 1_700_000_000,
      owned_by: "Acme",
      tier: "acme-free",
      context_length: 131_072,
      max_output_tokens: 99,
    });
    // Its list gives no date.
    expect(data[1]).toMatchObject({ created: 0 });
    expect((await listModels(context)).map(({ id }) => id)).toEqual(["big-one", "claude-3-haiku-20240307"]);
  });

  it("knows the list before its first call: others are refused, with a near name of its own", async () => {
    const { ask, sent } = await setUp(LIST);
    const refused = await ask("bigone");
    expect(refused.status).toBe(404);
    expect(await refused.text()).toMatch(/no model \\"bigone\\" in the catalog\. Did you mean big-one\?/);
    expect((await ask("gpt-4o-mini")).status).toBe(404);
    expect(sent).toEqual([]);
  });

  it("asks a model in OpenAI's shape, whatever laplas's catalog knows of its id, unless an entry says a dialect", async () => {
    const { ask, sent } = await setUp(LIST);
    expect((await ask("claude-3-haiku-20240307")).status).toBe(200);
    expect(sent).toEqual([{ model: "claude-3-haiku-20240307", messages: MESSAGES, max_tokens: 99 }]);
    const entry = { id: "claude-3-haiku-20240307", modality: "chat", dialect: "claude" } as const;
    const told = await setUp(LIST, [entry]);
    await told.ask(entry.id);
    expect(told.sent).toMatchObject([{ system: "Be brief.", messages: [{ role: "user" }] }]);
  });

  it("sends every id as it is while no list can be had, and says so once", async () => {
    const { ask, sent, warnings, fetch } = await setUp(undefined);
    expect((await ask("whatever")).status).toBe(200);
    expect((await ask("gpt-4o-mini-2024-07-18")).status).toBe(200);
    expect(sent.map(({ model }) => model)).toEqual(["whatever", "gpt-4o-mini-2024-07-18"]);
    expect(warnings.filter((text) => text.includes("list of models"))).toEqual([
      "Acme: its list of models could not be read (the server answered 500); ids are sent as they are.",
    ]);
    expect(await (await fetch("http://laplas/v1/models")).json()).toEqual({ object: "list", data: [] });
  });
});
