import type { StreamForm } from "./call/answer-stream.js";
import type { CallOptions } from "./call/call-options.js";
import { createTotals, reportOf } from "./call/prepared-call.js";
import type { CallReport } from "./call/report.js";
import type { CheckOptions } from "./check.js";
import { createContext, type EngineContext } from "./create-context.js";
import { createFetch } from "./door/create-fetch.js";
import type { ChatStream, Engine, EngineProvider, WithReport } from "./engine.js";
import { type EngineOptions, type ResolvedOptions, resolveEngineOptions } from "./options.js";
import { createItemMemory } from "./protocol/responses/item-memory.js";
import type { Endpoint } from "./request/read-request.js";
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatRequest,
  EmbeddingList,
  ImageList,
} from "./request/wire-types.js";
import { doubtsOfAll, misdatedOf, redateAll, resumeAll } from "./route/all-accounts.js";
import { fetchPictureOf, findInPool, listAllModels, planInPool } from "./route/all-providers.js";
import { checkRoute } from "./route/check-route.js";
import { NO_ROUTES, type Routes } from "./route/routes.js";
import { runCall } from "./route/run-call.js";
import { readStatus } from "./status.js";

/**
 * Creates an engine of any provider. Nothing is opened or sent before the first call.
 *
 * Of the environment only those variables are read that belong to laplas, where it is among the providers, and those that a document
 * names. LAPLAS_LEDGER and LAPLAS_CONTINUE_AT_CAP fill in `ledger` and `continueAtCap` whatever the provider, and OpenTelemetry's variable
 * `tracing`.
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
  const { all, routes } = resolveEngineOptions(options);
  const [first, ...others] = all;
  return engineOf(first, others, routes);
}

/** The engine of options that were read. @param others of the providers beside the first */
export function engineOf(
  options: ResolvedOptions,
  others: readonly ResolvedOptions[] = [],
  routes: Routes = NO_ROUTES,
): Engine {
  const context = createContext(options, others, routes);
  const { pool } = context;
  for (const sentence of new Set(pool.all.flatMap((one) => one.options.warnings))) context.warn(sentence);
  const { tier, continueAtCap, now } = context.options;
  const items = createItemMemory(now);
  const providers = pool.all.map(({ options: { provider, tier } }) => {
    const { id, title, unit, terms } = provider;
    return { id, title, unit, tier, terms };
  });
  return {
    chat: (request, callOptions) => whole<ChatCompletion>(context, "chat", { ...request, stream: false }, callOptions),
    chatStream: (request, callOptions) => openStream(context, request, callOptions),
    embed: (request, callOptions) => whole<EmbeddingList>(context, "embedding", request, callOptions),
    image: (request, callOptions) => whole<ImageList>(context, "image", request, callOptions),
    fetchPicture: (address, callOptions) => fetchPictureOf(pool, address, callOptions?.signal),
    check: (request: unknown, callOptions?: CheckOptions) => checkRoute(pool, request, callOptions, items),
    plan: (job, callOptions) => planInPool(pool, job, callOptions),
    models: (query) => listAllModels(pool, query),
    findModel: (name) => findInPool(pool, name),
    status: () => readStatus(context),
    statuses: (query) => Promise.all(pool.all.map((one) => readStatus(one, query))),
    misdated: () => misdatedOf(pool),
    redate: () => redateAll(pool),
    doubts: () => doubtsOfAll(pool),
    resume: () => resumeAll(pool),
    fetch: createFetch(context, items),
    onEvent(listener) {
      context.listeners.add(listener);
      return () => context.listeners.delete(listener);
    },
    provider: providers[0] as EngineProvider,
    providers,
    routes: Object.fromEntries([...routes.named].map(([name, { models }]) => [name, models])),
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
        settleReport(
          reportOf({
            totals: createTotals(),
            adjusted: [],
            unit: context.options.tier.unit,
            provider: context.options.provider.id,
          }),
        );
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
