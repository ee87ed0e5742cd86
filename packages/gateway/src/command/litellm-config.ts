import { writeFile } from "node:fs/promises";
import { InvalidOptionsError, type Laplas, type ModelCard } from "@laplas/core";
import type { Command } from "commander";
import type { GatewayConfig } from "../config/config-schema.js";
import { addJsonFlag } from "../config/engine-flags.js";
import { openSource } from "../config/engine-source.js";
import { configOf } from "../config/open-engine.js";
import { note, printJson } from "../terminal/print.js";
import { reasonOf } from "../terminal/system-error.js";
import type { Terminal } from "../terminal/terminal.js";

interface LitellmConfigFlags {
  readonly config?: string;
  readonly models?: string;
  readonly fallback?: string;
  readonly baseUrl?: string;
  readonly tier?: "free";
  readonly output?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function define(command: Command, terminal: Terminal): void {
  command
    .option("--models <names>", "comma-separated (default: every model of the tier)")
    .option("--fallback <name>", "model group of yours that answers while a budget is spent")
    .option("--base-url <url>", "where LiteLLM reaches the gateway (default: as serve would listen)")
    .option("--tier <name>", "free, playground or paid; LAPLAS_TIER (default: free)")
    .option(
      "--config <file>",
      "the gateway's configuration; LAPLAS_CONFIG (default: laplas.config.json, if there is one)",
    )
    .option("-o, --output <file>", "where to write it (default: print it)")
    .option("-f, --force", "write over a file that is there");
  addJsonFlag(command)
    .addHelpText(
      "after",
      `
Examples:
  laplas litellm-config -o config.yaml
  laplas litellm-config --models gpt-4o,gpt-4o-mini --fallback local-llama`,
    )
    .action(async ({ models, fallback, baseUrl: baseURL, output, force, json, ...flags }: LitellmConfigFlags) => {
      const names = models?.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));
      const config = configOf(terminal, flags);
      const source = await openSource(terminal, config, { sandbox: false, needsKey: false });
      // Models and tier are read; nothing is counted.
      const laplas = source.open({ ledger: "memory" });
      try {
        const text = await litellmConfig({ laplas, config, models: names, fallback, baseURL });
        await writeConfig(terminal, text, output, { force, json });
      } finally {
        await laplas.close();
      }
    });
}

/** What `laplas litellm-config` writes. */
export interface LitellmConfigOptions {
  /** The engine as the gateway would have it: its tiers and models. */
  readonly laplas: Pick<Laplas, "providers" | "fetch" | "findModel">;
  /** The gateway's own settings: its address, and whether clients need a token. */
  readonly config: GatewayConfig;
  /** Ids, aliases or labels. @default every model that the tier serves */
  readonly models?: readonly string[] | undefined;
  /** Model group of the operator's own that answers while a chat model here can't. */
  readonly fallback?: string | undefined;
  /** Where LiteLLM reaches the gateway, with `/v1`. @default the address in `config` */
  readonly baseURL?: string | undefined;
}

/** LiteLLM's own words for what a model makes. */
const MODES = { chat: "chat", embedding: "embedding", image: "image_generation" } as const;

/** Prints the configuration, or writes it to a file; over one that is there only by force. @throws InvalidOptionsError */
async function writeConfig(
  terminal: Terminal,
  text: string,
  file: string | undefined,
  { force = false, json = false }: { readonly force?: boolean | undefined; readonly json?: boolean | undefined } = {},
): Promise<void> {
  if (file !== undefined) {
    await writeFile(terminal.resolve(file), text, { flag: force ? "w" : "wx" }).catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") throw new InvalidOptionsError(`${file} is there already. --force writes over it.`);
        throw new InvalidOptionsError(`${file} can't be written: ${reasonOf(error)}.`, { cause: error });
      },
    );
    note(terminal, `Written: ${file}. LiteLLM's proxy takes it as: litellm --config ${file}`);
  }
  if (json) printJson(terminal, { object: "litellm_config", output: file ?? null, config: text });
  else if (file === undefined) terminal.stdout.write(text);
}

/**
 * A complete `config.yaml` for LiteLLM's proxy. Every scalar is a JSON string, number or boolean, all of which YAML reads as
 * they are, so no model's name can be taken for something else; the same settings always give the same text.
 *
 * @throws InvalidOptionsError for a model that is not in the catalog, or an address that is none
 */
export async function litellmConfig(options: LitellmConfigOptions): Promise<string> {
  const { laplas, config, models, fallback, baseURL } = options;
  const chosen = chooseModels(laplas, await cardsOf(laplas), models);
  const apiBase = checkAddress(baseURL ?? addressOf(config));
  const hasClients = (config.clients ?? []).length > 0;
  return [
    head(laplas.providers, apiBase, hasClients),
    "model_list:",
    ...chosen.map((model) => deployment(model, apiBase, hasClients)),
    ownModels(chosen.some(({ id }) => groupOf(id) === fallback) ? undefined : fallback),
    routerSettings(chosen, fallback),
    TAIL,
  ].join("\n");
}

