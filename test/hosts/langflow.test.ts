import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { writeCatalog } from "../../scripts/langflow-catalog.ts";
import { rejection, rounded, sandboxVectors } from "../clients/open-gateway.ts";
import { freePort } from "./langflow/free-port.ts";
import { type Installed, installWheel, packageFolder } from "./langflow/install-wheel.ts";
import { openStage, type Stage } from "./langflow/open-stage.ts";
import { openWorker, type Worker, WorkerError } from "./langflow/open-worker.ts";
import { testReadme } from "./langflow/readme-tests.ts";
import { bringAbout, type Trouble, troubles } from "./langflow/troubles.ts";
import { until } from "./langflow/until.ts";
import { registerPytest } from "./pytest.ts";
import { openPython, pythonEnvironment } from "./python.ts";

const python = await openPython("langflow");
const run = promisify(execFile);

const COMPONENTS = [
  "LaplasChatComponent",
  "LaplasEmbeddingsComponent",
  "LaplasImageComponent",
  "LaplasTierStatusComponent",
];
const EXAMPLES = ["agent-with-image-tool", "chat", "rag", "status-fallback"];
const PICTURE = "http://pictures.invalid/cat.png";
const TOKEN = "the-token-of-langflow";
const PNG = "\x89PNG";

/** Until lfx, or Langflow with its database, is up or down on a machine that does other things too. */
const START_MS = 300_000;

let installed: Installed;
let stage: Stage;
let worker: Worker;
if (python !== undefined) {
  beforeAll(async () => {
    installed = await installWheel(python);
    stage = await openStage();
    worker = await openWorker(installed.command, { LAPLAS_GATEWAY_URL: stage.url });
  }, START_MS);
  afterAll(async () => {
    await worker?.close();
    await stage?.close();
    await installed?.remove();
  }, START_MS);
}

function troubleOf(name: string): Trouble {
  const found = troubles().find((trouble) => trouble.name === name);
  if (found === undefined) throw new Error(`there is no trouble "${name}"`);
  return found;
}

/** The exception that a case ends with, outermost first. */
async function raised(work: Promise<unknown>): Promise<WorkerError> {
  const error = await rejection(work);
  if (!(error instanceof WorkerError)) throw error;
  return error;
}

/** Runs `python -m lfx`, from the root: nothing of the checkout is found by chance. */
async function lfx(args: readonly string[], variables: Record<string, string> = {}) {
  const env = pythonEnvironment({ LAPLAS_GATEWAY_URL: stage.url, DO_NOT_TRACK: "true", ...variables });
  return run(installed.command, ["-m", "lfx", ...args], { cwd: "/", env }).then(
    ({ stdout }) => ({ stdout, code: 0 }),
    ({ stdout, code }: { stdout: string; code: number }) => ({ stdout, code }),
  );
}

const example = (name: string) =>
  fileURLToPath(new URL(`../../packages/langflow/src/lfx_laplas/flows/${name}.json`, import.meta.url));
const readExample = async (name: string): Promise<object> => JSON.parse(await readFile(example(name), "utf8"));

describe.skipIf(python === undefined)("the package lfx-laplas", () => {
  it("validates, its components imported", async () => {
    const { stdout, code } = await lfx([
      ...["extension", "validate", `${packageFolder}/src/lfx_laplas`],
      ...["--execute-imports", "--format", "json"],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, errors: [], warnings: [] });
    expect(code).toBe(0);
  });

  it("is found in a clean environment by its wheel", async () => {
    const { stdout } = await lfx(["extension", "list", "--format", "json"]);
    const { extensions, errors } = JSON.parse(stdout);
    expect(errors).toEqual([]);
    expect(extensions).toMatchObject([
      { id: "lfx-laplas", bundle: "laplas", slot: "@official", source_kind: "installed", load_status: "discovered" },
    ]);
    expect(extensions[0].extension_root).not.toContain(packageFolder);
  });

  it("loads without a warning", async () => {
    const components = COMPONENTS.map((name) => `ext:laplas:${name}@official`);
    expect(await worker.call("extension")).toEqual([
      { id: "lfx-laplas", ok: true, errors: [], warnings: [], components },
    ]);
  });

  it("has no warning of ruff's, and its format", async () => {
    if (python === undefined) return;
    const ruff = (...args: string[]) => python.run(["-m", "ruff", ...args, packageFolder]);
    expect(await ruff("check", "--no-cache")).toMatchObject({ code: 0 });
    expect(await ruff("format", "--no-cache", "--check")).toMatchObject({ code: 0 });
  });

  it("knows the models and codes of @laplas/core as they are", async () => {
    for (const { path, text } of await writeCatalog()) expect(await readFile(path, "utf8")).toBe(text);
  });

  it("has examples as their script writes them", async () => {
    const script = `${packageFolder}/scripts/example_flows.py`;
    const { stdout } = await run(installed.command, [script, "--check"], { env: pythonEnvironment() });
    expect(stdout).toBe("");
  });
});

