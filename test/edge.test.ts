import { AsyncLocalStorage } from "node:async_hooks";
import { createContext, runInContext } from "node:vm";
import { createSandbox, type Sandbox } from "@laplas/sandbox";
import { type BuildOptions, build } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const here = import.meta.dirname;
/** As wrangler bundles. */
const WORKERS: BuildOptions = { platform: "browser", conditions: ["workerd", "worker"] };
/** For core alone: LangChain brings langsmith, whose modules without Node are named in a field that only browsers read. */
const NEUTRAL: BuildOptions = {
  platform: "neutral",
  mainFields: ["module", "main"],
  conditions: ["worker", "workerd"],
};

/** What a worker does with the packages: the bundle's exports, as functions that give JSON. */
interface Program {
  fetch(settings: object, word: string): Promise<number>;
  ask(settings: object): Promise<string>;
}

const CORE = `
  import { createLaplas } from "@laplas/core";
  let engine;
  const chat = (content) => ({ model: "gpt-4o-mini", messages: [{ role: "user", content }] });
  export async function fetch(settings, word) {
    engine ??= createLaplas(settings);
    const init = { method: "POST", body: JSON.stringify(chat("Repeat the word: " + word)) };
    const response = await engine.fetch("https://worker/v1/chat/completions", init);
    return response.status;
  }
  export async function ask(settings) {
    const own = createLaplas(settings);
    const answer = await own.chat(chat("Repeat the word: sea"));
    const { ledger } = await own.status();
    await own.close();
    return JSON.stringify({ text: answer.choices[0].message.content, ledger });
  }`;

const LANGCHAIN = `
  import { ChatLaplas, LaplasEmbeddings, LaplasImages } from "@laplas/langchain";
  export async function ask(settings) {
    const model = new ChatLaplas("gpt-4o-mini", settings);
    const { text } = await model.invoke("Repeat the word: sea");
    let streamed = "";
    for await (const chunk of await model.stream("Repeat the word: land")) streamed += chunk.text;
    const [vector] = await new LaplasEmbeddings({ model: "text-embedding-3-small", ...settings }).embedDocuments(["a"]);
    const pictures = await new LaplasImages({ model: "flux/schnell", ...settings }).invoke("an owl");
    return JSON.stringify({ text, streamed, dimensions: vector.length, pictures: pictures.length });
  }`;

async function bundle(contents: string, options: BuildOptions) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    write: false,
    metafile: true,
    format: "iife",
    globalName: "program",
    logLevel: "silent",
    ...options,
  });
  const imports = Object.values(metafile?.outputs ?? {}).flatMap((output) => output.imports.map(({ path }) => path));
  return { text: outputFiles?.[0]?.text ?? "", imports };
}

const requests = new AsyncLocalStorage<string>();
const realSignals = new WeakMap<object, AbortSignal>();

function real(signal: AbortSignal): AbortSignal {
  return realSignals.get(signal) ?? signal;
}

/** Cloudflare's rule (workerd 1.20260730): a signal belongs to the request it was made in, and is an error in any other. */
class BoundController {
  readonly #controller = new AbortController();
  readonly signal: AbortSignal;

