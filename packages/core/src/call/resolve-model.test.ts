import { describe, expect, it, test } from "vitest";
import { mergeModels } from "../catalog/merge-models.js";
import { type LaplasOptions, resolveOptions } from "../options.js";
import { completeProvider } from "../provider/complete-provider.js";
import { read } from "../testing/requests.js";
import { evidence, tierOf } from "../testing/tier.js";
import type { Rule } from "../tier/tier.js";
import { resolveModel, resolveName } from "./resolve-model.js";

const options = (more: LaplasOptions = {}) => resolveOptions({ apiKey: "key", tier: "free", ...more });
const find = (model: string, more: LaplasOptions = {}) => resolveModel(read("chat", { model }), options(more));

describe("the id that is sent", () => {
  test.each([
    ["gpt-4o-mini", "gpt-4o-mini", "gpt-4o-mini"],
    ["gpt-4o-mini-2024-07-18", "gpt-4o-mini-2024-07-18", "gpt-4o-mini"],
    ["claude 3 opus", "claude-3-opus-20240229", "claude-3-opus-20240229"],
  ])("for %s is %s, of the model %s", (name, id, model) => {
    expect(find(name)).toMatchObject({ id, model: { id: model } });
  });

  it("is the caller's own where unknown ids are sent", () => {
    expect(find("my/model", { unknownModels: "send" })).toEqual({ id: "my/model", model: undefined });
    expect(find("my/model", { models: [{ id: "my/model", modality: "chat" }] }).model?.id).toBe("my/model");
  });
});

describe("a name without a model", () => {
  test.each<[string, RegExp]>([
    [
      "gpt4o-mni",
      /^laplas free tier: there is no model "gpt4o-mni" in the catalog\. Did you mean gpt-4o-mini.*\? Option unknownModels: "send"/,
    ],
    [
      "my-own-model",
      /^laplas free tier: there is no model "my-own-model" in the catalog\. Option unknownModels: "send"/,
    ],
    ["veo2", /^laplas free tier: "veo2" is a video model\. Only chat, embedding and image models/],
  ])("%s is refused with the reason", (name, message) => {
    expect(() => find(name)).toThrow(message);
    expect(() => find(name)).toThrow(
      expect.objectContaining({ code: "model_not_on_tier", rule: "modalities", param: "model", retryable: false }),
    );
  });

  it("is offered no model that the tier refuses as well", () => {
    const evidence = { source: "a test", date: "2026-01-01", status: "assumed" } as const;
    const rule = { id: "kinds", kind: "allowedModalities", modalities: ["embedding"], evidence } as const;
    const tier = { name: "own", title: "Own tier", rules: [rule] };
    expect(() => find("gpt4o-mni", { tier })).toThrow(/in the catalog\. Option unknownModels/);
    expect(() => find("text-embedding-3-smal", { tier })).toThrow(/Did you mean text-embedding-3-small/);
  });

  it("is refused although unknown ids are sent, where it is known not to be on the tier", () => {
    expect(() => find("veo2", { unknownModels: "send" })).toThrow(/video model/);
  });
});

describe("a name of another provider's", () => {
  const baseURL = "http://upstream.test/v1";
  const models = mergeModels([], [{ id: "own/texts", modality: "embedding" }]);
  const other = (...rules: Rule[]) =>
    completeProvider(
      { id: "other", title: "Other", baseURL, paths: { embedding: "/vectors" }, tiers: [] },
      {
        baseURL,
        models,
        findOffTier: (name) => (name === "own/voice" ? { name, modality: "audio" } : undefined),
        tiers: [tierOf(...rules)],
      },
    );
  const ask = (model: string, ...rules: Rule[]) =>
    resolveModel(read("chat", { model }), resolveOptions({ apiKey: "key" }, other(...rules)));
  const kinds = { id: "texts_only", kind: "allowedModalities", modalities: ["chat", "embedding"], evidence } as const;

  it("is refused in the words of that tier's rules, and by their ids", () => {
    expect(() => ask("own/voice", kinds)).toThrow(
      expect.objectContaining({
        message: 'own tier: "own/voice" is an audio model. Only chat and embedding models can be called here.',
        rule: "texts_only",
      }),
    );
    expect(() => ask("no/model", kinds)).toThrow(expect.objectContaining({ rule: "texts_only" }));
  });

  it("is refused without a rule where there is none", () => {
    expect(() => ask("own/voice")).toThrow('own tier: "own/voice" is an audio model, and can\'t be called here.');
    expect(() => ask("own/voice")).toThrow(expect.not.objectContaining({ rule: expect.anything() }));
    // A rule for some models says nothing of the tier.
    const some = { ...kinds, models: ["own/texts"] };
    expect(() => ask("own/voice", some)).toThrow(expect.not.objectContaining({ rule: expect.anything() }));
    expect(() => ask("no/model")).toThrow(expect.not.objectContaining({ rule: expect.anything() }));
  });

  it("is asked at that provider's paths", () => {
    expect(() => ask("own/texts")).toThrow("it is asked at /vectors, not at /chat/completions.");
  });
});

describe("a model of another endpoint", () => {
  test.each([
    [
      "chat",
      "text-embedding-3-small",
      '"text-embedding-3-small" makes embedding answers: it is asked at /embeddings, not at /chat/completions.',
    ],
    [
      "embedding",
      "flux/schnell",
      '"flux/schnell" makes image answers: it is asked at /images/generations, not at /embeddings.',
    ],
    ["image", "gpt-4o", '"gpt-4o" makes chat answers: it is asked at /chat/completions, not at /images/generations.'],
  ] as const)("asked at %s is an invalid request", (endpoint, model, message) => {
    const request = read(endpoint, { model });
    expect(() => resolveModel(request, options())).toThrow(
      expect.objectContaining({ code: "invalid_request", param: "model", message }),
    );
    expect(resolveName(model, options())).toMatchObject({ id: model });
  });
});
