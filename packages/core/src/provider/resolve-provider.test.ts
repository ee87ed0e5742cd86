import { describe, expect, it, test } from "vitest";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import { laplas, laplasDocument } from "../providers/laplas/laplas.js";
import { evidence } from "../testing/tier.js";
import type { ProviderDocument } from "./provider.js";
import { providerSchema } from "./provider-schema.js";
import { resolveProvider } from "./resolve-provider.js";

const SECRET = "sk-9f3b-never-print-this";
const window = {
  id: "daily",
  kind: "window",
  meter: "requests",
  limit: 20,
  period: { type: "day" },
  evidence,
} as const;
const tier = { name: "free", title: "Free", rules: [window] } as const;
const least: ProviderDocument = { id: "own", title: "Own", baseURL: "https://own.test/v1", tiers: [tier] };

/** A document that is right but for one thing. */
const withRule = (...rules: object[]): object => ({ tiers: [{ ...tier, rules }] });
const withUsage = (fields: object): object => {
  const windows = [{ meter: "requests", period: "day", remaining: "data.left" }];
  return { signals: { usageEndpoint: { path: "/key", windows, ...fields } } };
};
const withFailure = (fields: object): object => ({ signals: { failures: [{ kind: "quota", ...fields }] } });
const withHeader = (fields: object): object => {
  return {
    signals: { headers: [{ name: "x-left", tells: "remaining", meter: "requests", period: "day", ...fields }] },
  };
};