/** A model as it is sent: an alias stays one. */
type Chosen = ModelCard & { readonly takesDimensions: boolean };

/** As clients of the gateway are told them. */
async function cardsOf({ fetch }: LitellmConfigOptions["laplas"]): Promise<ReadonlyMap<string, ModelCard>> {
  const { data } = (await (await fetch("/v1/models")).json()) as { data: readonly ModelCard[] };
  return new Map(data.map((card) => [card.id, card]));
}

function chooseModels(
  laplas: LitellmConfigOptions["laplas"],
  cards: ReadonlyMap<string, ModelCard>,
  names: readonly string[] | undefined,
): readonly Chosen[] {
  const wanted =
    names ?? [...cards.values()].flatMap(({ id, alias_of: primary }) => (primary === undefined ? [id] : []));
  const chosen = new Map<string, Chosen>();
  for (const name of wanted) {
    const found = laplas.findModel(name);
    // Of several providers and of routes the whole name has a card.
    const card = cards.get(name) ?? (found.kind === "model" ? cards.get(found.id) : undefined);
    if (found.kind !== "model" || card === undefined) {
      throw unknownModel(name, found.kind === "unknown" ? found.suggestions : []);
    }
    const { model } = found;
    const takesDimensions = model.modality === "embedding" && model.embedding.parameters.includes("dimensions");
    chosen.set(card.id, { ...card, takesDimensions });
  }
  if (chosen.size === 0) {
    throw new InvalidOptionsError(names === undefined ? "No model is known." : "--models names no model.");
  }
  return [...chosen.values()];
}

function unknownModel(name: string, suggestions: readonly string[]): InvalidOptionsError {
  const meant = suggestions.length === 0 ? "" : ` Did you mean ${suggestions.join(", ")}?`;
  return new InvalidOptionsError(`--models names ${JSON.stringify(name)}, which is not on the tier.${meant}`);
}

/** A gateway on all addresses is reached on loopback from the same machine. */
function addressOf({ host = "127.0.0.1", port = 4114 }: GatewayConfig): string {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}/v1`;
}

function checkAddress(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url !== undefined && url.username + url.password !== "") {
    throw new InvalidOptionsError(
      "--base-url holds a user or password, but must be the gateway's address, like http://127.0.0.1:4114/v1.",
    );
  }
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || /\s/.test(address)) {
    throw new InvalidOptionsError(
      `--base-url is ${JSON.stringify(address)}, but must be the gateway's address, like http://127.0.0.1:4114/v1.`,
    );
  }
  const text = address.replace(/\/+$/, "");
  if (text.endsWith("/v1")) return text;
  throw new InvalidOptionsError(`--base-url is ${JSON.stringify(address)}, but must end in /v1.`);
}

function head(providers: Laplas["providers"], apiBase: string, hasClients: boolean): string {
  const tiers = providers.map(({ id, tier }) =>
    providers.length === 1 ? `tier "${tier.name}"` : `${id} ("${tier.name}")`,
  );
  return `# LiteLLM on the models of a laplas gateway, at ${apiBase}: ${tiers.join(", ")}.
# Written by "laplas litellm-config". Needed beside it:
#   laplas serve                                            the gateway, running
#   pip install "litellm[proxy]" litellm-laplas             the proxy, and the callback named at the end
#   export LITELLM_MASTER_KEY="sk-$(openssl rand -hex 32)"   the key of its clients: new versions don't start without one, nor
#                                                           with sk-1234, the one that LiteLLM's pages have
${hasClients ? "#   LAPLAS_GATEWAY_TOKEN                                    the token of one of the gateway's clients\n" : ""}#
# Ask /health/liveliness whether the proxy lives, never /health: that one calls every model and spends the budget.
#
# What stands at each model, and why:
#   num_retries: 0              Only these models are not tried again at once: a spent budget does not come back in a second.
#   allowed_fails_policy        The first "daily quota used up" leaves the model out until the reset. Without it LiteLLM asks a
#                               model that stands alone in its group again with every request.
#   api_key                     The gateway's, never one of another vendor: LiteLLM would send OPENAI_API_KEY where none stands.
#   laplas: true                The mark by which litellm_laplas knows which models it may ask the gateway about.
#   use_chat_completions_api    Clients of /v1/responses, such as Codex, get their answer from a chat: on LiteLLM's other way, to the
#                               gateway's own /v1/responses, errors lose Retry-After, and with it how long a model is left out.
#   input_cost_per_token: 0     The tier is free. Its limits are counted by the gateway, and LiteLLM has no words for them.
#   disable_background_health_check: true       Each such check would be a call.
# Not here: max_parallel_requests. LiteLLM refuses what is over it, while the gateway lets it wait its turn. Nor cooldown_time:
# the gateway says exactly how long with each refusal.
`;
}

