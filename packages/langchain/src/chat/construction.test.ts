import { inspect } from "node:util";
import { load } from "@langchain/core/load";
import { afterEach, describe, expect, it, vi } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { LaplasEmbeddings } from "../embeddings/laplas-embeddings.js";
import { VERSION } from "../version.js";
import { ChatLaplas } from "./chat-laplas.js";

const KEY = "secret-key-0123456789";
const BASE = { apiKey: KEY, ledger: "memory", baseURL: "http://127.0.0.1:9/v1" } as const;

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("the constructor", () => {
  it("takes a model and fields, or fields", () => {
    expect(new ChatLaplas("gpt-4o-mini", { ...BASE, temperature: 0 })).toMatchObject({
      model: "gpt-4o-mini",
      temperature: 0,
    });
    expect(new ChatLaplas({ ...BASE, model: "gpt-4o" }).model).toBe("gpt-4o");
  });

  it("reads its key from LAPLAS_API_KEY and from no other variable", () => {
    vi.stubEnv("LAPLAS_API_KEY", "");
    vi.stubEnv("OPENAI_API_KEY", KEY);
    expect(() => new ChatLaplas({ ...BASE, apiKey: undefined, model: "gpt-4o" })).toThrow(/apiKey.*LAPLAS_API_KEY/);
    vi.stubEnv("LAPLAS_API_KEY", KEY);
    expect(() => new ChatLaplas({ ...BASE, apiKey: undefined, model: "gpt-4o" })).not.toThrow();
  });

  it.each([
    ["no model", {}, /"model"/],
    ["an empty model", { model: " " }, /"model"/],
    ["an address that is none", { model: "gpt-4o", baseURL: "localhost" }, /baseURL/],
    ["an unknown tier", { model: "gpt-4o", tier: "gold" as never }, /tier/],
    ["retries below zero", { model: "gpt-4o", maxRetries: -1 }, /maxRetries/],
    ["a timeout that is no number", { model: "gpt-4o", timeout: Number.NaN }, /timeout/],
  ])("refuses %s", (_, fields, message) => {
    expect(() => new ChatLaplas({ ...BASE, ...fields })).toThrow(message);
    expect(() => new ChatLaplas({ ...BASE, ...fields })).toThrow(expect.objectContaining({ code: "invalid_options" }));
  });

  it("states its version, and runs on the core that this run is for", () => {
    const { "@langchain/core": newest, "@langchain/core-oldest": oldest } = packageJson.devDependencies;
    const core = process.env.LANGCHAIN_CORE === "oldest" ? oldest.replace("npm:@langchain/core@", "") : newest;
    expect(VERSION).toBe(packageJson.version);
    expect(new ChatLaplas({ ...BASE, model: "gpt-4o" }).metadata).toEqual({
      versions: { "@laplas/langchain": VERSION, "@langchain/core": core },
    });
  });
});

describe("the key", () => {
  const models = () => [
    new ChatLaplas({ ...BASE, model: "gpt-4o-mini" }),
    new LaplasEmbeddings({ ...BASE, model: "text-embedding-3-small" }),
    new ChatLaplas({ ...BASE, model: "gpt-4o-mini" }).bindTools([]),
  ];

  it("is not printed", () => {
    for (const model of models()) {
      expect(inspect(model, { depth: 20, showHidden: true })).not.toContain(KEY);
      expect(JSON.stringify(model)).not.toContain(KEY);
    }
  });

  it("is a secret in what is serialised", () => {
    const written = JSON.parse(JSON.stringify(new ChatLaplas({ ...BASE, model: "gpt-4o-mini", temperature: 0.2 })));
    expect(written).toMatchObject({
      lc: 1,
      type: "constructor",
      id: ["langchain", "chat_models", "laplas", "ChatLaplas"],
      kwargs: {
        model: "gpt-4o-mini",
        temperature: 0.2,
        base_url: BASE.baseURL,
        api_key: { lc: 1, type: "secret", id: ["LAPLAS_API_KEY"] },
      },
    });
  });

  it("comes back with LangChain's load", async () => {
    const model = new ChatLaplas({ ...BASE, model: "gpt-4o-mini", maxTokens: 50, stop: ["END"] });
    const loaded = await load<ChatLaplas>(JSON.stringify(model), {
      secretsMap: { LAPLAS_API_KEY: KEY },
      optionalImportsMap: { "langchain/chat_models/laplas": { ChatLaplas } },
    });
    expect(loaded).toBeInstanceOf(ChatLaplas);
    expect(loaded).toMatchObject({ model: "gpt-4o-mini", maxTokens: 50, stop: ["END"], baseURL: BASE.baseURL });
  });

  it("is not among what caches and traces are told", () => {
    const model = new ChatLaplas({ ...BASE, model: "gpt-4o-mini" });
    const told = JSON.stringify([model._identifyingParams(), model.invocationParams(), model.getLsParams({} as never)]);
    expect(told).not.toContain(KEY);
    expect(model._identifyingParams()).toEqual({ model: "gpt-4o-mini", base_url: BASE.baseURL, tier: "free" });
  });
});

describe("what LangChain asks a model", () => {
  it("tells LangSmith exactly what it reads", () => {
    const model = new ChatLaplas({ ...BASE, model: "gpt-4o-mini", temperature: 0.3, maxTokens: 100 });
    expect(model.getLsParams({ stop: ["END"] } as never)).toEqual({
      ls_provider: "laplas",
      ls_model_name: "gpt-4o-mini",
      ls_model_type: "chat",
      ls_temperature: 0.3,
      ls_max_tokens: 100,
      ls_stop: ["END"],
    });
  });

  it("has a profile within the tier", () => {
    const profile = new ChatLaplas({ ...BASE, model: "gpt-4o-mini" }).profile;
    expect(profile).toMatchObject({
      maxOutputTokens: 512,
      imageInputs: false,
      toolCalling: true,
      maxInputTokens: 128_000,
    });
    expect(new ChatLaplas({ ...BASE, model: "gpt-4o-mini", tier: "paid" }).profile.maxOutputTokens).toBeUndefined();
    expect(new ChatLaplas({ ...BASE, model: "nobody-knows-it" }).profile.toolCalling).toBeUndefined();
  });
});
