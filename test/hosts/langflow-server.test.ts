import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dayOf } from "../clients/open-gateway.ts";
import { findChromium } from "../find-chromium.ts";
import { testBrowser } from "./langflow/browser-tests.ts";
import { buildFlow, type Palette, type PaletteEntry } from "./langflow/build-flow.ts";
import { callFlowAsTool } from "./langflow/call-tool.ts";
import { createFlows, type Flows, picked } from "./langflow/flows.ts";
import { type Installed, installWheel, packageFolder } from "./langflow/install-wheel.ts";
import { type Langflow, openLangflow } from "./langflow/open-langflow.ts";
import { openStage, type Stage } from "./langflow/open-stage.ts";
import { testReadmeError } from "./langflow/readme-tests.ts";
import { bringAbout, troubles } from "./langflow/troubles.ts";
import { openPython, pythonEnvironment } from "./python.ts";

const python = await openPython("langflow-server");
const chromium = findChromium("Langflow's");

const run = promisify(execFile);

/** Written by hand, to be pasted by hand. */
const PASTED = join(packageFolder, "paste", "laplas_chat.py");

/** The category of the one file, beside that of the package. */
const FILE_CATEGORY = "laplas_file";
const COMPONENTS = [
  "LaplasChatComponent",
  "LaplasEmbeddingsComponent",
  "LaplasImageComponent",
  "LaplasTierStatusComponent",
];

/** Until lfx, or Langflow with its database, is up or down on a machine that does other things too. */
const START_MS = 300_000;

let installed: Installed;
let stage: Stage;
let langflow: Langflow;
let flows: Flows;
let folder: string;
/** What `npm run langflow:paste` writes. */
let built: string;
if (python !== undefined) {
  beforeAll(async () => {
    installed = await installWheel(python);
    stage = await openStage();
    folder = await mkdtemp(join(tmpdir(), "laplas-components-"));
    built = await mkdtemp(join(tmpdir(), "laplas-one-file-"));
    await run(installed.command, [`${packageFolder}/scripts/one_file.py`, built], { env: pythonEnvironment() });
    // Once by another name, and once by that of the package, which comes first.
    for (const name of [FILE_CATEGORY, "laplas"]) {
      await cp(join(built, "one-file", "laplas"), join(folder, name), { recursive: true });
    }
    langflow = await openLangflow(installed.command, {
      LANGFLOW_COMPONENTS_PATH: folder,
      // As the README says for Langflow's own OpenAI component.
      LANGFLOW_SSRF_ALLOWED_HOSTS: new URL(stage.url).hostname,
    });
    flows = createFlows((await langflow.ask<Palette>("GET", "/api/v1/all")).body);
  }, START_MS);
  afterAll(async () => {
    await langflow?.close();
    await stage?.close();
    await installed?.remove();
    for (const made of [folder, built]) if (made !== undefined) await rm(made, { recursive: true, force: true });
  }, START_MS);
}

/** The nodes that call a model. With the same fields for the one that is chosen. */
const MODEL_NODES = [
  {
    node: "Laplas Chat",
    flow: (model: string) =>
      flows.chat(flows.own("LaplasChatComponent"), { model_name: model, gateway_url: stage.url }),
  },
  {
    node: "Language Model",
    flow: (model: string) => flows.chat(flows.entryOf("LanguageModelComponent"), { model: picked(model) }),
  },
  { node: "Agent", flow: (model: string) => flows.chat(flows.entryOf("Agent"), { model: picked(model) }, "response") },
];

