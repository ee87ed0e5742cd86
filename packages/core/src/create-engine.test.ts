import { describe, expect, it, onTestFinished, test } from "vitest";
import { createEngine } from "./create-engine.js";
import type { Engine } from "./engine.js";
import { InvalidOptionsError } from "./errors/setup-errors.js";
import type { EngineOptions } from "./options.js";
import type { ProviderDocument } from "./provider/provider.js";
import type { ProviderSettings } from "./provider-settings.js";
import { rejection } from "./testing/engine.js";
import { serve } from "./testing/server.js";
import { evidence } from "./testing/tier.js";

const KEY = "own-key-71c05";
const document: ProviderDocument = {
  id: "own",
  title: "Own Provider",
  baseURL: "https://own.test/v1",
  tiers: [
    {
      name: "free",
      title: "Own free tier",
      rules: [{ id: "daily", kind: "window", meter: "requests", limit: 2, period: { type: "day" }, evidence }],
    },
  ],
  models: [{ id: "small", modality: "chat" }],
};

interface Seen {
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A server that answers every chat, and what it was sent. */
async function openServer(): Promise<{ readonly baseURL: string; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const baseURL = await serve(({ url, headers }, response) => {
    seen.push({ url, headers });
    const message = { role: "assistant", content: "Hello" };
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        id: "c",
        object: "chat.completion",
        created: 1,
        model: "small",
        choices: [{ index: 0, message, finish_reason: "stop" }],
        usage,
      }),
    );
  });
  return { baseURL, seen };
}

function open(settings: Partial<ProviderSettings> = {}, options: Partial<EngineOptions> = {}): Engine {
  const engine = createEngine({
    ledger: "memory",
    environment: {},
    ...options,
    providers: [{ document, ...settings }],
  });
  onTestFinished(() => engine.close());
  return engine;
}

const ask = { model: "small", messages: [{ role: "user" as const, content: "Hello" }] };

