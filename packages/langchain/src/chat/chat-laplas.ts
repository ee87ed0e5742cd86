import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from "@langchain/core/language_models/base";
import { BaseChatModel, type BindToolsInput, type LangSmithParams } from "@langchain/core/language_models/chat_models";
import type { ChatModelStreamEvent } from "@langchain/core/language_models/event";
import type { ModelProfile } from "@langchain/core/language_models/profile";
import type { AIMessageChunk, BaseMessage, MessageContent } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { ensureConfig, type Runnable } from "@langchain/core/runnables";
import type { IterableReadableStream } from "@langchain/core/utils/stream";
import type { CallOptions, ChatRequest, Laplas } from "@laplas/core";
import { throwIfAborted, toDoorError } from "../engine/door-error.js";
import { checkCount, checkModel } from "../engine/engine-fields.js";
import { serializableFields } from "../engine/serializable-fields.js";
import { engineFor } from "../engine/shared-engine.js";
import { fromCompletion } from "../messages/from-completion.js";
import { registerTranslator } from "../messages/model-provider.js";
import { toChatMessages } from "../messages/to-chat-messages.js";
import { VERSION } from "../version.js";
import { buildRequest, type RequestParameters, type StreamOptions, streamedRequest } from "./build-request.js";
import type { ChatLaplasCallOptions, ChatLaplasFields } from "./chat-fields.js";
import { checkCall, type ModelCheck } from "./check-call.js";
import { readContinueAtCap } from "./continue-at-cap.js";
import { countTokens } from "./count-tokens.js";
import { CALL_KEYS } from "./field-decisions.js";
import { joinChunks } from "./join-chunks.js";
import { modelProfile } from "./model-profile.js";
import { langchainFields, readFields, requestFields, WRITTEN_FIELDS } from "./read-fields.js";
import { toGenerationChunks } from "./stream-chunks.js";
import { toStreamEvents } from "./stream-events.js";
import { streamInContext } from "./stream-in-context.js";
import { streamOfAnswer } from "./stream-of-answer.js";
import { structuredChain } from "./structured-chain.js";
import type { OutputSchema } from "./structured-output.js";
import { toTools } from "./tools.js";

/**
 * A chat model on the laplas engine: every call obeys the tier before it is sent, waits its turn, and is accounted for.
 * Errors are the engine's, unchanged; LangChain's retries and fallbacks understand them.
 *
 * @example
 * ```ts
 * const model = new ChatLaplas({ model: "gpt-4o-mini" }); // key from LAPLAS_API_KEY
 * const answer = await model.invoke("Why is the sky blue?");
 * console.log(answer.text, reportOf(answer)?.remaining);
 * ```
 */
export class ChatLaplas extends BaseChatModel<ChatLaplasCallOptions> {
  override lc_serializable = true;
  readonly model: string;
  declare readonly temperature: number | undefined;
  declare readonly topP: number | undefined;
  declare readonly maxTokens: number | undefined;
  declare readonly frequencyPenalty: number | undefined;
  declare readonly presencePenalty: number | undefined;
  declare readonly logitBias: Record<string, number> | undefined;
  declare readonly seed: number | undefined;
  declare readonly n: number | undefined;
  declare readonly logprobs: boolean | undefined;
  declare readonly topLogprobs: number | undefined;
  declare readonly reasoningEffort: string | undefined;
  declare readonly verbosity: string | null | undefined;
  declare readonly user: string | undefined;
  declare readonly service_tier: string | null | undefined;
  declare readonly promptCacheKey: string | undefined;
  declare readonly promptCacheRetention: string | null | undefined;
  declare readonly promptCacheOptions: object | undefined;
  declare readonly prediction: object | undefined;
  readonly stop: string[] | undefined;
  readonly streaming: boolean;
  readonly streamUsage: boolean;
  readonly timeout: number | undefined;
  readonly deadlineMs: number | undefined;
  readonly continueAtCap: number | undefined;
  readonly maxRetries: number;
  readonly supportsStrictToolCalling: boolean | undefined;
  readonly modelKwargs: Record<string, unknown> | undefined;
  /** Of the fields, what is worth telling caches and traces apart by. */
  readonly baseURL: string | undefined;
  readonly continueSeams: "proved" | "plain" | undefined;
  /** Whether LangChain's AsyncCaller has anything to do: without a bound or a handler it only costs time. */
  readonly #isBounded: boolean;
  /** Private: printing a model would else print the engine's key. */
  readonly #engine: Laplas;