function deployment(model: Chosen, apiBase: string, hasClients: boolean): string {
  const { id } = model;
  const parameters = [
    `model: ${json(`openai/${id}`)}`,
    `api_base: ${json(apiBase)}`,
    `api_key: ${json(hasClients ? "os.environ/LAPLAS_GATEWAY_TOKEN" : "unused")}`,
    "num_retries: 0",
    ...extraParameters(model),
  ];
  const info = [
    `id: ${json(groupOf(id))}`,
    "laplas: true",
    `mode: ${json(MODES[model.modality])}`,
    ...abilities(model),
    "input_cost_per_token: 0",
    "output_cost_per_token: 0",
    "disable_background_health_check: true",
    "allowed_fails_policy: { RateLimitErrorAllowedFails: 0, AuthenticationErrorAllowedFails: 0 }",
  ];
  return [
    `  - model_name: ${json(groupOf(id))}`,
    "    litellm_params:",
    ...parameters.map((line) => `      ${line}`),
    "    model_info:",
    ...info.map((line) => `      ${line}`),
  ].join("\n");
}

/** Clients ask for it by this name. The prefix keeps it apart from a model of the same name that the operator pays for. */
function groupOf(id: string): string {
  return `laplas/${id}`;
}

/** Which way it is called, and what LiteLLM would else refuse before it sends anything, for ids that it does not know from OpenAI. */
function extraParameters({ id, modality, takesDimensions }: Chosen): string[] {
  switch (modality) {
    case "chat":
      return ["use_chat_completions_api: true"];
    case "embedding":
      return takesDimensions && !id.includes("text-embedding-3")
        ? ['allowed_openai_params: ["dimensions"] # LiteLLM lets only text-embedding-3 have them']
        : [];
    case "image":
      return ["drop_params: true # or LiteLLM refuses response_format for all but dall-e"];
  }
}

function abilities({ modality, capabilities, ...model }: Chosen): string[] {
  const context = model.context_length === undefined ? [] : [`max_input_tokens: ${model.context_length}`];
  switch (modality) {
    case "chat":
      return [
        ...context,
        ...(model.max_output_tokens === undefined ? [] : [`max_output_tokens: ${model.max_output_tokens}`]),
        `supports_function_calling: ${capabilities.tools}`,
        `supports_response_schema: ${capabilities.response_format}`,
        `supports_reasoning: ${capabilities.reasoning}`,
        ...(capabilities.image_input === undefined ? [] : [`supports_vision: ${capabilities.image_input}`]),
      ];
    case "embedding":
      return [...context, ...(model.dimensions === undefined ? [] : [`output_vector_size: ${model.dimensions}`])];
    case "image":
      return [];
  }
}

function ownModels(fallback: string | undefined): string {
  return `
  # Your own models follow here${fallback === undefined ? "" : `, the fallback among them`}:
  # A server of the OpenAI kind that has no /v1/responses needs use_chat_completions_api: true as well.
  # - model_name: ${json(fallback ?? "other")}
  #   litellm_params: { model: "provider/model", api_key: "os.environ/PROVIDER_API_KEY" }
`;
}

function routerSettings(chosen: readonly Chosen[], fallback: string | undefined): string {
  const chats = chosen.filter(({ id, modality }) => modality === "chat" && groupOf(id) !== fallback);
  if (fallback === undefined || chats.length === 0) {
    return `# With --fallback NAME each chat model here gets that model group of yours to answer for it while its budget is spent.
# Nothing else is set for the router as a whole, since it would hold for your other models too.
`;
  }
  return `# Who answers while a budget is spent. Nothing else is set for the router as a whole, since it would hold for your other models
# too. Embedding models have no fallback: vectors of two models do not compare.
router_settings:
  fallbacks:
${chats.map(({ id }) => `    - { ${json(groupOf(id))}: [${json(fallback)}] }`).join("\n")}
`;
}

const TAIL = `litellm_settings:
  # Asks the gateway first, so that a spent model is left out before a call fails. Without it everything works as well, with one
  # refused call per model, worker and reset.
  callbacks: ["litellm_laplas.callback"]
  # The same for clients of /v1/messages, such as Claude Code. It holds for your own OpenAI models too, and not for Anthropic's.
  use_chat_completions_url_for_anthropic_messages: true

general_settings:
  master_key: "os.environ/LITELLM_MASTER_KEY"
`;

function json(text: string): string {
  return JSON.stringify(text);
}