  constructor() {
    const owner = requests.getStore();
    const check = (): void => {
      if (requests.getStore() !== owner) throw new Error("Cannot perform I/O on behalf of a different request.");
    };
    this.signal = new Proxy(this.#controller.signal, {
      get(target, key) {
        check();
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    realSignals.set(this.signal, this.#controller.signal);
  }

  abort(reason?: unknown): void {
    this.#controller.abort(reason);
  }
}

const BoundSignal = {
  any: (signals: readonly AbortSignal[]) => AbortSignal.any(signals.map(real)),
  abort: (reason?: unknown) => AbortSignal.abort(reason),
  timeout: (ms: number) => AbortSignal.timeout(ms),
};

/** A realm with the web's globals and nothing of Node's. */
function runOnEdge(text: string, more: Record<string, unknown> = {}): Program {
  const web = [
    ...["Blob", "File", "FormData", "Headers", "Request", "Response", "URL", "URLSearchParams", "DOMException"],
    ...["ReadableStream", "TransformStream", "WritableStream", "TextEncoder", "TextDecoder", "TextDecoderStream"],
    ...[
      "Event",
      "EventTarget",
      "atob",
      "btoa",
      "console",
      "crypto",
      "performance",
      "queueMicrotask",
      "structuredClone",
    ],
    ...["clearTimeout", "clearInterval"],
  ];
  const globals = Object.fromEntries(web.map((name) => [name, (globalThis as Record<string, unknown>)[name]]));
  const context = createContext({
    ...globals,
    AbortController: BoundController,
    AbortSignal: BoundSignal,
    fetch: (input: string, { signal, ...init }: RequestInit) =>
      fetch(input, { ...init, ...(signal ? { signal: real(signal) } : {}) }),
    // Numbers, as everywhere but on Node.
    setTimeout: (work: () => void, ms: number) => Number(setTimeout(work, ms)),
    setInterval: (work: () => void, ms: number) => Number(setInterval(work, ms)),
    ...more,
  });
  return runInContext(`${text}\nprogram`, context) as Program;
}

describe("in a worker, without Node", () => {
  let sandbox: Sandbox;
  let settings: Record<string, unknown>;

  beforeEach(async () => {
    sandbox = await createSandbox();
    settings = { apiKey: "k", baseURL: sandbox.baseURL, ledger: "memory" };
  });
  afterEach(() => sandbox.close());

  it.each([
    ["the conditions of workers", NEUTRAL],
    ["the platform of browsers", WORKERS],
  ])("core builds and runs, bundled by %s", async (_, options) => {
    const { text, imports } = await bundle(CORE, options);
    expect(imports).toEqual([]);
    const program = runOnEdge(text);
    const answer = await requests.run("one", () => program.ask(settings));
    expect(JSON.parse(answer)).toEqual({ text: "sea", ledger: "memory" });
  });

  it("LangChain's classes build and run", async () => {
    const { text, imports } = await bundle(LANGCHAIN, WORKERS);
    expect(imports).toEqual([]);
    const program = runOnEdge(text);
    const said = { text: "sea", streamed: "land", dimensions: 1_536, pictures: 1 };
    // The second request finds the engine of the first.
    for (const id of ["one", "two"]) {
      expect(JSON.parse(await requests.run(id, () => program.ask(settings)))).toEqual(said);
    }
    expect(sandbox.counts()).toMatchObject({ answered: 8, refused: 0 });
  });

  it("one engine serves many requests, and queues them", async () => {
    const program = runOnEdge((await bundle(CORE, WORKERS)).text);
    const words = ["one", "two", "three", "four"];
    const ask = (word: string): Promise<number> => requests.run(word, () => program.fetch(settings, word));
    expect(await ask("first")).toBe(200);
    expect(await Promise.all(words.map(ask))).toEqual([200, 200, 200, 200]);
    expect(sandbox.counts()).toMatchObject({ answered: 5, refused: 0 });
  });

  it("the default ledger is memory, said once, also where Node's modules are there in name only", async () => {
    const warnings: string[] = [];
    class DatabaseSync {
      constructor() {
        throw new TypeError("Illegal constructor");
      }
    }
    const process = {
      env: {},
      getBuiltinModule: (name: string) => (name === "node:sqlite" ? { DatabaseSync } : undefined),
      emitWarning() {
        throw new Error("A Node.js API is used (process.emitWarning) which is not supported in the Edge Runtime.");
      },
    };
    const console = { warn: (message: string) => warnings.push(message) };
    const program = runOnEdge((await bundle(CORE, WORKERS)).text, { process, console });
    const { ledger: _, ...rest } = settings;
    for (const id of ["one", "two"]) {
      const answer = await requests.run(id, () => program.ask(rest));
      expect(JSON.parse(answer)).toEqual({ text: "sea", ledger: "memory" });
    }
    expect(warnings).toEqual([expect.stringContaining("node:sqlite is not available here")]);
  });

  it("an address of Redis is refused in words: sockets are Node's", async () => {
    const program = runOnEdge((await bundle(CORE, WORKERS)).text);
    const asked = requests.run("one", () => program.ask({ ...settings, ledger: "redis://127.0.0.1:6379" }));
    await expect(asked).rejects.toMatchObject({ code: "invalid_options", message: /createRedisStore\(\{ client \}\)/ });
  });
});