  /** @throws InvalidOptionsError */
  constructor(model: string, fields?: Omit<ChatLaplasFields, "model">);
  constructor(fields: ChatLaplasFields);
  constructor(modelOrFields: string | ChatLaplasFields, others: Omit<ChatLaplasFields, "model"> = {}) {
    const fields = readFields(
      typeof modelOrFields === "string" ? { ...others, model: modelOrFields } : (modelOrFields ?? {}),
    );
    // The engine is the only retrier: LangChain's would sleep on top of it and count every attempt as a new call.
    super({ ...langchainFields(fields), maxRetries: 0 });
    this.lc_kwargs = serializableFields(fields, WRITTEN_FIELDS);
    this.model = checkModel("ChatLaplas", fields.model);
    Object.assign(this, requestFields(fields));
    this.stop = fields.stop;
    this.disableStreaming = fields.disableStreaming ?? false;
    this.streaming = fields.streaming ?? false;
    this.streamUsage = fields.streamUsage ?? true;
    this.timeout = checkCount("timeout", fields.timeout);
    this.deadlineMs = checkCount("deadlineMs", fields.deadlineMs);
    this.maxRetries = checkCount("maxRetries", fields.maxRetries) ?? 2;
    this.supportsStrictToolCalling = fields.supportsStrictToolCalling;
    this.modelKwargs = fields.modelKwargs;
    this.baseURL = fields.baseURL;
    this.continueSeams = fields.continueSeams;
    this.#isBounded = fields.maxConcurrency !== undefined || fields.onFailedAttempt !== undefined;
    this.#engine = engineFor(fields);
    this.continueAtCap = readContinueAtCap(fields);
    this._addVersion("@laplas/langchain", VERSION);
    registerTranslator();
  }

  static override lc_name(): string {
    return "ChatLaplas";
  }

  override get lc_secrets(): Record<string, string> {
    return { apiKey: "LAPLAS_API_KEY" };
  }

  override get lc_aliases(): Record<string, string> {
    // Without them LangChain would write base_u_r_l, and read service_tier as serviceTier.
    return { baseURL: "base_url", service_tier: "service_tier" };
  }

  override get callKeys(): string[] {
    return [...super.callKeys, ...CALL_KEYS];
  }

  override _llmType(): string {
    return "laplas";
  }

