import { resume } from "./account/off.js";
import type { StreamForm } from "./call/answer-stream.js";
import type { CallOptions } from "./call/call-options.js";
import { fetchOne } from "./call/give-pictures.js";
import { createTotals, reportOf } from "./call/prepared-call.js";
import type { CallReport } from "./call/report.js";
import { runCall } from "./call/run-call.js";
import { checkRequest } from "./check.js";
import { createContext, type EngineContext } from "./create-context.js";
import { createFetch } from "./door/create-fetch.js";
import type { ChatStream, Engine, WithReport } from "./engine.js";
import { listModels } from "./model-status.js";
import { type EngineOptions, type ResolvedOptions, resolveEngineOptions } from "./options.js";
import { planJob } from "./plan.js";
import type { Endpoint } from "./request/read-request.js";
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatRequest,
  EmbeddingList,
  ImageList,
} from "./request/wire-types.js";
import { readStatus } from "./status.js";
import { doubtsOf } from "./tier/doubts.js";

/**
 * Creates an engine of any provider. Nothing is opened or sent before the first call.
 *
 * Of the environment only those variables are read that belong to laplas, where it is among the providers, and those that a document
 * names. LAPLAS_LEDGER fills in `ledger` whatever the provider.
 *
 * @throws InvalidOptionsError naming the option, or the place in the provider's document
 * @example
 * ```ts
 * const document = JSON.parse(await readFile("my-provider.json", "utf8"));
 * const engine = createEngine({ providers: [{ document }] });
 * console.log(engine.provider.title, (await engine.models()).length);
 * ```
 */
export function createEngine(options: EngineOptions): Engine {
  return engineOf(resolveEngineOptions(options));
}

/** The engine of options that were read. */
export function engineOf(options: ResolvedOptions): Engine {
  const context = createContext(options);
  for (const sentence of options.warnings) context.warn(sentence);
  const { catalog, provider, tier, continueAtCap } = context.options;
  return {
    chat: (request, callOptions) => whole<ChatCompletion>(context, "chat", { ...request, stream: false }, callOptions),
    chatStream: (request, callOptions) => openStream(context, request, callOptions),
    embed: (request, callOptions) => whole<EmbeddingList>(context, "embedding", request, callOptions),
    image: (request, callOptions) => whole<ImageList>(context, "image", request, callOptions),
    fetchPicture: (address, callOptions) => fetchOne(context, address, callOptions?.signal),
    check: (request, callOptions) => checkRequest(context, request, callOptions),
    plan: (job, callOptions) => planJob(context, job, callOptions),
    models: (query) => listModels(context, query),
    findModel: (name) => catalog.find(name),
    status: () => readStatus(context),
    async misdated() {
      const { store, name } = await context.account.open();
      return (await store.misdated?.(name)) ?? { calls: 0, blocks: 0 };
    },
    async redate() {
      const { store, name } = await context.account.open();
      await store.redate?.(name);
    },
    doubts: async () => doubtsOf(tier, context.options.now(), await context.account.saidLimits()),
    resume: () => resume(context.account),
    fetch: createFetch(context),
    onEvent(listener) {
      context.listeners.add(listener);
      return () => context.listeners.delete(listener);
    },
    provider: { id: provider.id, title: provider.title, unit: provider.unit },
    tier,
    continueAtCap,
    close: () => context.close(),
  };
}

async function whole<Answer extends ChatCompletion | EmbeddingList | ImageList>(
  context: EngineContext,
  endpoint: Endpoint,
  body: unknown,
  options: CallOptions | undefined,
): Promise<WithReport<Answer>> {
  const outcome = await runCall(context, endpoint, [body], options ?? {}, asChunk);
  if (outcome.kind !== "whole") throw new TypeError("a call that asked for no stream was answered with one");
  return { ...(outcome.answer as Answer), laplas: outcome.report };
}

/** Sends with the first step of the loop, so that a stream nobody reads is never asked for. */
function openStream(context: EngineContext, request: ChatRequest, options: CallOptions | undefined): ChatStream {
  let isRead = false;
  let settleReport = (_: CallReport | Promise<CallReport>): void => {};
  const report = new Promise<CallReport>((resolve) => {
    settleReport = resolve;
  });
  return {
    report,
    async *[Symbol.asyncIterator](): AsyncGenerator<ChatCompletionChunk> {
      // A second loop would send, and pay for, a second request.
      if (isRead) throw new TypeError("This stream has been read already. Call chatStream again for another answer.");
      isRead = true;
      const body = { ...request, stream: true };
      const outcome = await runCall(context, "chat", [body], options ?? {}, asChunk).catch((error: unknown) => {
        // Nothing was charged that a report could tell, but who waits for one must not wait for ever.
        settleReport(reportOf({ totals: createTotals(), adjusted: [], unit: context.options.tier.unit }));
        throw error;
      });
      if (outcome.kind !== "stream") throw new TypeError("a call that asked for a stream was answered without one");
      settleReport(outcome.report);
      yield* outcome.items;
      await outcome.report;
    },
  };
}

const asChunk: StreamForm<ChatCompletionChunk> = (chunk) => chunk;
