import type { Laplas } from "@laplas/core";
import type { Chosen } from "./litellm-models.js";

/** What the text is made of. */
interface TextParts {
  readonly providers: Laplas["providers"];
  readonly chosen: readonly Chosen[];
  /** The gateway's, with `/v1`. */
  readonly apiBase: string;
  /** Whether clients of the gateway need a token. */
  readonly hasClients: boolean;
  readonly fallback: string | undefined;
}

/** LiteLLM's own words for what a model makes. */
const MODES = { chat: "chat", embedding: "embedding", image: "image_generation" } as const;

/**
 * The text of the configuration. Every scalar is a JSON string, number or boolean, all of which YAML reads as they are, so no model's
 * name can be taken for something else; the same settings always give the same text.
 */
export function configText({ providers, chosen, apiBase, hasClients, fallback }: TextParts): string {
  return [
    head(providers, apiBase, hasClients),
    "model_list:",
    ...chosen.map((model) => deployment(model, apiBase, hasClients)),
    ownModels(chosen.some(({ id }) => groupOf(id) === fallback) ? undefined : fallback),
    routerSettings(chosen, fallback),
    TAIL,
  ].join("\n");
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
