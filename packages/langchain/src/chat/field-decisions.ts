import { ENGINE_SETTINGS, type EngineFields } from "../engine/engine-fields.js";
import type { ChatLaplasCallOptions, ChatLaplasFields, RequestHints, Sampling } from "./chat-fields.js";

/** How a field or a call option is treated. */
export type Decision =
  /** Sent in the request body under this name. Whether the model supports it is the engine's business. */
  | { readonly sentAs: string }
  /** Another name of this field. */
  | { readonly aliasOf: string }
  /** Read by this package, the engine or LangChain's base class. `isPlain`: it is serialised, so LangChain's `load` restores it. */
  | { readonly handledBy: "ChatLaplas" | "engine" | "LangChain"; readonly isPlain?: boolean }
  /** Refused, with the reason. `undefined`, `null` and `false` ask for nothing and pass, as does a value that `isNeutral`. */
  | { readonly refused: string; readonly isNeutral?: (value: unknown) => boolean };

type RequestField = Exclude<keyof Sampling | keyof RequestHints, "reasoning">;

/** Fields of the request body, by LangChain's names. */
export const REQUEST_FIELDS: Readonly<Record<RequestField, string>> = {
  temperature: "temperature",
  topP: "top_p",
  maxTokens: "max_tokens",
  frequencyPenalty: "frequency_penalty",
  presencePenalty: "presence_penalty",
  logitBias: "logit_bias",
  seed: "seed",
  n: "n",
  logprobs: "logprobs",
  topLogprobs: "top_logprobs",
  reasoningEffort: "reasoning_effort",
  verbosity: "verbosity",
  user: "user",
  service_tier: "service_tier",
  promptCacheKey: "prompt_cache_key",
  promptCacheRetention: "prompt_cache_retention",
  promptCacheOptions: "prompt_cache_options",
  prediction: "prediction",
};

const sent = Object.fromEntries(Object.entries(REQUEST_FIELDS).map(([name, sentAs]) => [name, { sentAs }])) as Readonly<
  Record<RequestField, Decision>
>;

const ours: Decision = { handledBy: "ChatLaplas" };
const plain: Decision = { handledBy: "ChatLaplas", isPlain: true };
const engine: Decision = { handledBy: "engine" };
const settings = Object.fromEntries(ENGINE_SETTINGS.map(([name]) => [name, engine])) as Readonly<
  Record<Exclude<keyof EngineFields, "engine">, Decision>
>;
const langchain: Decision = { handledBy: "LangChain" };

const refused = (reason: string, isNeutral?: (value: unknown) => boolean): Decision => ({
  refused: reason,
  ...(isNeutral && { isNeutral }),
});
const isTextAlone = (value: unknown): boolean => Array.isArray(value) && value.every((kind) => kind === "text");
const azure = refused("ChatLaplas does not call Azure. Use apiKey and baseURL.");
const responses = refused("It belongs to OpenAI's Responses API, and ChatLaplas speaks chat completions.");
const audio = refused("Answers of ChatLaplas are text.");
const functions = refused("This predecessor of tools is not supported. Use tools and tool_choice.");

/** Every constructor field, including those of LangChain's ChatOpenAI (1.6.0). */
export const FIELD_DECISIONS: Readonly<Record<keyof ChatLaplasFields, Decision> & Record<string, Decision>> = {
  ...sent,
  model: plain,
  modelName: { aliasOf: "model" },
  maxCompletionTokens: { aliasOf: "maxTokens" },
  stop: plain,
  stopSequences: { aliasOf: "stop" },
  reasoning: ours,
  streaming: plain,
  streamUsage: plain,
  timeout: plain,
  deadlineMs: plain,
  continueAtCap: plain,
  maxRetries: plain,
  supportsStrictToolCalling: plain,
  modelKwargs: plain,
  configuration: ours,
  disableStreaming: plain,
  outputVersion: { handledBy: "LangChain", isPlain: true },
  cache: langchain,
  callbacks: langchain,
  callbackManager: langchain,
  tags: langchain,
  metadata: langchain,
  verbose: langchain,
  maxConcurrency: langchain,
  onFailedAttempt: langchain,
  ...settings,
  engine,
  openAIApiKey: refused("ChatLaplas does not call OpenAI. Give the key of your laplas account as apiKey."),
  useResponsesApi: responses,
  zdrEnabled: refused("What the upstream stores can't be set per model."),
  audio,
  modalities: refused("Answers of ChatLaplas are text.", isTextAlone),
  prefixMessages: refused("Put these messages into the prompt, for example with a ChatPromptTemplate."),
  completions: refused("ChatLaplas sends its requests through its own engine."),
  responses,
  __includeRawResponse: refused("The raw answer is not kept. See reportOf(message)."),
  azureOpenAIApiVersion: azure,
  azureOpenAIApiKey: azure,
  azureOpenAIApiInstanceName: azure,
  azureOpenAIApiDeploymentName: azure,
  azureOpenAIApiEmbeddingsDeploymentName: azure,
  azureOpenAIApiCompletionsDeploymentName: azure,
  azureOpenAIBasePath: azure,
  azureOpenAIEndpoint: azure,
  azureADTokenProvider: azure,
  openAIApiVersion: azure,
  openAIBasePath: azure,
  deploymentName: azure,
};

/** Every call option, including ChatOpenAI's. Other names pass unchecked: LangGraph hands a node's whole config to the model. */
export const CALL_OPTION_DECISIONS: Readonly<Record<keyof ChatLaplasCallOptions, Decision> & Record<string, Decision>> =
  {
    ...sent,
    reasoning: ours,
    stop: ours,
    tools: ours,
    tool_choice: ours,
    parallel_tool_calls: ours,
    strict: ours,
    response_format: ours,
    stream_options: ours,
    modelKwargs: ours,
    promptIndex: ours,
    continueAtCap: ours,
    maxRetries: engine,
    signal: engine,
    timeout: langchain,
    outputVersion: langchain,
    ls_structured_output_format: langchain,
    callbacks: langchain,
    tags: langchain,
    metadata: langchain,
    runName: langchain,
    runId: langchain,
    configurable: langchain,
    recursionLimit: langchain,
    maxConcurrency: langchain,
    model: refused("Make one ChatLaplas per model, or use initChatModel with configurableFields."),
    options: refused(
      "These are options of OpenAI's client. Use the call options signal, timeout and maxRetries; for headers the field defaultHeaders.",
    ),
    functions,
    function_call: functions,
    audio,
    modalities: refused("Answers of ChatLaplas are text.", isTextAlone),
    text: responses,
    truncation: responses,
    include: responses,
    previous_response_id: responses,
  };

/** The call options that LangChain's base class does not know. */
export const CALL_KEYS: readonly string[] = Object.entries(CALL_OPTION_DECISIONS)
  .filter(([, decision]) => "sentAs" in decision || ("handledBy" in decision && decision.handledBy === "ChatLaplas"))
  .map(([name]) => name);

/** Every part of the field `configuration`, which is OpenAI's ClientOptions in ChatOpenAI. */
export const CONFIGURATION_DECISIONS: Readonly<Record<string, Decision>> = {
  apiKey: engine,
  baseURL: engine,
  defaultHeaders: engine,
  fetch: engine,
  // Allowed without it as well.
  dangerouslyAllowBrowser: engine,
  timeout: refused("Use the field timeout."),
  maxRetries: refused("Use the field maxRetries."),
};
