import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { createEngine, type Engine, type EngineOptions } from "@laplas/core";
import { gemini, groq, openrouter } from "@laplas/providers";
import { createSandbox, type PresetSandbox } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";

const KEYS = { groq: "groq-key-5e1f", gemini: "gemini-key-77ab", openrouter: "openrouter-key-c03d" };
const FACTORIES = { groq, gemini, openrouter };
type Name = keyof typeof KEYS;
const NAMES = Object.keys(KEYS) as Name[];
const MODELS: Readonly<Record<Name, string>> = {
  groq: "groq/openai/gpt-oss-120b",
  gemini: "gemini/gemini-2.5-flash",
  openrouter: "openrouter/openai/gpt-oss-120b:free",
};

/** Another origin, which writes down what it is sent. */
async function openElsewhere(): Promise<{ readonly url: string; readonly heard: IncomingHttpHeaders[] }> {
  const heard: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    heard.push(request.headers);
    response.setHeader("content-type", "application/json").end('{"object":"list","data":[]}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

async function openPool(
  more: Partial<EngineOptions> = {},
): Promise<{ readonly engine: Engine; readonly sandboxes: Readonly<Record<Name, PresetSandbox>> }> {
  const opened = await Promise.all(
    NAMES.map(async (preset) => [preset, await createSandbox({ preset, apiKeys: [KEYS[preset]] })] as const),
  );
  const sandboxes = Object.fromEntries(opened) as Record<Name, PresetSandbox>;
  onTestFinished(() => Promise.all(opened.map(([, sandbox]) => sandbox.close())).then(() => {}));
  const engine = createEngine({
    providers: NAMES.map((name) => FACTORIES[name]({ apiKey: KEYS[name], baseURL: sandboxes[name].baseURL })),
    routes: { fast: NAMES.map((name) => MODELS[name]) },
    ledger: "memory",
    environment: {},
    maxRetries: 0,
    ...more,
  });
  onTestFinished(() => engine.close());
  return { engine, sandboxes };
}

const ask = (engine: Engine, model: string) => engine.chat({ model, messages: [{ role: "user", content: "Hello" }] });

describe("the keys of a pool", () => {
  // The built-in client, and a `fetch` that would follow.
  it.each([
    ["undici", {}],
    ["fetch", { fetch: globalThis.fetch }],
  ])("are not taken elsewhere by redirects of calls, lists and reports of use (%s)", async (_, options) => {
    const elsewhere = await openElsewhere();
    const { engine, sandboxes } = await openPool(options);
    for (const status of [301, 302, 303, 307, 308] as const) {
      for (const sandbox of Object.values(sandboxes)) {
        sandbox.reset();
        sandbox.fault({ kind: "redirect", to: `${elsewhere.url}/v1`, status }, { times: 100, when: () => true });
      }
      for (const name of [...Object.values(MODELS), "fast", "auto"]) await ask(engine, name).catch(() => {});
      await engine.models();
      await engine.statuses();
    }
    expect(elsewhere.heard).toEqual([]);
    for (const sandbox of Object.values(sandboxes)) expect(sandbox.counts().received).toBeGreaterThan(0);
  });

  it("go to their own provider, and to no other", async () => {
    // Each takes its own key alone, and would refuse any other.
    const { engine, sandboxes } = await openPool();
    for (const name of NAMES) await ask(engine, MODELS[name]);
    for (const victim of NAMES) {
      sandboxes[victim].fault({ kind: "serverError" });
      await ask(engine, "fast");
    }
    await engine.models();
    await engine.statuses();
    for (const name of NAMES) {
      const { requests } = sandboxes[name];
      expect(requests.filter(({ outcome }) => outcome === "answered").length).toBeGreaterThan(0);
      expect(requests.filter(({ status }) => status === 401 || status === 403)).toEqual([]);
    }
  });

  it("are not spent: a model with a price is refused, and none of the free ones becomes it", async () => {
    const { engine, sandboxes } = await openPool();
    const price = { code: "model_not_on_tier", retryable: false };
    await expect(ask(engine, "openrouter/openai/gpt-oss-120b")).rejects.toMatchObject(price);
    await expect(ask(engine, "openrouter/anthropic/claude-sonnet-4.5")).rejects.toMatchObject(price);
    await ask(engine, "auto");
    const chats = sandboxes.openrouter.requests.filter(({ method }) => method === "POST");
    expect(chats.filter(({ model }) => model?.endsWith(":free") !== true)).toEqual([]);
  });

  it("are not used where somebody would have to pay: after a 402 the provider is asked no more, and it is said once", async () => {
    const said: string[] = [];
    const { engine, sandboxes } = await openPool({
      onEvent: (event) => {
        if (event.type === "upstream-off") said.push(event.type);
      },
    });
    sandboxes.groq.fault({ kind: "paymentRequired" });
    for (let call = 0; call < 3; call += 1) await ask(engine, "fast");
    await expect(ask(engine, MODELS.groq)).rejects.toMatchObject({ code: "payment_required" });
    await expect(ask(engine, "groq/openai/gpt-oss-20b")).rejects.toMatchObject({ code: "payment_required" });
    expect(sandboxes.groq.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
    expect(said).toEqual(["upstream-off"]);
  });
});
