import { describe, expect, it, test } from "vitest";
import { windowsOf } from "../../account/windows.js";
import { InvalidOptionsError } from "../../errors/setup-errors.js";
import { evidence } from "../../testing/tier.js";
import type { Tier, TierDocument } from "../../tier/tier.js";
import { freeTier, playgroundTier } from "./laplas-tiers.js";
import { resolveTier } from "./resolve-laplas-tier.js";

/** A window as the first edition wrote it. */
const window = {
  id: "own",
  kind: "window",
  metric: "apiTokens",
  limit: 20,
  period: { type: "day" },
  evidence,
} as const;

function read(fields: object): { readonly tier: Tier; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const document = { name: "own", title: "Own", rules: [], ...fields } as unknown as TierDocument;
  return { tier: resolveTier(document, { warn: (text) => warnings.push(text) }), warnings };
}

/** The windows that bind a model, each as its meter, scope and limit. */
const windows = (tier: Tier, model: string): string[] =>
  windowsOf(tier, model).map(({ id, meter, scope }) => `${id} ${meter} ${scope}`);
const PRO = "gpt-4o";
const REGULAR = "gpt-4o-mini";
const proModels = ["gpt-4o-2024-08-06"];

describe("a tier document of the first edition", () => {
  test.each<[string, object, string[], string[]]>([
    ["per tier", { rules: [window] }, ["own credits account"], ["own credits account"]],
    [
      "of requests per model",
      { rules: [{ ...window, metric: "requests", per: "model" }] },
      ["own requests model"],
      ["own requests model"],
    ],
    ["of Pro models", { proModels, rules: [{ ...window, class: "pro" }] }, ["own credits pool"], []],
    ["of each Pro model", { proModels, rules: [{ ...window, per: "model", class: "pro" }] }, ["own credits model"], []],
    ["of regular models", { proModels, rules: [{ ...window, class: "regular" }] }, [], ["own credits pool"]],
    [
      "of each regular model",
      { proModels, rules: [{ ...window, per: "model", class: "regular" }] },
      [],
      ["own credits model"],
    ],
    [
      "of regular models, of which all are",
      { rules: [{ ...window, class: "regular" }] },
      ["own credits account"],
      ["own credits account"],
    ],
    ["of Pro models, of which there are none", { rules: [{ ...window, class: "pro" }] }, [], []],
    [
      "of the API, on the API",
      { rules: [{ ...window, surface: "api" }] },
      ["own credits account"],
      ["own credits account"],
    ],
    ["of the Playground, on the API", { rules: [{ ...window, surface: "playground" }] }, [], []],
    ["of the API, in the Playground", { surface: "playground", rules: [{ ...window, surface: "api" }] }, [], []],
    [
      "of both",
      { surface: "playground", rules: [{ ...window, surface: "both" }] },
      ["own credits account"],
      ["own credits account"],
    ],
  ])("keeps the meaning of a window %s", (_, fields, pro, regular) => {
    const { tier } = read(fields);
    expect(windows(tier, PRO)).toEqual(pro);
    expect(windows(tier, REGULAR)).toEqual(regular);
    // What binds nothing is not shown either.
    const bound = new Set([...pro, ...regular].map((text) => text.split(" ")[0]));
    expect(new Set(tier.rules.map(({ id }) => id))).toEqual(bound);
  });

  test.each<[string, object, string[], string[]]>([
    ["with all models regular", { surface: "playground" }, ["daily_requests"], ["daily_requests"]],
    ["with Pro models", { proModels }, [], ["daily_requests"]],
    ["on the API", { surface: "api" }, [], []],
    ["on the API with Pro models", { surface: "api", proModels }, [], []],
  ])("that extends the Playground binds its requests as then: %s", (_, fields, pro, regular) => {
    const { tier } = read({ extends: "playground", ...fields });
    const requests = (model: string) => windowsOf(tier, model).filter(({ meter }) => meter === "requests");
    expect(requests(PRO).map(({ id }) => id)).toEqual(pro);
    expect(requests(REGULAR).map(({ id, scope, limit }) => [id, scope, limit])).toEqual(
      regular.map((id) => [id, "model", 10]),
    );
    expect(tier.rules).toEqual(expect.arrayContaining([...freeTier.rules]));
  });

  it("replaces an inherited rule by one that binds nothing on its surface", () => {
    const rules = [{ ...window, id: "daily_api_tokens", surface: "playground" }];
    expect(windows(read({ extends: "free", rules }).tier, REGULAR)).toEqual([]);
  });

  it("replaces the Playground's own rule", () => {
    const rules = [{ ...window, id: "daily_requests", metric: "requests", limit: 5 }];
    const { tier } = read({ extends: "playground", proModels, rules });
    expect(tier.rules.filter(({ id }) => id === "daily_requests")).toMatchObject([{ limit: 5, scope: "account" }]);
  });

  it("warns of a rule of another surface by its id: without that word it would bind calls", () => {
    const rules = [{ ...window, surface: "api" }];
    expect(read({ surface: "playground", rules }).warnings.join()).toContain(
      `Instead of "${window.id}" with "surface": "api" write nothing: that rule binds no call here.`,
    );
  });

  it("warns once, and names what to write", () => {
    const rules = [
      { ...window, per: "tier", surface: "both" },
      { ...window, id: "pro", per: "model", class: "pro" },
    ];
    expect(read({ surface: "api", proModels, rules }).warnings).toEqual([
      [
        'The tier "own" is written in words of the first edition, which the next minor version no longer reads.',
        'Instead of "surface": "api" write nothing: the Playground is the tier "playground".',
        'Instead of "proModels" write "models" of a rule.',
        'Instead of "metric": "apiTokens" write "meter": "credits".',
        'Instead of "per": "tier" write "scope": "account".',
        'Instead of "surface": "both" write nothing: the Playground is the tier "playground".',
        'Instead of "per": "model" write "scope": "model".',
        'Instead of "class": "pro" write "models": ["gpt-4o-2024-08-06"].',
      ].join(" "),
    ]);
  });

  test.each<[object, string]>([
    [{ rules: [{ ...window, limit: -1 }] }, "rules[0].limit must be at least 0."],
    [{ rules: [window, { ...window, id: "b", metric: "words" }] }, "rules[1].meter must be requests or"],
    [{ rules: [{ ...window, class: "premium" }] }, "rules[0].class is not a known field."],
    [{ rules: [{ ...window, per: "key" }] }, "rules[0].per is not a known field."],
    [{ rules: [{ ...window, surface: "web" }] }, "rules[0].surface is not a known field."],
    [{ surface: "web" }, "surface is not a known field."],
    [{ proModels: "gpt-4o" }, "proModels is not a known field."],
    [{ surface: "api", rules: {} }, "rules must be a list."],
    [{ surface: "api", rules: [null] }, "rules[0] must be an object."],
  ])("that was wrong then is wrong now: %j", (fields, sentence) => {
    expect(() => read(fields)).toThrow(InvalidOptionsError);
    expect(() => read(fields)).toThrow(sentence);
  });

  it("is not changed", () => {
    const rules = Object.freeze([Object.freeze({ ...window, per: "model" })]);
    const document = Object.freeze({ name: "own", title: "Own", proModels: Object.freeze(proModels), rules });
    read(document);
    expect(rules).toEqual([{ ...window, per: "model" }]);
  });
});

it("a document of today is read as it is, without a word", () => {
  const { metric: _, ...rest } = window;
  const { tier, warnings } = read({ extends: "playground", rules: [{ ...rest, meter: "credits" }] });
  expect(warnings).toEqual([]);
  expect(tier.rules.slice(0, -1)).toEqual(playgroundTier.rules);
});