  override get profile(): ModelProfile {
    return modelProfile(this.#engine, this.model);
  }

  override getLsParams(options: this["ParsedCallOptions"]): LangSmithParams {
    const temperature = options.temperature ?? this.temperature;
    const maxTokens = options.maxTokens ?? this.maxTokens;
    const stop = options.stop ?? this.stop;
    return {
      ls_provider: "laplas",
      ls_model_name: this.model,
      ls_model_type: "chat",
      ...(temperature !== undefined ? { ls_temperature: temperature } : {}),
      ...(maxTokens !== undefined ? { ls_max_tokens: maxTokens } : {}),
      ...(stop !== undefined ? { ls_stop: stop } : {}),
    };
  }

  /** What LangChain's caches tell answers apart by. */
  override _identifyingParams(): Record<string, unknown> {
    const { baseURL, continueAtCap, continueSeams } = this;
    return {
      ...buildRequest(this),
      base_url: baseURL,
      tier: this.#engine.tier.name,
      // An answer that was cut is no answer of a model that goes on.
      ...(continueAtCap === undefined ? {} : { continueAtCap }),
      ...(continueSeams === undefined ? {} : { continueSeams }),
    };
  }

  /** The body of a request, but for its messages. */
  override invocationParams(options?: this["ParsedCallOptions"]): RequestParameters {
    return buildRequest(this, options);
  }

  /** An estimate, without the download of LangChain's own count. */
  override async getNumTokens(content: MessageContent): Promise<number> {
    return countTokens(content);
  }

  /**
   * Whether a call would be sent now, would wait or would be refused, what it would cost and what is left. Spends nothing and
   * sends nothing. Tools and other options of the call count: they are part of the request. Where the answer may be continued,
   * `longAnswer` says what it costs at its full length, and how much of a day that is.
   *
   * @throws LedgerError
   */
  async check(input: BaseLanguageModelInput, options: Partial<ChatLaplasCallOptions> = {}): Promise<ModelCheck> {
    const messages = ChatLaplas._convertInputToPromptValue(input).toChatMessages();
    const request = { ...buildRequest(this, options), messages: toChatMessages(messages) };
    const continueAtCap = options.continueAtCap ?? this.continueAtCap;
    return checkCall(this.#engine, request, continueAtCap === undefined ? {} : { continueAtCap });
  }

  override bindTools(
    tools: BindToolsInput[],
    options: Partial<ChatLaplasCallOptions> = {},
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatLaplasCallOptions> {
    // Converted once here: schemas are costly to read, and every call asks for its parameters twice.
    return this.withConfig({ ...options, tools: toTools(tools, options.strict) });
  }

  override async _generate(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    const { signal } = options;
    throwIfAborted(signal);
    if (this.streaming && !this.disableStreaming)
      return joinChunks(this._streamResponseChunks(messages, options, runManager));
    try {
      const request = { ...this.invocationParams(options), messages: toChatMessages(messages) };
      const send = async () => {
        throwIfAborted(signal);
        return this.#engine.chat(request, this.#callOptions(options));
      };
      const answer = this.#isBounded ? await this.caller.callWithOptions(signal ? { signal } : {}, send) : await send();
      return fromCompletion(answer);
    } catch (error) {
      throw toDoorError(error, signal);
    }
  }

  override async stream(
    input: BaseLanguageModelInput,
    options?: Partial<ChatLaplasCallOptions>,
  ): Promise<IterableReadableStream<AIMessageChunk>> {
    const config = ensureConfig(options);
    return streamInContext(this._streamIterator(input, config), config);
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    throwIfAborted(options.signal);
    const place = { prompt: options.promptIndex ?? 0, completion: 0 };
    const style = {
      asBlocks: (options.outputVersion ?? this.outputVersion) === "v1",
      withId: runManager === undefined,
    };
    try {
      for await (const chunk of toGenerationChunks(this.#openStream(messages, options), style)) {
        yield chunk;
        await runManager?.handleLLMNewToken(chunk.text, place, undefined, undefined, undefined, { chunk });
        throwIfAborted(options.signal);
      }
    } catch (error) {
      throw toDoorError(error, options.signal);
    }
  }

  override async *_streamChatModelEvents(
    messages: BaseMessage[],
    options: this["ParsedCallOptions"],
  ): AsyncGenerator<ChatModelStreamEvent> {
    throwIfAborted(options.signal);
    try {
      yield* toStreamEvents(this.#openStream(messages, options), this.#streamOptions(options).include_usage);
    } catch (error) {
      throw toDoorError(error, options.signal);
    }
  }

  /**
   * A chain that answers in the shape of a schema: a zod schema, a standard schema, a JSON schema, or a function in OpenAI's
   * shape. Asks for a tool call unless `method` says otherwise. An answer cut at the tier's output limit, and not continued to its end
   * (`continueAtCap`), is a FatalLimitError `output_tokens` with the text so far as `completed`; with `includeRaw`, `parsed` is null instead.
   */
  override withStructuredOutput<Output extends object = Record<string, unknown>>(
    schema: OutputSchema<Output>,
    options?: StructuredOutputMethodOptions<false>,
  ): Runnable<BaseLanguageModelInput, Output>;
  override withStructuredOutput<Output extends object = Record<string, unknown>>(
    schema: OutputSchema<Output>,
    options?: StructuredOutputMethodOptions<true>,
  ): Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }>;
  override withStructuredOutput<Output extends object = Record<string, unknown>>(
    schema: OutputSchema<Output>,
    options: StructuredOutputMethodOptions<boolean> = {},
  ): Runnable<BaseLanguageModelInput, Output> | Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }> {
    return structuredChain(this, schema, options);
  }

  #openStream(messages: BaseMessage[], options: this["ParsedCallOptions"]): ReturnType<Laplas["chatStream"]> {
    const request: ChatRequest = { ...this.invocationParams(options), messages: toChatMessages(messages) };
    return this.disableStreaming
      ? streamOfAnswer(() => this.#engine.chat(request, this.#callOptions(options)))
      : this.#engine.chatStream(streamedRequest(request, this.#streamOptions(options)), this.#callOptions(options));
  }

  #streamOptions({ stream_options: options }: this["ParsedCallOptions"]): StreamOptions {
    return { include_usage: this.streamUsage, ...options };
  }

  #callOptions({ signal, maxRetries, continueAtCap }: this["ParsedCallOptions"]): CallOptions {
    const { timeout: timeoutMs, deadlineMs } = this;
    return {
      signal,
      timeoutMs,
      deadlineMs,
      maxRetries: maxRetries ?? this.maxRetries,
      continueAtCap: continueAtCap ?? this.continueAtCap,
    };
  }
}