describe("an engine of a user's own provider", () => {
  it("calls it under its rules, and speaks of it alone", async () => {
    const { baseURL, seen } = await openServer();
    const engine = open({ baseURL });
    expect(engine.provider).toMatchObject({
      id: "own",
      title: "Own Provider",
      unit: { name: "tokens", field: "tokens" },
    });
    expect((await engine.models()).map(({ id }) => id)).toEqual(["small"]);
    const { laplas: report } = await engine.chat(ask);
    expect(report).toMatchObject({ tokens: 5 });
    expect(report).not.toHaveProperty("apiTokens");
    await engine.chat(ask);
    expect(await rejection(engine.chat(ask))).toMatchObject({ code: "daily_quota", rule: "daily" });
    expect(await rejection(engine.chat({ ...ask, model: "gpt-4o" }))).toMatchObject({ code: "model_not_on_tier" });
    expect(seen).toHaveLength(2);
  });

  it("sends no authorization where the document has no variable of a key", async () => {
    const { baseURL, seen } = await openServer();
    const environment = { LAPLAS_API_KEY: "of-laplas", LAPLAS_BASE_URL: "https://laplas.test/v1", LAPLAS_TIER: "paid" };
    await open({ baseURL }, { environment }).chat(ask);
    expect(seen[0]?.headers).not.toHaveProperty("authorization");
  });

  it("sends the key of the document's own variable, and its headers to its paths", async () => {
    const { baseURL, seen } = await openServer();
    const own = { ...document, keyVariable: "OWN_KEY", headers: { "X-Team": "blue" }, paths: { chat: "/talk" } };
    await open({ document: own, baseURL }, { environment: { OWN_KEY: KEY, LAPLAS_API_KEY: "of-laplas" } }).chat(ask);
    await open({ document: own, baseURL, apiKey: "given" }, { environment: { OWN_KEY: KEY } }).chat(ask);
    expect(seen.map(({ url }) => url)).toEqual(["/v1/talk", "/v1/talk"]);
    expect(seen.map(({ headers }) => [headers.authorization, headers["x-team"]])).toEqual([
      [`Bearer ${KEY}`, "blue"],
      ["Bearer given", "blue"],
    ]);
  });

  it("reads no variable but those that the document names, and two that hold for all", () => {
    const OF_ALL = ["LAPLAS_CONTINUE_AT_CAP", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"];
    const asked: string[] = [];
    const environment = new Proxy({ OWN_KEY: KEY, OWN_ACCOUNT: "a-1" } as Record<string, string>, {
      get: (target, name) => {
        asked.push(String(name));
        return target[String(name)];
      },
    });
    const own = {
      ...document,
      keyVariable: "OWN_KEY",
      baseURL: "https://own.test/{id}",
      variables: { id: "OWN_ACCOUNT" },
    };
    open({ document: own }, { environment });
    expect(new Set(asked)).toEqual(new Set(["OWN_KEY", "OWN_ACCOUNT", ...OF_ALL]));
    asked.length = 0;
    createEngine({ providers: [{ document: own }], environment });
    expect(new Set(asked)).toEqual(new Set(["OWN_KEY", "OWN_ACCOUNT", "LAPLAS_LEDGER", ...OF_ALL]));
  });

  it("has a tier of the user's own, which may extend the document's, and models beside the document's", async () => {
    const tier = {
      name: "half",
      title: "Half",
      extends: "free",
      rules: [{ id: "one", kind: "concurrency", limit: 1, evidence }],
    } as const;
    const engine = open({ tier, models: [{ id: "large", modality: "chat" }] });
    expect(engine.tier.rules.map(({ id }) => id)).toEqual(["daily", "one"]);
    expect((await engine.models()).map(({ id }) => id)).toEqual(["small", "large"]);
  });
});

describe("an engine of laplas", () => {
  it("reads laplas's variables, and is what createLaplas makes", () => {
    const environment = { LAPLAS_API_KEY: KEY, LAPLAS_TIER: "playground" };
    const engine = open({ document: "laplas" }, { environment });
    expect(engine.provider).toMatchObject({ id: "laplas", unit: { field: "apiTokens" } });
    expect(engine.tier.name).toBe("playground");
    expect(engine.findModel("gpt-4o")).toMatchObject({ kind: "model" });
  });
});

describe("wrong options", () => {
  const second = { ...document, id: "second", baseURL: "https://second.test/v1" };
  const keyed = { ...document, keyVariable: "OWN_KEY" };
  test.each<[object, RegExp]>([
    [{ providers: undefined }, /^Option "providers" must be a list/],
    [{ providers: [] }, /^Option "providers" must be a list/],
    [{ providers: ["laplas"] }, /^Option "providers\[0\]" must be an object/],
    [
      { providers: [{ document, tiers: "free" }] },
      /^There is no option of providers\[0\] "tiers"\. Options are document, apiKey/,
    ],
    [
      { providers: [{ document }], apiKey: KEY },
      /^There is no option "apiKey"\. Options are ledger, .*providers, routes, training\.$/,
    ],
    [{ providers: [{}] }, /^The provider document is not valid:\n/],
    [
      { providers: [{ document: { ...document, tiers: [] } }] },
      /^The provider document "own" is not valid:\ntiers must not be empty\.$/,
    ],
    [
      { providers: [{ document: keyed }] },
      /^Option "providers\[0\]\.apiKey" \(OWN_KEY\) is missing\. Give the key of your Own Provider account/,
    ],
    [{ providers: [{ document: "laplas" }] }, /^Option "providers\[0\]\.apiKey" \(LAPLAS_API_KEY\) is missing/],
    [{ providers: [{ document, apiKey: `${KEY} ` }] }, /^Option "providers\[0\]\.apiKey" holds characters/],
    [{ providers: [{ document, baseURL: "own" }] }, /^Option "providers\[0\]\.baseURL" is "own", but must be/],
    [
      { providers: [{ document, tier: "pro" }] },
      /^Option "providers\[0\]\.tier" is "pro", but must be one of free, a file/,
    ],
    [{ providers: [{ document, models: [{}] }] }, /^Option "providers\[0\]\.models": /],
    [
      { providers: [{ document }, { document: { ...document, baseURL: "https://second.test/v1" } }] },
      /^Option "providers\[1\]" has the same id as "providers\[0\]", "own": a provider may be in an engine once/,
    ],
    [{ providers: [{ document }], training: "no" }, /^Option "training" is "no", but must be allowed or refused\.$/],
    [{ providers: [{ document }], routes: ["own/small"] }, /^Option "routes" must be an object/],
    [{ providers: [{ document }], routes: { "a/b": ["own/small"] } }, /^Option "routes" has the name "a\/b"/],
    [{ providers: [{ document }], routes: { fast: [] } }, /^Option "routes\.fast" must be a list of models/],
    [{ providers: [{ document }], routes: { fast: [7] } }, /^Option "routes\.fast\[0\]" is "7", but must be the name/],
    [
      { providers: [{ document }], routes: { fast: ["own/large"] } },
      /^Option "routes\.fast\[0\]" is "own\/large", but Own Provider has no such model\.$/,
    ],
    [
      { providers: [{ document }, { document: second }], routes: { fast: { models: ["grok/x"] } } },
      /^Option "routes\.fast\.models\[0\]" is "grok\/x", which no provider of this engine has\. Names are provider\/model; providers are own, second\.$/,
    ],
    [
      { providers: [{ document }], routes: { fast: { models: ["own/small"], order: "random" } } },
      /^There is no field "order" of "routes\.fast"\. Fields are models, training\.$/,
    ],
    [
      { providers: [{ document }, { document: { ...second, baseURL: "https://own.test/v2" } }] },
      /^Option "providers\[1\]" has the same origin as "providers\[0\]", "https:\/\/own\.test"/,
    ],
    [{ providers: [{ document }, { document: "laplas", baseURL: "https://own.test/other" }] }, /same origin/],
  ])("%j are refused at once, with the place and without the key", (options, text) => {
    let message = "";
    try {
      createEngine({ environment: {}, ...options } as EngineOptions);
    } catch (error) {
      expect(InvalidOptionsError.isInstance(error)).toBe(true);
      message = (error as Error).message;
    }
    expect(message).toMatch(text);
    expect(message).not.toContain(KEY);
  });
});
