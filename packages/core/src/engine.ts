import type { CallOptions } from "./call/call-options.js";
import type { CallReport } from "./call/report.js";
import type { Catalog } from "./catalog/create-catalog.js";
import type { ModelName } from "./catalog/model.js";
import type { CheckOptions, CheckResult, LengthOptions } from "./check.js";
import type { LaplasListener } from "./events.js";
import type { Misdated } from "./ledger/misdated.js";
import type { ModelQuery, ModelStatus } from "./model-status.js";
import type { Picture } from "./pictures/fetch-picture.js";
import type { Plan, PlannedCall } from "./plan.js";
import type { ProtocolName } from "./protocol/read-for-check.js";
import type { Provider } from "./provider/provider.js";
import type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatRequest,
  EmbeddingList,
  EmbeddingRequest,
  ImageList,
  ImageRequest,
} from "./request/wire-types.js";
import type { ProviderDoubt } from "./route/all-accounts.js";
import type { Status, StatusQuery } from "./status.js";
import type { Tier } from "./tier/tier.js";

/** An answer with the story of how it came about. */
export type WithReport<Answer> = Answer & { laplas: CallReport };

/** A streamed answer: the chunks, in order and unbuffered, and at its end the report. Can be read once. */
export interface ChatStream extends AsyncIterable<ChatCompletionChunk> {
  /** Resolves when the upstream has finished and the call is settled; never rejects, even if the stream failed or was left. */
  readonly report: Promise<CallReport>;
}

/** A provider that an engine calls. */
export interface EngineProvider extends Pick<Provider, "id" | "title" | "unit" | "terms"> {
  /** The tier in force, inheritance resolved. */
  readonly tier: Tier;
}

/** The engine: every door is made of these. Methods need no `this`. */
export interface Engine {
  /** One chat answer. @throws LaplasError, or the signal's reason */
  chat(request: ChatRequest, options?: CallOptions): Promise<WithReport<ChatCompletion>>;
  /**
   * One chat answer, chunk by chunk. The upstream is read at its own speed, so another call may be made inside the loop.
   * Leaving the loop aborts the call. @throws LaplasError from the first step of the loop
   */
  chatStream(request: ChatRequest, options?: CallOptions): ChatStream;
  /** Vectors for one text or many. @throws LaplasError */
  embed(request: EmbeddingRequest, options?: CallOptions): Promise<WithReport<EmbeddingList>>;
  /**
   * Images for a prompt. Where the tier takes one at a time, several become requests in turn; the error of one that fails
   * has those before it as `completed`. @throws LaplasError
   */
  image(request: ImageRequest, options?: CallOptions): Promise<WithReport<ImageList>>;
  /**
   * The bytes of a picture by the address that an answer has for it. Only addresses of the provider's own origin and public ones are asked,
   * without the key, each redirect checked; at most 32 MB in 60 s. @throws FatalUpstreamError with the address, or the signal's reason
   */
  fetchPicture(address: string, options?: Pick<CallOptions, "signal">): Promise<Picture>;
  /**
   * Whether a request would pass now, what would be changed, what it would cost and how long it would wait. Spends nothing. Refused
   * with the code `ledger` where the ledger fails, as the call would be. A body of Responses or Messages is read as its `protocol` has it.
   */
  check(request: object, options: CheckOptions & { readonly protocol: ProtocolName }): Promise<CheckResult>;
  check(request: ChatRequest | EmbeddingRequest | ImageRequest, options?: LengthOptions): Promise<CheckResult>;
  /**
   * What a job of many calls needs on this tier: calls, API tokens, days, and the models that would fit it into today. Spends nothing.
   * Has a `problem` where the ledger fails.
   */
  plan(job: readonly PlannedCall[], options?: LengthOptions): Promise<Plan>;
  /**
   * The catalog's models, with the calls left of each; without them, and with a warning, where the ledger fails. Of several providers their
   * ids are `provider/model`.
   */
  models(query?: ModelQuery): Promise<readonly ModelStatus[]>;
  /** What the catalog knows about a name. */
  findModel(name: ModelName): ReturnType<Catalog["find"]>;
  /** What is used, held and left of the tier's windows, running and waiting calls. It is all of the ledger. @throws LedgerError */
  status(): Promise<Status>;
  /** The same of each provider, in their order: `status()` is the first. @throws LedgerError */
  statuses(query?: StatusQuery): Promise<readonly Status[]>;
  /**
   * What a clock that was wrong has left in the account: calls of a time that is still to come, and blocks that end later than any can.
   * Nothing, of a store that does not say. @throws LedgerError
   */
  misdated(): Promise<Misdated>;
  /** Charges these calls now, so that the windows of today count them, and drops these blocks. @throws LedgerError */
  redate(): Promise<void>;
  /** What of the tiers' rules is in doubt: stale, contradicted by what the server said, or never published. @throws LedgerError */
  doubts(): Promise<readonly ProviderDoubt[]>;
  /** Asks again by hand: what the provider wanted to be paid for, or does not serve on this plan, is sent again. @throws LedgerError */
  resume(): Promise<void>;
  /**
   * The engine behind the signature of `fetch`, for any OpenAI-compatible SDK. Only method, path suffix and JSON body count:
   * host and headers of the caller are dropped. A refusal is an OpenAI-shaped `Response`, never a throw.
   */
  fetch: typeof globalThis.fetch;
  /** Adds a listener; the returned function takes it away. */
  onEvent(listener: LaplasListener): () => void;
  /** Whose models these are, and what their costs are counted in; of several providers the first. */
  readonly provider: EngineProvider;
  /** All providers, in the order in which they are asked. */
  readonly providers: readonly EngineProvider[];
  /** Models by the names of routes; `auto` and `auto:tools` are there without. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
  /** The tier in force, inheritance resolved; of several providers the first's. */
  readonly tier: Tier;
  /** Follow-ups of an answer that the tier's limit cuts, at most, for calls that say nothing of their own; 0 for none. */
  readonly continueAtCap: number;
  /** Ends idle connections and the ledger's file. Running calls should have ended. */
  close(): Promise<void>;
}

/** The engine, by the name of its product. */
export type Laplas = Engine;
