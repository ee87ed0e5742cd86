import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ChatLaplas, LaplasEmbeddings, LaplasImages } from "../index.js";
import { openWorld, rejection } from "../testing/open-world.js";

const SENTINEL = "of-another-vendor";

/** What other vendors' LangChain packages and SDKs read; a trap for programs that have several of them. */
const VARIABLES = [
  ...["OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "OPENAI_ORGANIZATION", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"],
  ...["OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_CUSTOM_HEADERS", "OPENAI_DEFAULT_HEADERS", "OPENAI_MODEL"],
  ...["AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_VERSION"],
  ...["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "ANTHROPIC_CUSTOM_HEADERS"],
  ...["GOOGLE_API_KEY", "GEMINI_API_KEY", "MISTRAL_API_KEY", "GROQ_API_KEY", "DEEPSEEK_API_KEY", "XAI_API_KEY"],
  ...["TOGETHER_AI_API_KEY", "VOYAGEAI_API_KEY", "OPENROUTER_API_KEY", "LITELLM_API_KEY", "HF_TOKEN"],
  ...["LANGSMITH_API_KEY", "LANGSMITH_GATEWAY", "LANGSMITH_GATEWAY_API_KEY", "LANGSMITH_GATEWAY_URL"],
];

beforeEach(() => {
  for (const name of VARIABLES) {
    // Addresses must look like some, or a client that used one would fail before it had sent anything there.
    const isAddress = /URL|BASE|ENDPOINT|GATEWAY$/.test(name);
    vi.stubEnv(
      name,
      isAddress ? `http://127.0.0.1:9/${SENTINEL}` : /HEADERS/.test(name) ? `x-${SENTINEL}: 1` : SENTINEL,
    );
  }
  // Traces are another matter than models: LangSmith may be on, but not here.
  vi.stubEnv("LANGSMITH_TRACING", "false");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("variables of other vendors", () => {
  it("are sent by no call, and none changes where it goes", async () => {
    const { sandbox } = await openWorld();
    const fields = { apiKey: "our-own-key", baseURL: sandbox.baseURL, ledger: "memory" } as const;
    const chat = new ChatLaplas("gpt-4o-mini", fields);
    await chat.invoke("Hello");
    for await (const _ of await chat.stream("Hello"));
    await chat.streamEvents("Hello").output;
    await new LaplasEmbeddings("text-embedding-3-small", fields).embedQuery("Hello");
    await new LaplasImages("flux/schnell", fields).invoke("a fox");
    expect(sandbox.counts()).toMatchObject({ answered: 5, refused: 0 });
    expect(sandbox.used("our-own-key")).toBe(sandbox.used());
    const seen = JSON.stringify(sandbox.requests.map(({ headers, body, path }) => ({ headers, body, path })));
    expect(seen.toLowerCase()).not.toContain(SENTINEL);
    const names = new Set(sandbox.requests.flatMap(({ headers }) => Object.keys(headers)));
    for (const name of names) expect(name).not.toMatch(/^openai-|^anthropic-|^x-stainless|^x-api-key|^langsmith/);
  });

  it("are not even read, but for LangSmith's, which LangChain asks whether to trace", async () => {
    const { sandbox } = await openWorld();
    const { env } = process;
    const read = new Set<string>();
    process.env = new Proxy(env, {
      get(target, name: string) {
        read.add(name);
        return target[name];
      },
    });
    onTestFinished(() => {
      process.env = env;
    });
    const fields = { apiKey: "reads-nothing", baseURL: sandbox.baseURL, ledger: "memory" } as const;
    await new ChatLaplas("gpt-4o-mini", fields).invoke("Hello");
    await new LaplasEmbeddings("text-embedding-3-small", fields).embedQuery("Hello");
    await new LaplasImages("flux/schnell", fields).invoke("a fox");
    expect(read).toContain("LAPLAS_TIER");
    expect(VARIABLES.filter((name) => read.has(name) && !name.startsWith("LANGSMITH_"))).toEqual([]);
  });

  it("stand in for no missing key, address or model", () => {
    vi.stubEnv("LAPLAS_API_KEY", "");
    vi.stubEnv("LAPLAS_BASE_URL", "");
    for (const make of [
      () => new ChatLaplas("gpt-4o-mini"),
      () => new LaplasEmbeddings("text-embedding-3-small"),
      () => new LaplasImages("flux/schnell"),
    ]) {
      expect(make).toThrow(/apiKey.*LAPLAS_API_KEY/);
    }
    const model = new ChatLaplas("gpt-4o-mini", { apiKey: "our-own-key", ledger: "memory" });
    expect(JSON.stringify([model, model._identifyingParams()])).not.toContain(SENTINEL);
    expect(() => new ChatLaplas({ apiKey: "our-own-key" })).toThrow(/"model" is missing/);
  });

  it("are told by no error", async () => {
    const { sandbox } = await openWorld({ apiKeys: ["another"] });
    const model = new ChatLaplas("gpt-4o-mini", { apiKey: "our-own-key", baseURL: sandbox.baseURL, ledger: "memory" });
    const error = (await rejection(model.invoke("Hello"))) as Error;
    expect(error).toMatchObject({ code: "authentication" });
    expect(`${error.message} ${error.stack}`).not.toContain(SENTINEL);
  });
});