describe.skipIf(python === undefined)("a Langflow server", () => {
  it("has a category with four components, each once", () => {
    const ids = Object.keys(flows.palette.laplas ?? {}).filter((id) => /^ext:laplas:[A-Z]/.test(id));
    expect(ids.sort()).toEqual(COMPONENTS.map((name) => `ext:laplas:${name}@official`));
    expect(ids.map((id) => flows.palette.laplas?.[id]?.display_name)).toEqual([
      "Laplas Chat",
      "Laplas Embeddings",
      "Laplas Image",
      "Laplas Tier Status",
    ]);
  });

  it("takes the provider's settings, and refuses those that lead nowhere with what to do", async () => {
    const wrong = { provider: "Laplas", variables: { LAPLAS_GATEWAY_URL: "http://127.0.0.2:9" } };
    const { body } = await langflow.ask("POST", "/api/v1/models/validate-provider", wrong);
    expect(body).toMatchObject({ valid: false, error: expect.stringContaining("npx laplas serve") });
    await stage.play();
    await langflow.save("LAPLAS_GATEWAY_URL", stage.url);
    const enabled = await langflow.ask<{ enabled_providers: string[] }>("GET", "/api/v1/models/enabled_providers");
    expect(JSON.stringify(enabled.body)).toContain("Laplas");
  });

  it("lists each of the gateway's models once", async () => {
    const { laplas } = await stage.play();
    const { body } = await langflow.ask<ProviderModels[]>("GET", "/api/v1/models?provider=Laplas");
    const models = body.flatMap(({ models }) => models);
    const ids = models.map(({ model_name: name, metadata }) => `${metadata.model_type} ${name}`);
    expect(new Set(ids).size).toBe(ids.length);
    const expected = [
      ...(await laplas.models({ modality: "chat" })).map(({ id }) => `llm ${id}`),
      ...(await laplas.models({ modality: "embedding" })).map(({ id }) => `embeddings ${id}`),
    ];
    expect(ids.sort()).toEqual(expected.sort());
  });

  it.each([
    ["LanguageModelComponent", "chat"],
    ["Agent", "chat"],
    ["EmbeddingModel", "embedding"],
  ] as const)("offers them in the dropdown of %s", async (type, modality) => {
    const { laplas } = await stage.play();
    const { template } = flows.entryOf(type).entry;
    const { body } = await langflow.ask<UpdatedNode>("POST", "/api/v1/custom_component/update", {
      code: template.code?.value,
      template,
      field: "model",
      field_value: "",
      tool_mode: false,
    });
    const offered = body.template.model.options.filter(({ provider }) => provider === "Laplas").map(({ name }) => name);
    // An Agent is offered those that call tools.
    const models = (await laplas.models({ modality })).filter(
      (model) => type !== "Agent" || (model.modality === "chat" && model.capabilities.tools),
    );
    expect([...offered].sort()).toEqual(models.map(({ id }) => id).sort());
  });

  it.each(MODEL_NODES)("answers through $node", async ({ flow }) => {
    const { posts, sandbox } = await stage.play();
    const { status, texts } = await langflow.run(await langflow.keep(flow("gpt-4o-mini")), "Hello");
    expect({ status, texts }).toEqual({ status: 200, texts: [expect.stringContaining("Hello")] });
    expect(posts()).toHaveLength(1);
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  for (const { node, flow } of MODEL_NODES) {
    it.each(troubles())(`${node}: $name is one request and a $status`, async (trouble) => {
      const id = await langflow.keep(flow(trouble.model ?? "gpt-4o-mini"));
      const { scene, end } = await bringAbout(trouble, stage.play);
      const { status, detail } = await langflow.run(id, "Hello");
      expect({ status, detail }).toMatchObject({
        status: trouble.status,
        detail: {
          error_code: trouble.status === 429 ? "rate-limited" : "invalid-request",
          provider: "laplas",
          retryable: trouble.retryable,
          message: expect.stringMatching(trouble.message),
          details: { code: trouble.code },
        },
      });
      expect((detail as { retry_after?: number }).retry_after !== undefined).toBe(trouble.status === 429);
      expect(scene.posts()).toHaveLength(1);
      expect(await end()).toBe(trouble.upstream);
    });
  }

  it("embeds through Embedding Model, texts as they are, in one request", async () => {
    const { posts, sandbox } = await stage.play();
    await langflow.save("LAPLAS_GATEWAY_URL", stage.url);
    const flow = buildFlow(
      "embed",
      {
        ask: flows.entryOf("ChatInput"),
        model: { ...flows.entryOf("EmbeddingModel"), values: { model: picked("text-embedding-3-small") } },
        embed: flows.entryOf("TextEmbedderComponent"),
        tell: flows.entryOf("ChatOutput"),
      },
      [
        ["ask", "message", "embed", "message"],
        ["model", "embeddings", "embed", "embedding_model"],
        ["embed", "embeddings", "tell", "input_value"],
      ],
    );
    const { status } = await langflow.run(await langflow.keep(flow), "The ferry leaves at seven");
    expect(status).toBe(200);
    expect(posts().map(({ path }) => path)).toEqual(["/v1/embeddings"]);
    expect(sandbox.requests).toMatchObject([{ body: { input: ["The ferry leaves at seven"] } }]);
    expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("tells an agent what became of its tool, and answers with 200", async () => {
    const flow = buildFlow(
      "agent",
      {
        ask: flows.entryOf("ChatInput"),
        draw: { ...flows.own("LaplasImageComponent"), isTool: true, values: { model_name: "veo2" } },
        answer: { ...flows.entryOf("Agent"), values: { model: picked("gpt-4o-mini") } },
        tell: flows.entryOf("ChatOutput"),
      },
      [
        ["ask", "message", "answer", "input_value"],
        ["draw", "component_as_tool", "answer", "tools"],
        ["answer", "response", "tell", "input_value"],
      ],
    );
    const { posts } = await stage.play();
    const { status } = await langflow.run(await langflow.keep(flow), "Draw a picture of a red boat");
    expect(status).toBe(200);
    expect(posts().filter(({ path }) => path === "/v1/images/generations")).toHaveLength(1);
    expect(posts().at(-1)?.body).toContain("Do not retry: ");
  });
});

describe.skipIf(python === undefined)("a flow as an MCP tool", () => {
  const chat = (url: string) => flows.chat(flows.own("LaplasChatComponent"), { gateway_url: url });

  it("has the saved address where the project's MCP server asks for a key", async () => {
    await stage.play();
    await langflow.save("LAPLAS_GATEWAY_URL", stage.url);
    const { posts } = await stage.play();
    const answer = await callFlowAsTool(langflow, chat(""), "apikey");
    expect(answer).toEqual({ isError: false, text: expect.stringContaining("Hello there!") });
    expect(posts()).toHaveLength(1);
  });

  it("has none without authentication, and the error says where to set it", async () => {
    const { posts } = await stage.play();
    const answer = await callFlowAsTool(langflow, chat(""), "none");
    expect(answer).toEqual({ isError: true, text: expect.stringContaining("in the node or in LAPLAS_GATEWAY_URL") });
    expect(posts()).toHaveLength(0);
  });

  it("has the node's address without authentication", async () => {
    const { posts } = await stage.play();
    const answer = await callFlowAsTool(langflow, chat(stage.url), "none");
    expect(answer).toEqual({ isError: false, text: expect.stringContaining("Hello there!") });
    expect(posts()).toHaveLength(1);
  });
});

describe.skipIf(python === undefined)("the flows of the package on a server", () => {
  const example = async (name: string): Promise<object> =>
    JSON.parse(
      await readFile(
        fileURLToPath(new URL(`../../packages/langflow/src/lfx_laplas/flows/${name}.json`, import.meta.url)),
        "utf8",
      ),
    );

  it.each([
    { name: "chat", text: "Hello", says: /Hello there!/, requests: 1 },
    { name: "agent-with-image-tool", text: "Draw a red boat", says: /!\[[^\]]*\]\(http\S+\.png\)/, requests: 3 },
    { name: "rag", text: "When does the ferry to the islands leave?", says: /seven in the morning/, requests: 3 },
    // One check, which spends nothing, and the answer.
    { name: "status-fallback", text: "Hello", says: /Hello there!/, requests: 2 },
  ])("$name runs on the provider's settings", async ({ name, text, says, requests }) => {
    await stage.play();
    await langflow.save("LAPLAS_GATEWAY_URL", stage.url);
    const id = await langflow.keep(await example(name));
    const { posts, sandbox } = await stage.play();
    const { status, texts } = await langflow.run(id, text);
    expect(status).toBe(200);
    expect(texts.join("\n")).toMatch(says);
    expect(posts()).toHaveLength(requests);
    expect(sandbox.counts().refused).toBe(0);
  });
});

describe.skipIf(python === undefined)("the one file", () => {
  it("is a category of LANGFLOW_COMPONENTS_PATH, with the same four components", () => {
    const ids = Object.keys(flows.palette[FILE_CATEGORY] ?? {}).filter((id) => /^ext:\w+:[A-Z]/.test(id));
    expect(ids.sort()).toEqual(COMPONENTS.map((name) => `ext:${FILE_CATEGORY}:${name}@extra`));
  });

  const paste = async (path: string): Promise<Pasted> => {
    const code = await readFile(path, "utf8");
    expect(code).not.toContain("from lfx_laplas");
    const { status, body } = await langflow.ask<Pasted>("POST", "/api/v1/custom_component", { code });
    expect(status).toBe(200);
    return body;
  };

  it.each(["laplas_chat", "laplas_embeddings", "laplas_image", "laplas_tier_status"])(
    "%s can be pasted",
    async (name) => {
      const { type, data } = await paste(join(built, "paste", `${name}.py`));
      expect(type.toLowerCase()).toBe(`${name.replaceAll("_", "")}`);
      expect(data.display_name).toMatch(/^Laplas /);
    },
  );

  const pastedChat = async (path: string) => {
    const { type, data } = await paste(path);
    return { entry: data, type };
  };
  const sources = [
    { from: "the folder", entry: async () => flows.entryOf(`ext:${FILE_CATEGORY}:LaplasChatComponent@extra`) },
    { from: "the code editor, as built", entry: () => pastedChat(join(built, "paste", "laplas_chat.py")) },
    { from: "the code editor, as in the repository", entry: () => pastedChat(PASTED) },
  ];

  it.each(sources)("Laplas Chat from $from answers, and refuses with the same statuses", async ({ entry }) => {
    const { posts, sandbox } = await stage.play();
    const flow = flows.chat(await entry(), { gateway_url: stage.url });
    const id = await langflow.keep(flow);
    expect(await langflow.run(id, "Hello")).toMatchObject({
      status: 200,
      texts: [expect.stringContaining("Hello there!")],
    });
    sandbox.fault({ kind: "serverError", status: 503 });
    expect(await langflow.run(id, "Hello")).toMatchObject({
      status: 429,
      detail: { retryable: true, message: expect.stringMatching(/^Busy right now\. Try again in \d+ s\. /) },
    });
    expect(posts()).toHaveLength(2);
  });

  it("Laplas Image from the folder draws once for both outputs", async () => {
    const { posts } = await stage.play();
    const draws = flows.entryOf(`ext:${FILE_CATEGORY}:LaplasImageComponent@extra`);
    const flow = flows.draw(draws, { gateway_url: stage.url });
    const { status, texts } = await langflow.run(await langflow.keep(flow), "a red boat");
    expect(status).toBe(200);
    expect(texts.filter((text) => /\(http\S+\.png\)|"url": "http\S+\.png"/.test(text))).toHaveLength(2);
    expect(posts()).toHaveLength(1);
  });
});

describe.skipIf(python === undefined)("Langflow's own OpenAI-compatible provider on the gateway", () => {
  const flowOf = (model: string) =>
    flows.chat(flows.entryOf("LanguageModelComponent"), {
      model: picked(model, "OpenAI Compatible"),
      max_tokens: 4096,
    });

  it("keeps address and token, and answers", async () => {
    const token = "the-token-of-the-gateway";
    await stage.play();
    await langflow.save("OPENAI_COMPATIBLE_BASE_URL", stage.url);
    await langflow.save("OPENAI_COMPATIBLE_API_KEY", token, "Credential");
    const { posts, sandbox } = await stage.play({ token });
    const outcome = await langflow.run(await langflow.keep(flowOf("gpt-4o-mini")), "Hello");
    expect(outcome).toMatchObject({ status: 200, texts: [expect.stringContaining("Hello")] });
    expect(posts()).toMatchObject([{ authorization: `Bearer ${token}` }]);
    const sent = sandbox.requests[0]?.body as { max_tokens?: number; max_completion_tokens?: number };
    expect(sent.max_tokens ?? sent.max_completion_tokens).toBe(512);
  });

  it("asks once what will not pass, three times what may, and says 500 to both", async () => {
    const id = await langflow.keep(flowOf("gpt-4o-mini"));
    const { posts, sandbox } = await stage.play({ laplas: { tier: dayOf(16) } });
    expect((await langflow.run(id, "Hello")).status).toBe(200);
    expect((await langflow.run(id, "Hello")).status).toBe(500);
    expect(posts().map(({ status }) => status)).toEqual([200, 429]);
    expect(sandbox.counts()).toMatchObject({ received: 1 });
    const fresh = await stage.play();
    for (let times = 0; times < 3; times += 1) fresh.sandbox.fault({ kind: "serverError", status: 503 });
    expect((await langflow.run(id, "Hello")).status).toBe(500);
    expect(fresh.posts()).toHaveLength(3);
  });
});

describe.skipIf(python === undefined)("README of lfx-laplas", () => {
  testReadmeError(
    () => ({ langflow, stage }),
    () => flows.chat(flows.own("LaplasChatComponent"), { gateway_url: stage.url }),
  );
});

// What was missing has been said by openPython and findChromium.
if (python === undefined || chromium === undefined) describe.skip("Langflow's pages", () => {});
else describe("Langflow's pages", () => testBrowser(chromium, () => ({ langflow, stage, flows })));

interface ProviderModels {
  readonly models: readonly { readonly model_name: string; readonly metadata: { readonly model_type: string } }[];
}

interface UpdatedNode {
  readonly template: {
    readonly model: { readonly options: readonly { readonly provider: string; readonly name: string }[] };
  };
}

interface Pasted {
  readonly type: string;
  readonly data: PaletteEntry;
}
