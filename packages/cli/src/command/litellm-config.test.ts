import { createCatalog, createLaplas } from "@laplas/core";
import { describe, expect, it } from "vitest";
import { openShell } from "../testing/open-shell.js";
import { type LitellmConfigOptions, litellmConfig } from "./litellm-config.js";

/** With an engine as the command opens it. */
async function configFor({ config, ...more }: Omit<LitellmConfigOptions, "laplas">): Promise<string> {
  const { tier, models } = config;
  const laplas = createLaplas({ apiKey: "none", ledger: "memory", tier, models });
  try {
    return await litellmConfig({ laplas, config, ...more });
  } finally {
    await laplas.close();
  }
}

const names = (text: string): string[] =>
  [...text.matchAll(/^ {2}- model_name: (.*)$/gm)].map(([, name = ""]) => JSON.parse(name));

/** The lines of one model. */
const section = (text: string, id: string): string => {
  const [, lines = ""] = text.split(`  - model_name: ${JSON.stringify(`laplas/${id}`)}\n`);
  return lines.slice(0, lines.search(/^ {2}[-#]|^$/m));
};

describe("litellmConfig", () => {
  it("has every model of the tier, once, by its primary id, and is the same text each time", async () => {
    const text = await configFor({ config: {} });
    expect(names(text)).toEqual(createCatalog().models.map(({ id }) => `laplas/${id}`));
    expect(await configFor({ config: {} })).toBe(text);
  });

  it("leaves out what the tier does not serve", async () => {
    const evidence = { source: "the test", date: "2026-11-25", status: "assumed" } as const;
    const rule = { id: "only_chat", kind: "allowedModalities", modalities: ["chat"], evidence } as const;
    const tier = { name: "chat-only", title: "chat only", rules: [rule] } as const;
    const text = await configFor({ config: { tier } });
    expect(text).toContain('mode: "chat"');
    expect(text).not.toMatch(/mode: "(embedding|image_generation)"/);
  });

  it("takes its figures from the tier: nothing of a limit where there is none", async () => {
    expect(section(await configFor({ config: {}, models: ["gpt-4o"] }), "gpt-4o")).toMatch(
      /max_output_tokens: 512[\s\S]*supports_vision: false/,
    );
    const paid = section(await configFor({ config: { tier: "paid" }, models: ["gpt-4o"] }), "gpt-4o");
    expect(paid).not.toMatch(/max_output_tokens|supports_vision/);
  });

  it("says what LiteLLM would else refuse, and only where it would", async () => {
    const ids = [
      "text-embedding-3-small",
      "text-multilingual-embedding-002",
      "BAAI/bge-base-en-v1.5",
      "flux/schnell",
      "gpt-4o",
    ];
    const text = await configFor({ config: {}, models: ids });
    const given = ids.map((id) => /allowed_openai_params|drop_params/.exec(section(text, id))?.[0]);
    expect(given).toEqual([undefined, "allowed_openai_params", undefined, "drop_params", undefined]);
  });

  it("has LiteLLM make chats of what comes at /v1/responses and /v1/messages, and of nothing else", async () => {
    const ids = ["gpt-4o", "text-embedding-3-small", "flux/schnell"];
    const text = await configFor({ config: {}, models: ids });
    const bridged = ids.map((id) => section(text, id).includes("use_chat_completions_api: true"));
    expect(bridged).toEqual([true, false, false]);
    expect(text).toMatch(/^litellm_settings:\n(?: .*\n)* {2}use_chat_completions_url_for_anthropic_messages: true\n/m);
  });

  it("sends an alias as it was named, finds labels, and takes a model once", async () => {
    const { id = "", aliases: [alias = ""] = [] } =
      createCatalog().models.find(({ aliases }) => aliases.length > 0) ?? {};
    const text = await configFor({ config: {}, models: [alias, "imagen-3.0", id, id] });
    expect(names(text)).toEqual([`laplas/${alias}`, "laplas/imagen-3.0-generate-002", `laplas/${id}`]);
    expect(text).toContain(`model: "openai/${alias}"`);
  });

  it("has models of the user's own", async () => {
    const models = [{ id: "my/model: #1", modality: "chat", dialect: "openai" }] as never;
    expect(await configFor({ config: { models }, models: ["my/model: #1"] })).toContain('model: "openai/my/model: #1"');
  });

  it.each([
    ["gpt4o-mni", /names "gpt4o-mni".*Did you mean gpt-4o-mini/],
    ["veo2", /names "veo2", which is not on the tier\.$/],
  ])("refuses a model that there is not: %s", async (name, message) => {
    await expect(configFor({ config: {}, models: [name] })).rejects.toThrow(message);
  });

  it("refuses to name no model", async () => {
    await expect(configFor({ config: {}, models: [] })).rejects.toThrow(/names no model/);
  });

  it.each([
    [{}, "http://127.0.0.1:4114/v1"],
    [{ port: 9 }, "http://127.0.0.1:9/v1"],
    [{ host: "0.0.0.0" }, "http://127.0.0.1:4114/v1"],
    [{ host: "::1" }, "http://[::1]:4114/v1"],
    [{ host: "gateway" }, "http://gateway:4114/v1"],
  ])("is for the gateway as it would be served: %o", async (config, address) => {
    expect(await configFor({ config, models: ["gpt-4o"] })).toContain(`api_base: "${address}"`);
  });

  it("is for another address where one is given, and takes off the slash", async () => {
    const text = await configFor({
      config: { port: 9 },
      models: ["gpt-4o"],
      baseURL: "https://gateway.example/team/v1/",
    });
    expect(text).toContain('api_base: "https://gateway.example/team/v1"');
  });

  it.each([
    ["gateway:4114", /--base-url is "gateway:4114", but must be/],
    ["http://gateway:4114", /must end in \/v1/],
    ["ftp://gateway/v1", /must be the gateway's address/],
    ["http://user:key@gateway/v1", /must be the gateway's address/],
    // URL parsers skip a line break, but a comment of YAML ends with it.
    ["http://gateway/\nevil: true\n/v1", /must be the gateway's address/],
  ])("refuses an address that is none: %j", async (baseURL, message) => {
    await expect(configFor({ config: {}, models: ["gpt-4o"], baseURL })).rejects.toThrow(message);
  });

  it("never holds a token: it names the variable, if clients need one", async () => {
    const clients = [{ name: "one", token: "secret-token-of-16" }];
    const text = await configFor({ config: { clients, apiKey: "secret-key" }, models: ["gpt-4o"] });
    expect(text).toContain('api_key: "os.environ/LAPLAS_GATEWAY_TOKEN"');
    expect(text).not.toContain("secret");
    expect(await configFor({ config: {}, models: ["gpt-4o"] })).toContain('api_key: "unused"');
  });

  it("gives chat models the fallback, and no model itself", async () => {
    const models = ["gpt-4o", "gpt-4o-mini", "text-embedding-3-small", "flux/schnell"];
    const fallbacks = async (fallback?: string): Promise<string[]> => {
      const text = await configFor({ config: {}, models, fallback });
      return [...text.matchAll(/^ {4}- (\{ "laplas.*)$/gm)].map(([, line = ""]) => line);
    };
    expect(await fallbacks("other")).toEqual(['{ "laplas/gpt-4o": ["other"] }', '{ "laplas/gpt-4o-mini": ["other"] }']);
    expect(await fallbacks("laplas/gpt-4o")).toEqual(['{ "laplas/gpt-4o-mini": ["laplas/gpt-4o"] }']);
    expect(await fallbacks()).toEqual([]);
    expect(await configFor({ config: {}, models, fallback: "laplas/gpt-4o" })).not.toContain("the fallback among them");
  });

  it("sets nothing for the router as a whole but fallbacks", async () => {
    const text = await configFor({ config: {}, fallback: "other" });
    expect(text).not.toMatch(/^ {2}(num_retries|allowed_fails|retry_policy):/m);
    // Both would undo what the gateway does.
    expect(text).not.toMatch(/^ +(max_parallel_requests|cooldown_time):/m);
  });
});

it("writes a file, and says of one that can't be written why", async () => {
  const shell = await openShell();
  const args = ["litellm-config", "--models", "gpt-4o"];
  const { stdout } = await shell.run(args);
  expect(stdout).toBe(await configFor({ config: {}, models: ["gpt-4o"] }));
  expect(await shell.json(args)).toEqual({ object: "litellm_config", output: null, config: stdout });
  const written = await shell.run([...args, "-o", "config.yaml"]);
  expect(written).toEqual({
    code: 0,
    stdout: "",
    stderr: "Written: config.yaml. LiteLLM's proxy takes it as: litellm --config config.yaml\n",
  });
  expect(shell.read("config.yaml")).toBe(stdout);
  // The operator may have put models of their own into it.
  shell.write("config.yaml", "mine");
  const taken = await shell.run([...args, "-o", "config.yaml"]);
  expect([taken.code, taken.stderr]).toEqual([2, "laplas: config.yaml is there already. --force writes over it.\n"]);
  expect(shell.read("config.yaml")).toBe("mine");
  expect((await shell.run([...args, "-o", "config.yaml", "--force"])).code).toBe(0);
  expect(shell.read("config.yaml")).toBe(stdout);
  const nowhere = await shell.run([...args, "-o", "no/config.yaml"]);
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringMatching(/can't be written.*ENOENT/)]);
});