// Without the variable the folder `langflow` beside this file would be the package of that name.
describe.skipIf(python === undefined)("pytest of packages/langflow", async () => {
  if (python !== undefined) await registerPytest(python, packageFolder, { PYTHONSAFEPATH: "1" });
});

describe.skipIf(python === undefined)("the provider", () => {
  it("offers the models of the package's own list, each once, while no gateway was asked", async () => {
    const { provider, rows } = await worker.call<{ provider: string; rows: [string, string][] }>("provider");
    expect(provider).toBe("Laplas");
    expect(new Set(rows.map(([id, type]) => `${type} ${id}`)).size).toBe(rows.length);
    expect(rows).toContainEqual(["gpt-4o-mini", "llm"]);
    expect(rows).toContainEqual(["text-embedding-3-small", "embeddings"]);
    expect(rows.map(([id]) => id)).not.toContain("flux/schnell");
  });

  it("offers what the gateway has, each model once, all of them switched on", async () => {
    const { laplas, visits } = await stage.play();
    const rows = await worker.call<{ name: string; default: boolean; tool_calling: boolean }[]>("live", {
      type: "llm",
    });
    const ids = (await laplas.models({ modality: "chat" })).map(({ id }) => id);
    expect(rows.map(({ name }) => name)).toEqual(ids);
    expect(rows.every((row) => row.default)).toBe(true);
    expect(rows.find(({ name }) => name === "gpt-4o-mini")?.tool_calling).toBe(true);
    expect(visits.map(({ path }) => path)).toEqual(["/v1/models"]);
  });

  it("has no live models where the gateway is gone, and raises nothing", async () => {
    expect(await worker.call("live", { type: "embeddings" })).toEqual([]);
  });

  it("checks its settings by one question to the gateway", async () => {
    const { visits } = await stage.play({ token: TOKEN });
    const variables = { LAPLAS_GATEWAY_URL: stage.url, LAPLAS_GATEWAY_TOKEN: TOKEN };
    await worker.call("settings", { variables });
    expect(visits).toMatchObject([{ path: "/v1/models", authorization: `Bearer ${TOKEN}`, status: 200 }]);
    const wrong = await raised(worker.call("settings", { variables: { ...variables, LAPLAS_GATEWAY_TOKEN: "?" } }));
    expect(wrong.chain[0]).toMatchObject({ type: "ValueError", message: expect.stringMatching(/^(?!Fatal).*token/) });
    const nowhere = await raised(worker.call("settings", { variables: { LAPLAS_GATEWAY_URL: "http://127.0.0.2:9" } }));
    expect(nowhere.message).toContain("Start it with: npx laplas serve");
    const missing = await raised(worker.call("settings", { variables: {} }));
    expect(missing.chain[0]).toMatchObject({ type: "ValueError", message: expect.stringContaining("address") });
  });

  it.each([true, false])("answers (sync: %s)", async (sync) => {
    const { sandbox, visits } = await stage.play();
    const answer = await worker.call("llm_invoke", { text: "Hello", sync });
    expect(answer).toMatchObject({
      class: "ChatLaplas",
      text: expect.stringContaining("Hello there!"),
      usage: { input_tokens: 8, output_tokens: 10, total_tokens: 18 },
    });
    expect(visits).toMatchObject([{ path: "/v1/chat/completions", authorization: "Bearer EMPTY" }]);
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("sends 4,096 output tokens as 512", async () => {
    const { sandbox, posts } = await stage.play();
    await worker.call("llm_invoke", { text: "Hello", options: { max_tokens: 4096 } });
    expect(JSON.parse(posts()[0]?.body ?? "")).toMatchObject({ max_completion_tokens: 4096 });
    const sent = sandbox.requests[0]?.body as { max_tokens?: number; max_completion_tokens?: number };
    expect(sent.max_tokens ?? sent.max_completion_tokens).toBe(512);
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("streams", async () => {
    const { sandbox, posts } = await stage.play();
    const words = await worker.call<string[]>("llm_stream", { text: "Write 60 words about the sea" });
    expect(words.length).toBeGreaterThan(10);
    expect(words.join("")).toContain("sea");
    expect(posts()).toHaveLength(1);
    expect(sandbox.requests).toMatchObject([{ streamed: true }]);
  });

  it("calls tools", async () => {
    await stage.play();
    const calls = await worker.call("llm_tools", { text: "What is the weather in Lisbon?" });
    expect(calls).toEqual([{ name: "weather", args: { city: "Lisbon" } }]);
  });

  it("embeds texts as they are, in one request, to the sandbox's values", async () => {
    const { sandbox, posts } = await stage.play();
    const texts = ["The ferry leaves at seven", "Bread is baked with flour"];
    const { class: name, vectors } = await worker.call<{ class: string; vectors: number[][] }>("embeddings", { texts });
    expect(name).toBe("LaplasEmbeddings");
    expect(sandbox.requests).toMatchObject([{ body: { input: texts } }]);
    expect(posts().map(({ body }) => JSON.parse(body))).toEqual([
      { input: texts, model: "text-embedding-3-small", encoding_format: "base64" },
    ]);
    expect(rounded(vectors)).toEqual(await sandboxVectors(sandbox, texts));
  });

  it("never lets an attachment leave", async () => {
    const { sandbox, posts } = await stage.play();
    const { chain } = await raised(worker.call("llm_attachment", { url: PICTURE }));
    expect(chain[0]).toMatchObject({ type: "LaplasError", http_status: 422, laplas_code: "free_tier_image_input" });
    expect(posts()).toHaveLength(1);
    expect(sandbox.counts().received).toBe(0);
  });

  it("says that a stream broke, and when to come back", async () => {
    const { sandbox, posts } = await stage.play();
    sandbox.fault({ kind: "cut", afterChunks: 2 });
    const { chain } = await raised(worker.call("llm_stream", { text: "Write 60 words about the sea" }));
    expect(chain[0]).toMatchObject({ type: "LaplasError", http_status: 429, retryable: true });
    expect(chain[0]?.message).toMatch(/^Busy right now\. Try again in 2 s\. /);
    expect(posts()).toHaveLength(1);
    expect(sandbox.counts().received).toBe(1);
  });

  it.each(troubles())("$name is one request and a $status", async (trouble) => {
    const { scene, end } = await bringAbout(trouble, stage.play);
    const { chain } = await raised(worker.call("llm_invoke", { text: "Hello", model: trouble.model }));
    expect(chain[0]).toMatchObject({
      type: "LaplasError",
      http_status: trouble.status,
      status_code: trouble.status,
      retryable: trouble.retryable,
      laplas_code: trouble.code,
      message: expect.stringMatching(trouble.message),
    });
    expect(chain[0]?.retry_after !== undefined).toBe(trouble.status === 429);
    // Langflow's log draws the source of each frame of each link: the SDK's would be seconds.
    expect(chain).toHaveLength(1);
    expect(scene.posts()).toHaveLength(1);
    expect(await end()).toBe(trouble.upstream);
  });
});

describe.skipIf(python === undefined)("a graph of Chat Input, Laplas Chat and Chat Output", () => {
  it.each([false, true])("answers (read back from JSON: %s)", async (round_trip) => {
    const { posts, sandbox } = await stage.play();
    const given = await worker.call("graph", { text: "Hello", round_trip });
    expect(given).toMatchObject({
      in: { message: "Hello" },
      out: { message: expect.stringContaining("Hello there!") },
    });
    expect(posts()).toHaveLength(1);
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("sends 4,096 output tokens as 512", async () => {
    const { sandbox } = await stage.play();
    await worker.call("graph", { text: "Hello", fields: { max_tokens: 4096 } });
    const sent = sandbox.requests[0]?.body as { max_tokens?: number; max_completion_tokens?: number };
    expect(sent.max_tokens ?? sent.max_completion_tokens).toBe(512);
  });

  it("shows the token of its node to a gateway that asks for one", async () => {
    const { posts } = await stage.play({ token: TOKEN });
    await worker.call("graph", { text: "Hello", fields: { gateway_url: stage.url, gateway_token: TOKEN } });
    expect(posts()).toMatchObject([{ authorization: `Bearer ${TOKEN}`, status: 200 }]);
  });

  it.each(troubles())(
    "$name is one request, and its error a short chain without frames of libraries",
    async (trouble) => {
      const { scene, end } = await bringAbout(trouble, stage.play);
      const { chain } = await raised(
        worker.call("graph", { text: "Hello", fields: { model_name: trouble.model ?? "gpt-4o-mini" } }),
      );
      const [outer] = chain;
      expect(outer?.message.replace(/^Error building Component Laplas Chat:\s+/, "")).toMatch(trouble.message);
      expect(chain.map(({ type }) => type)).toEqual(["ComponentBuildError", "LaplasError"]);
      expect(chain[1]).toMatchObject({ http_status: trouble.status });
      const foreign = chain
        .flatMap(({ frames }) => frames)
        .filter((file) => /openai|httpx|langchain|lfx_laplas/.test(file));
      expect(foreign).toEqual([expect.stringContaining("lfx_laplas/components/laplas/laplas_chat.py")]);
      expect(scene.posts()).toHaveLength(1);
      expect(await end()).toBe(trouble.upstream);
    },
  );

  it("says how to start a gateway where there is none", async () => {
    const { chain } = await raised(
      worker.call("graph", { text: "Hello", fields: { gateway_url: "http://127.0.0.2:9" } }),
    );
    expect(chain[0]?.message).toContain("No gateway answers at http://127.0.0.2:9/v1. Start it with");
    expect(chain.find(({ type }) => type === "LaplasError")).toMatchObject({ http_status: 422, retryable: false });
  });

  it("goes to no private address that a node names", async () => {
    const { chain } = await raised(worker.call("graph", { text: "Hello", fields: { gateway_url: "http://10.0.0.1" } }));
    expect(chain[0]?.message).toContain("LANGFLOW_SSRF_ALLOWED_HOSTS");
    expect(chain.find(({ type }) => type === "LaplasError")).toMatchObject({ laplas_code: "address_refused" });
  });

  it("finishes two models side by side, one request at a time upstream", async () => {
    const { sandbox, posts } = await stage.play();
    const given = await worker.call<Record<string, { message: string }>>("parallel", { text: "Hello" });
    expect(given["one-out"]?.message).toContain("Hello there!");
    expect(given["two-out"]?.message).toContain("Hello there!");
    expect(posts().map(({ status }) => status)).toEqual([200, 200]);
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it("offers the gateway's models in its dropdown, and says what becomes of many tokens", async () => {
    const { laplas } = await stage.play({ laplas: { models: [{ id: "my-own", modality: "chat" }] } });
    const changed = ["model_name", "gpt-4o"];
    const fields = await worker.call<Dropdown>("dropdown", { component: "LaplasChatComponent", changed });
    expect(fields.model_name?.options).toEqual((await laplas.models({ modality: "chat" })).map(({ id }) => id));
    expect(fields.model_name?.options).toContain("my-own");
    expect(fields.max_tokens?.info).toBe("Empty: 512, the most that the tier gives gpt-4o. More is taken for 512.");
  });

  it.each(COMPONENTS)("%s keeps its list of models where the gateway is gone, and says so", async (component) => {
    const fields = await worker.call<Dropdown>("dropdown", { component, changed: ["model_name", "gpt-4o"] });
    expect(fields.model_name?.options?.length).toBeGreaterThan(5);
    expect(fields.model_name?.info).toMatch(/The models that this package knows/);
  });
});

interface Dropdown {
  readonly [field: string]: { readonly info?: string; readonly options?: readonly string[] } | undefined;
}

describe.skipIf(python === undefined)("Laplas Image", () => {
  it("draws once for both outputs, and its address is a PNG", async () => {
    const { posts, sandbox } = await stage.play();
    const given = await worker.call<Record<string, Record<string, unknown>>>("image", { prompt: "a red boat [x](y)" });
    expect(posts().map(({ path }) => path)).toEqual(["/v1/images/generations"]);
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
    const text = String(given.one?.message);
    const [, words, url = ""] = /^!\[([^\]]*)\]\((\S+)\)$/.exec(text) ?? [];
    expect(words).toBe("a red boat x (y)");
    const picture = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(picture.toString("latin1", 0, 4)).toBe(PNG);
    expect(String(given.two?.message)).toContain(url);
    expect(given.image?.data).toEqual({ url, prompt: "a red boat [x](y)", model: "flux/schnell" });
  });

  it("is one tool, whose text has an address and no base64", async () => {
    const { posts } = await stage.play();
    const { tools, results } = await worker.call<{ tools: [string, string][]; results: string[] }>("image_tool", {
      prompts: ["a cat", "a dog", "a dog"],
    });
    expect(tools).toEqual([["draw_picture", expect.stringContaining("Draws one picture")]]);
    const [cat = "", dog = "", another = ""] = results;
    expect(cat).toMatch(/^!\[a cat\]\(http\S+\)$/);
    expect(dog).toMatch(/^!\[a dog\]\(http\S+\)$/);
    // The same words drawn again are another picture.
    expect(another).not.toBe(dog);
    expect(results.join("").length).toBeLessThan(1_000);
    expect(posts()).toHaveLength(3);
  });

  it("tells an agent how long to wait where waiting helps", async () => {
    const { posts, sandbox } = await stage.play();
    sandbox.fault({ kind: "serverError", status: 503 });
    const { results } = await worker.call<{ results: string[] }>("image_tool", { prompts: ["a cat"] });
    expect(results[0]).toMatch(/^Retry after \d+ s: Busy right now\. /);
    expect(posts()).toHaveLength(1);
  });

  it("tells an agent not to try again on a spent day", async () => {
    const { posts } = await stage.play({ sandbox: { imagePrices: () => 60_000 } });
    const { results } = await worker.call<{ results: string[] }>("image_tool", { prompts: ["a cat"] });
    expect(results[0]).toMatch(/^Do not retry: /);
    expect(posts()).toHaveLength(1);
  });
});

describe.skipIf(python === undefined)("Laplas Tier Status", () => {
  it("says ok, with a table of what is left, and spends nothing", async () => {
    const { sandbox } = await stage.play();
    const { status, table } = await worker.call<{ status: string; table: object[] }>("status");
    expect(status).toBe("ok");
    expect(table).toMatchObject([{ rule: "daily_api_tokens", limit: 50_000, used: 0, left: 50_000, running: 0 }]);
    expect(sandbox.counts().received).toBe(0);
  });

  const [, spent, taken] = troubles();
  it.each([
    { state: "exhausted", trouble: spent, advice: /^Daily budget used up\. Back at 2026-03-11 00:00 UTC\. / },
    { state: "busy", trouble: taken, advice: /^Another call runs\. / },
  ])("says $state", async ({ state, trouble, advice }) => {
    if (trouble === undefined) throw new Error("no such trouble");
    const { scene, end } = await bringAbout(trouble, stage.play);
    expect(await worker.call("status")).toMatchObject({ status: state, advice: expect.stringMatching(advice) });
    expect(scene.posts().map(({ path }) => path)).toEqual(["/v1/check"]);
    expect(await end()).toBe(0);
  });

  it.each(["flux/schnell", "text-embedding-3-small"])("asks for %s as it would be called", async (model) => {
    await stage.play();
    expect(await worker.call("status", { model })).toMatchObject({ status: "ok" });
  });

  it("raises what no waiting heals", async () => {
    await stage.play();
    const { chain } = await raised(worker.call("status", { model: "veo2" }));
    expect(chain[0]).toMatchObject({ type: "LaplasError", http_status: 422 });
  });

  it("sends a flow to the usual model while it is ok", async () => {
    const { posts } = await stage.play();
    const given = await worker.call<Record<string, { message?: string }>>("branch", { text: "Hello", other: "gpt-4o" });
    expect(given["usual-out"]?.message).toContain("Hello there!");
    expect(given["other-out"]).toBeUndefined();
    expect(posts().map(({ path }) => path)).toEqual(["/v1/check", "/v1/chat/completions"]);
  });

  it("sends a flow to the other model while it is busy", async () => {
    const place = troubles()[2];
    if (place === undefined) throw new Error("no such trouble");
    const { scene, end } = await bringAbout(place, stage.play);
    // The other is on the same account here, so it is refused too; what counts is which one was asked.
    const error = await raised(worker.call("branch", { text: "Hello", other: "gpt-4o" }));
    expect(error.message).toContain("Busy right now. Try again in");
    expect(scene.posts().map(({ path, body }) => [path, JSON.parse(body).model])).toEqual([
      ["/v1/check", "gpt-4o-mini"],
      ["/v1/chat/completions", "gpt-4o"],
    ]);
    expect(await end()).toBe(0);
  });
});

describe.skipIf(python === undefined)("the flows of the package", () => {
  it("chat answers", async () => {
    const { posts } = await stage.play();
    const given = await worker.call("flow", { flow: await readExample("chat"), text: "Hello" });
    expect(given).toMatchObject({ "ChatOutput-tell": { message: expect.stringContaining("Hello there!") } });
    expect(posts()).toHaveLength(1);
  });

  it("agent-with-image-tool draws, in three requests", async () => {
    const { posts, sandbox } = await stage.play();
    const flow = await readExample("agent-with-image-tool");
    const given = await worker.call<Record<string, { message: string }>>("flow", { flow, text: "Draw a red boat" });
    expect(given["ChatOutput-tell"]?.message).toMatch(/!\[[^\]]*\]\(http:\/\/\S+\.png\)/);
    expect(posts().map(({ path }) => path)).toEqual([
      "/v1/chat/completions",
      "/v1/images/generations",
      "/v1/chat/completions",
    ]);
    expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
    expect(posts()[2]?.body).not.toContain("base64");
  });

  it("rag answers from the text, in three requests", async () => {
    const { posts, sandbox } = await stage.play();
    const text = "When does the ferry to the islands leave?";
    const given = await worker.call("flow", { flow: await readExample("rag"), text });
    expect(given).toMatchObject({ "ChatOutput-tell": { message: expect.stringContaining("seven in the morning") } });
    expect(posts().map(({ path }) => path)).toEqual(["/v1/embeddings", "/v1/embeddings", "/v1/chat/completions"]);
    expect(sandbox.requests.map(({ body }) => (body as { input?: unknown }).input)).toEqual([
      [expect.stringContaining("lighthouse"), expect.stringContaining("ferry"), expect.stringContaining("Bread")],
      [text],
      undefined,
    ]);
  });

  it("status-fallback goes to the usual model while it is ok", async () => {
    const { posts } = await stage.play();
    const given = await worker.call("flow", { flow: await readExample("status-fallback"), text: "Hello" });
    expect(given).toMatchObject({ "ChatOutput-usual": { message: expect.stringContaining("Hello there!") } });
    expect(given).not.toHaveProperty("ChatOutput-other");
    expect(posts()).toHaveLength(2);
  });

  it("status-fallback goes to the other model while the usual one is busy", async () => {
    const { scene, end } = await bringAbout(troubleOf("a place that is taken"), stage.play);
    const flow = await readExample("status-fallback");
    // The other is on the same account here, so it is refused too; what counts is which one was asked.
    const error = await raised(worker.call("flow", { flow, text: "Hello" }));
    expect(error.message).toContain("Busy right now. Try again in");
    expect(scene.posts().map(({ path, body }) => [path, JSON.parse(body).model])).toEqual([
      ["/v1/check", "gpt-4o-mini"],
      ["/v1/chat/completions", "google/gemma-3-27b-it"],
    ]);
    expect(await end()).toBe(0);
  });

  it("status-fallback answers on a spent day with when to come back", async () => {
    const { scene, end } = await bringAbout(troubleOf("a spent day"), stage.play);
    const given = await worker.call("flow", { flow: await readExample("status-fallback"), text: "Hello" });
    expect(given).toMatchObject({
      "ChatOutput-when": { message: expect.stringMatching(/^Daily budget used up\. Back at 2026-03-11 00:00 UTC\. /) },
    });
    expect(given).not.toHaveProperty("ChatOutput-usual");
    expect(given).not.toHaveProperty("ChatOutput-other");
    expect(scene.posts().map(({ path }) => path)).toEqual(["/v1/check"]);
    expect(await end()).toBe(0);
  });

  it("are in the wheel, and it says where", async () => {
    const env = pythonEnvironment();
    const list = async (...names: string[]) =>
      (await run(installed.command, ["-m", "lfx_laplas.flows", ...names], { cwd: "/", env })).stdout.trim().split("\n");
    const paths = await list();
    expect(paths.map((path) => basename(path))).toEqual(EXAMPLES.map((name) => `${name}.json`));
    for (const [index, path] of paths.entries()) {
      expect(path).not.toContain(packageFolder);
      expect(await readFile(path, "utf8")).toBe(await readFile(example(EXAMPLES[index] ?? ""), "utf8"));
    }
    expect(await list("chat")).toEqual([paths[1]]);
    await expect(list("another")).rejects.toThrow("There is no flow another");
  });

  it.each(EXAMPLES)("%s holds no secret and no address", async (name) => {
    const text = await readFile(example(name), "utf8");
    for (const { data } of (JSON.parse(text) as ExampleFlow).data.nodes) {
      for (const [field, { value, password }] of Object.entries(data.node.template)) {
        if (password === true || field === "gateway_url") expect([field, value]).toEqual([field, ""]);
      }
    }
  });
});

interface ExampleFlow {
  readonly data: {
    readonly nodes: readonly {
      readonly data: { readonly node: { readonly template: Record<string, { value?: unknown; password?: boolean }> } };
    }[];
  };
}

describe.skipIf(python === undefined)("the commands of lfx", () => {
  it("lfx run prints the answer", async () => {
    const { posts } = await stage.play();
    const { stdout, code } = await lfx(["run", example("chat"), "Hello", "--format", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ success: true, result: expect.stringContaining("Hello there!") });
    expect(code).toBe(0);
    expect(posts()).toHaveLength(1);
  });

  it("lfx run fails with the error's own words, after one request", async () => {
    const { posts } = await stage.play({ token: TOKEN });
    const { stdout, code } = await lfx(["run", example("chat"), "Hello", "--format", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      success: false,
      exception_message: expect.stringContaining("token"),
    });
    expect(code).toBe(1);
    expect(posts()).toHaveLength(1);
  });

  it("lfx serve answers over HTTP, and a refusal is one request and a readable 500", async () => {
    const { posts, sandbox } = await stage.play();
    const port = await freePort();
    const child = spawn(installed.command, ["-m", "lfx", "serve", example("chat"), "--port", String(port)], {
      cwd: "/",
      env: pythonEnvironment({ LAPLAS_GATEWAY_URL: stage.url, LANGFLOW_API_KEY: "served", DO_NOT_TRACK: "true" }),
      stdio: "ignore",
    });
    const ended = once(child, "exit");
    onTestFinished(async () => {
      child.kill();
      await ended;
    });
    const at = `http://127.0.0.1:${port}`;
    await until("lfx serve is up", async () => (await fetch(`${at}/health`).catch(() => undefined))?.ok === true);
    const headers = { "x-api-key": "served", "content-type": "application/json" };
    const flows = (await (await fetch(`${at}/flows`, { headers })).json()) as { id: string }[];
    const ask = async () => {
      const body = JSON.stringify({ input_value: "Hello" });
      const response = await fetch(`${at}/flows/${flows[0]?.id}/run`, { method: "POST", headers, body });
      return { status: response.status, body: (await response.json()) as { result: string } };
    };
    expect(await ask()).toMatchObject({ status: 200, body: { result: expect.stringContaining("Hello there!") } });
    sandbox.fault({ kind: "serverError", status: 503 });
    expect(await ask()).toMatchObject({ status: 500, body: { result: expect.stringContaining("Try again in") } });
    expect(posts().map(({ status }) => status)).toEqual([200, 503]);
  });
});

describe.skipIf(python === undefined)("README of lfx-laplas", () => testReadme(() => ({ installed, stage })));