function messageOf(document: unknown, environment: Record<string, string> = {}): string {
  try {
    resolveProvider(document as ProviderDocument, { environment });
  } catch (error) {
    expect(InvalidOptionsError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
  throw new Error("was taken");
}

describe("a wrong document", () => {
  test.each<[object, string]>([
    // Fields.
    [{ title: undefined }, "title is missing."],
    [{ id: "My Provider" }, "id must be lower case letters, digits and -."],
    [{ modles: [] }, "modles is not a known field."],
    [{ lingerMs: -1 }, "lingerMs must be at least 0."],
    [{ tiers: [] }, "tiers must not be empty."],
    [{ tiers: {} }, "tiers must be a list."],
    [
      { keyVariable: SECRET },
      "keyVariable must be the name of an environment variable: capital letters, digits and _.",
    ],
    [
      { paths: { chat: "chat/completions" } },
      "paths.chat must begin with a slash, as in /chat/completions, and have neither query nor blanks.",
    ],
    [{ paths: { chats: "/chat" } }, "paths.chats is not a known field."],
    [
      { costPaths: [{ path: "usage..cost", usageCounts: "tokens" }] },
      "costPaths[0].path must be names of fields with dots between them, as in usage.total_tokens.",
    ],
    [{ costPaths: [{ path: "usage.cost", usageCounts: "money" }] }, "costPaths[0].usageCounts must be tokens or cost."],
    [
      { unknownRates: { chat: { input: -1, output: 1 }, embedding: { input: 1, output: 0 }, image: 1 } },
      "unknownRates.chat.input must be at least 0.",
    ],
    [
      { unit: { name: "neurons", field: "tokens" } },
      'unit.field is "tokens", which is for a provider that counts in nothing else: its name has to be "tokens" too.',
    ],
    [
      { terms: { training: { value: "maybe", source: "s", date: "2026-01-01" } } },
      "terms.training.value must be yes or no or unknown.",
    ],
    [
      { terms: { production: { value: "no", source: "s", date: "January" } } },
      "terms.production.date must be a date, like 2026-01-31.",
    ],
    // The address.
    [{ baseURL: "own.test" }, "baseURL must be an address, like https://api.example.com/v1."],
    [
      { baseURL: "http://own.test/v1" },
      "baseURL must begin with https: without it the key can be read on the way. Only this machine's own addresses can do without.",
    ],
    [
      { baseURL: "http://127.0.0.1.own.test/v1" },
      "baseURL must begin with https: without it the key can be read on the way. Only this machine's own addresses can do without.",
    ],
    [
      { baseURL: `https://me:${SECRET}@own.test/v1` },
      'baseURL holds a user or password. For the key there is "keyVariable".',
    ],
    [{ baseURL: `https://own.test/v1?key=${SECRET}` }, "baseURL must have neither query nor fragment."],
    [
      { baseURL: "https://own.test/{account}/v1" },
      'baseURL has the placeholder {account}, which "variables" does not have.',
    ],
    [{ baseURL: "https://own.test/{ACCOUNT}/v1" }, "baseURL has blanks, or a placeholder that is not like {account}."],
    [{ variables: { account: "ACCOUNT" } }, 'variables.account is no placeholder of "baseURL".'],
    [
      { baseURL: "https://own.test/{account}/v1", variables: { account: "OWN_ACCOUNT" } },
      "variables.account names the environment variable OWN_ACCOUNT, which is not set.",
    ],
    // Headers of requests.
    [{ headers: { "x-team": "" } }, "headers.x-team must be a header's value: one line of ASCII, not empty."],
    [
      { headers: { "x-team": `${SECRET}\n` } },
      "headers.x-team must be a header's value: one line of ASCII, not empty.",
    ],
    [{ headers: { "x team": SECRET } }, 'headers["x team"] is not the name of a header.'],
    [
      { headers: { Authorization: SECRET } },
      'headers.Authorization is a header that the engine sets itself. For the key there is "keyVariable".',
    ],
    // Models.
    [{ models: [] }, "models must not be empty."],
    [{ models: "all" }, "models must be a list or listed."],
    [{ models: [{ id: "m", modality: "video" }] }, "models[0].modality"],
    [{ models: [{ id: "m", modality: "chat", contextTokens: 0 }] }, "models[0].contextTokens must be more than 0."],
    [
      {
        models: [
          { id: "m", modality: "chat" },
          { id: "m", modality: "chat" },
        ],
      },
      'models[1] ("m"): "m" is already a name of "m".',
    ],
    // Tiers.
    [{ tiers: [tier, tier] }, "tiers[1].name is also the name of tiers[0]."],
    [{ tiers: [{ ...tier, extends: "free" }] }, "tiers[0].extends leads back to the tier itself."],
    [
      {
        tiers: [
          { ...tier, extends: "other" },
          { ...tier, name: "other", extends: "free" },
        ],
      },
      "tiers[0].extends leads back to the tier itself.\ntiers[1].extends leads back to the tier itself.",
    ],
    [{ tiers: [{ ...tier, extends: "pro" }] }, 'tiers[0].extends is "pro", but must be one of free.'],
    [{ defaultTier: "pro" }, 'defaultTier is "pro", but must be one of free.'],
    [
      { tiers: [{ ...tier, unit: { name: "credits", field: "credits" } }] },
      'tiers[0].unit differs from the document\'s "unit".',
    ],
    [{ tiers: [{ ...tier, surface: "api" }] }, "tiers[0].surface is not a known field."],
    // Rules.
    [withRule({ ...window, evidence: undefined }), "tiers[0].rules[0].evidence is missing."],
    [
      withRule({ ...window, evidence: { ...evidence, date: "soon" } }),
      "tiers[0].rules[0].evidence.date must be a date, like 2026-01-31.",
    ],
    [
      withRule({ ...window, evidence: { ...evidence, goodForDays: 0 } }),
      "tiers[0].rules[0].evidence.goodForDays must be more than 0.",
    ],
    [
      withRule(window, { ...window, id: "b" }, { ...window, id: "c", limit: -1 }),
      "tiers[0].rules[2].limit must be at least 0.",
    ],
    [withRule({ ...window, limit: 1.5 }), "tiers[0].rules[0].limit must be a whole number."],
    [withRule({ ...window, limits: 1 }), "tiers[0].rules[0].limits is not a known field."],
    [withRule({ ...window, kind: "quota" }), "tiers[0].rules[0].kind "],
    [
      withRule({ ...window, period: { type: "day", zone: "Mars/Olympus" } }),
      "tiers[0].rules[0].period.zone is not an IANA time zone, like UTC or Europe/Berlin.",
    ],
    [withRule(window, window), "tiers[0].rules[1].id is the same as that of rules[0]: two rules have the same id."],
    [
      withRule({ ...window, scope: "pool" }),
      'tiers[0].rules[0].scope is "pool", so the rule has to name the "models" of the pool.',
    ],
    [withRule({ ...window, scope: "model", models: [] }), "tiers[0].rules[0].models must not be empty."],
    [
      { models: [{ id: "m", modality: "chat" }], ...withRule({ ...window, scope: "model", models: ["m", "n"] }) },
      'tiers[0].rules[0].models[1] is "n", which is no model of this document.',
    ],
    [
      { models: [{ id: "m", modality: "chat" }], ...withRule({ ...window, scope: "model", models: ["!n-*"] }) },
      'tiers[0].rules[0].models[0] is "!n-*", which is no model of this document.',
    ],
    [
      { models: [{ id: "m", modality: "chat" }], ...withRule({ ...window, scope: "model", models: ["m", "!m"] }) },
      "tiers[0].rules[0].models leaves no model that the rule could bind.",
    ],
    // Signals.
    [withFailure({ kind: "broke" }), "signals.failures[0].kind must be quota or"],
    [withFailure({ status: 42 }), "signals.failures[0].status must be at least 100."],
    [withFailure({ status: [] }), "signals.failures[0].status must not be empty."],
    [withFailure({ pattern: "(" }), "signals.failures[0].pattern is not a regular expression: "],
    [
      withFailure({ pattern: "(a+)+b" }),
      "signals.failures[0].pattern can backtrack: it repeats a group that holds a repetition or alternatives.",
    ],
    [
      withFailure({ header: "x-limit", path: "error" }),
      'signals.failures[0].path is a second place to look in: a signal has either a "header" or a "path".',
    ],
    [withFailure({ header: "X-Limit" }), "signals.failures[0].header must be the name of a header, in lower case."],
    [withFailure({ unless: "(.)\\1" }), "signals.failures[0].unless refers back to a group, which can backtrack."],
    [
      withFailure({ until: { format: "seconds" } }),
      'signals.failures[0].until names no place of the time: it needs a "header", a "path" or a "pattern".',
    ],
    [withFailure({ until: { header: "retry-after" } }), "signals.failures[0].until.format is missing."],
    [
      withFailure({ until: { pattern: "in \\d{1,9}s", format: "seconds" } }),
      "signals.failures[0].until.pattern needs a group in parentheses: what it holds is the time.",
    ],
    [withHeader({ name: "X-Left" }), "signals.headers[0].name must be the name of a header, in lower case."],
    [withHeader({ tells: "reset" }), "signals.headers[0].format is missing: a reset has one of several."],
    [withHeader({ format: "seconds" }), "signals.headers[0].format has a meaning with a reset only."],
    [withHeader({ period: "week" }), "signals.headers[0].period must be minute or hour or day or month."],
    [
      { signals: { billingPattern: ".*/.*" } },
      "signals.billingPattern can backtrack: it has more than one repetition without a bound. Use bounds up to 100, as in \\d{1,9}.",
    ],
    [{ signals: { errorShapes: [[]] } }, "signals.errorShapes[0] must not be empty."],
    [
      withUsage({ path: "key" }),
      "signals.usageEndpoint.path must begin with a slash, as in /chat/completions, and have neither query nor blanks.",
    ],
    [withUsage({ windows: [] }), "signals.usageEndpoint.windows must not be empty."],
    [
      withUsage({ windows: [{ meter: "requests", period: "day", remaining: "left", scope: "model" }] }),
      "signals.usageEndpoint.windows[0].scope must be pool or account.",
    ],
    [
      withUsage({ windows: [{ meter: "requests", period: "day" }] }),
      "signals.usageEndpoint.windows[0].remaining is missing.",
    ],
    // Prices and terms.
    [{ listedPrices: [] }, "listedPrices must not be empty."],
    [
      { listedPrices: ["pricing prompt"] },
      "listedPrices[0] must be names of fields with dots between them, as in usage.total_tokens.",
    ],
    [
      { terms: { training: { value: "yes", note: "", source: "s", date: "2026-01-01" } } },
      "terms.training.note must not be empty.",
    ],
  ])("%j: %s", (fields, sentence) => {
    const message = messageOf({ ...least, ...fields });
    expect(message).toMatch(/^The provider document/);
    const [, ...lines] = message.split("\n");
    expect(lines.join("\n")).toContain(sentence);
    expect(lines.every((line) => line.endsWith(".") && !line.endsWith(".."))).toBe(true);
    expect(message).not.toContain(SECRET);
    if (sentence.endsWith(".")) expect(lines.join("\n")).toBe(sentence);
  });

  test.each([null, 5, "free", [], {}])("%j is none", (document) => expect(messageOf(document)).toMatch(/not valid:\n/));

  it("has all its faults told, up to twenty", () => {
    expect(messageOf({ ...least, id: 5, title: "", lingerMs: 0.5 }).split("\n")).toHaveLength(4);
    const rules = Array.from({ length: 25 }, (_, index) => ({ ...window, id: `r${index}`, limit: -1 }));
    expect(
      messageOf({ ...least, tiers: [{ ...tier, rules }] })
        .split("\n")
        .slice(-2),
    ).toEqual(["tiers[0].rules[19].limit must be at least 0.", "And 5 more."]);
  });
});

describe("the address", () => {
  const document = { ...least, baseURL: "https://own.test/{account}/v1/", variables: { account: "OWN_ACCOUNT" } };

  it("has its placeholders filled in, from the variables that the document names and from no other", () => {
    const asked: string[] = [];
    const environment = new Proxy({ OWN_ACCOUNT: "a-1" } as Record<string, string>, {
      get(target, name) {
        asked.push(String(name));
        return target[String(name)];
      },
    });
    expect(resolveProvider(document, { environment }).baseURL).toBe("https://own.test/a-1/v1");
    expect(asked).toEqual(["OWN_ACCOUNT"]);
  });

  test.each(["..", "a/b", "a?b", "evil.test#", "@evil.test", SECRET.repeat(9)])("takes no %j", (value) => {
    const message = messageOf(document, { OWN_ACCOUNT: value });
    expect(message).toMatch(/variables\.account names the environment variable OWN_ACCOUNT, which has characters/);
    expect(message).not.toContain(value);
  });

  it("needs no variable where another is used in its place", () => {
    expect(resolveProvider(document, { baseURL: "http://127.0.0.1:1/v1" }).baseURL).toBe("http://127.0.0.1:1/v1");
  });

  test.each(["http://127.0.0.1:8080/v1", "http://localhost/v1", "http://[::1]:1/v1", "https://own.test"])(
    "may be %s",
    (baseURL) => expect(resolveProvider({ ...least, baseURL }).baseURL).toBe(baseURL),
  );
});

describe("a document that is right", () => {
  it("gets every default", () => {
    const provider = resolveProvider(least);
    expect(provider).toMatchObject({
      keyVariable: undefined,
      headers: {},
      paths: { chat: "/chat/completions", embedding: "/embeddings", image: "/images/generations", models: "/models" },
      models: undefined,
      unit: { name: "tokens", field: "tokens" },
      costPaths: [{ path: "usage.total_tokens", usageCounts: "tokens" }],
      signals: { failures: [], headers: [], errorShapes: [["error.message"]] },
      lingerMs: 5_000,
      listedPrices: [],
      terms: {},
    });
    expect(provider.signals.usageEndpoint).toBeUndefined();
    expect(provider.defaultTier).toBe(provider.tiers[0]);
  });

  it("has tiers that extend each other, in whatever order, and rules by primary ids", () => {
    const own = { ...window, id: "own", scope: "model", models: ["short", "!Other*"] } as const;
    const models = [
      { id: "vendor/long", aliases: ["short"], modality: "chat" },
      { id: "Other", modality: "chat" },
    ] as const;
    const { tiers, defaultTier } = resolveProvider({
      ...least,
      models,
      tiers: [
        { name: "c", title: "C", extends: "b", rules: [{ ...window, limit: 1 }] },
        { name: "b", title: "B", extends: "free", rules: [own] },
        tier,
      ],
      defaultTier: "b",
    });
    expect(tiers.map(({ rules }) => rules.map(({ id }) => id))).toEqual([
      ["own", "daily"],
      ["daily", "own"],
      ["daily"],
    ]);
    expect(tiers[0]?.rules).toMatchObject([{ models: ["vendor/long", "!Other*"] }, { limit: 1 }]);
    expect(defaultTier).toBe(tiers[1]);
  });

  it("may say that answers tell no cost, where prices stand and what is left, and what a term leaves out", () => {
    const usageEndpoint = { path: "/key", windows: [{ meter: "requests", period: "day", remaining: "left" }] } as const;
    const term = { value: "yes", note: "by default", source: "s", date: "2026-01-01" } as const;
    const fields = { costPaths: [], listedPrices: ["price"], terms: { training: term } };
    const provider = resolveProvider({ ...least, ...fields, signals: { usageEndpoint } });
    expect(provider).toMatchObject({ ...fields, signals: { usageEndpoint } });
  });

  it("gives windows that it reports rows of their own, in tiers that extend another as well", () => {
    const minute = { ...window, id: "minute", period: { type: "minute" } } as const;
    const { meter } = window;
    const headers = [{ name: "x-left", tells: "remaining", meter, period: "day" }] as const;
    const tiers = [tier, { name: "more", title: "More", extends: "free", rules: [minute] }];
    const ownCounts = (signals: object) =>
      resolveProvider({ ...least, tiers, signals }).tiers.map(({ rules }) =>
        rules.map((rule) => rule.kind === "window" && rule.ownCount === true),
      );
    expect(ownCounts({ headers })).toEqual([[false], [true, false]]);
    expect(ownCounts({})).toEqual([[false], [false, false]]);
  });

  it("knows what it does not serve, in any case of letters", () => {
    const { findOffTier } = resolveProvider({
      ...least,
      notServed: [{ modality: "video", vendors: ["Acme"], models: [["Mover-1"]] }],
    });
    expect(findOffTier("mover-1")).toEqual({ name: "Mover-1", modality: "video" });
    expect(findOffTier("mover-2")).toBeUndefined();
  });

  it("may be dated in the future: clocks differ", () => {
    const rule = { ...window, evidence: { ...evidence, date: "2999-12-31", goodForDays: 30 } };
    expect(resolveProvider({ ...least, tiers: [{ ...tier, rules: [rule] }] }).tiers[0]?.rules[0]).toMatchObject({
      evidence: { date: "2999-12-31", goodForDays: 30 },
    });
  });

  it("has its headers in lower case, as the engine writes its own", () => {
    expect(resolveProvider({ ...least, headers: { "X-Team": "blue", "User-Agent": "own" } }).headers).toEqual({
      "x-team": "blue",
      "user-agent": "own",
    });
  });

  it("is not changed", () => {
    const before = structuredClone(least);
    resolveProvider(Object.freeze(least));
    expect(least).toEqual(before);
  });
});

describe("laplas's own document", () => {
  const written = JSON.parse(JSON.stringify(laplasDocument)) as ProviderDocument;

  it("passes the check, and survives being written down", () => {
    expect(providerSchema().safeParse(laplasDocument).error).toBeUndefined();
    expect(written).toEqual(laplasDocument);
  });

  it("becomes the same provider, but for the names off its tier, which have an index of their own", () => {
    const { findOffTier: _, ...resolved } = resolveProvider(written);
    const { findOffTier: __, ...builtIn } = laplas;
    expect(resolved).toEqual(builtIn);
  });
});
