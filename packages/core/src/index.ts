export type { WindowLeft } from "./account/remaining.js";
export type { CallOptions } from "./call/call-options.js";
export type { CallReport, PartReport } from "./call/report.js";
export { answersInFormat } from "./catalog/answers-in-format.js";
export type { Catalog, ModelLookup } from "./catalog/create-catalog.js";
export type {
  ChatCapabilities,
  ChatModel,
  Dialect,
  EmbeddingModel,
  ImageModel,
  Modality,
  Model,
  ModelName,
  ThinkMarks,
} from "./catalog/model.js";
export type { ModelEntryInput } from "./catalog/model-entry.js";
export type { CheckError, CheckOptions, CheckResult, CostRange, LengthOptions } from "./check.js";
export type { Ended, SeamKind } from "./continuation/ended.js";
export {
  type CostFields,
  type CostUnit,
  costIn,
  costOf,
  type Meter,
  type Metric,
  metricOf,
  unitOf,
} from "./cost/meter.js";
export type { CostBasis } from "./cost/rates.js";
export { createEngine } from "./create-engine.js";
export { createLaplas } from "./create-laplas.js";
export { continueAtCapFor } from "./door/continue-header.js";
export {
  type AskedHead,
  type ErrorResponseOptions,
  type Refusal,
  refusalResponse,
  toErrorResponse,
} from "./door/error-response.js";
export { type ModelCard, modelCards } from "./door/model-list.js";
export { otherMethodResponse } from "./door/unknown-path.js";
export type { ChatStream, Engine, EngineProvider, Laplas, WithReport } from "./engine.js";
export type { LaplasErrorCode } from "./errors/error-codes.js";
export { isLaplasError, isRetryable, type LaplasError, stampRetryable } from "./errors/laplas-error.js";
export { FatalLimitError, RetryableLimitError } from "./errors/limit-errors.js";
export { InvalidOptionsError, LedgerError } from "./errors/setup-errors.js";
export { FatalUpstreamError, UpstreamError } from "./errors/upstream-errors.js";
export type { LaplasEvent, LaplasListener } from "./events.js";
export type { LedgerStore } from "./ledger/ledger-store.js";
export type { Misdated } from "./ledger/misdated.js";
export type { LedgerOption } from "./ledger/open-ledger.js";
export type { RedisClient } from "./ledger/redis/redis-client.js";
export { createRedisStore, type RedisStoreOptions } from "./ledger/redis/redis-store.js";
export { stateDirectory } from "./ledger/state-directory.js";
export type { LongAnswerCost } from "./long-answer-cost.js";
export type { ModelQuery, ModelStatus } from "./model-status.js";
export type { EngineOptions, LaplasOptions } from "./options.js";
export { countFault, type DeprecatedOption, type OptionName, type OptionRow, optionTable } from "./options-table.js";
export type { Picture } from "./pictures/fetch-picture.js";
export { type PictureType, pictureType } from "./pictures/picture-type.js";
export type { FittingModel, OverLimitCall, Plan, PlannedCall } from "./plan.js";
export { isProtocolName, type ProtocolName } from "./protocol/read-for-check.js";
export type {
  CostPath,
  Provider,
  ProviderDocument,
  ProviderPaths,
  Term,
  Terms,
  ToolShape,
  UnknownRates,
} from "./provider/provider.js";
export { isDocumentPath, readDocument } from "./provider/read-document.js";
export { type ResolveProviderOptions, resolveProvider } from "./provider/resolve-provider.js";
export type {
  FailureKind,
  FailureSignal,
  HeaderSignal,
  SignalPeriod,
  Signals,
  TimeFormat,
  UntilSignal,
  UsageEndpoint,
  UsageWindow,
} from "./provider/signals.js";
export type { ProviderSettings } from "./provider-settings.js";
export { createCatalog } from "./providers/laplas/laplas-catalog.js";
export { freeTier, paidTier, playgroundTier, type TierName } from "./providers/laplas/laplas-tiers.js";
export type { ModelId } from "./providers/laplas/model-id.js";
export { type ResolveTierOptions, resolveTier } from "./providers/laplas/resolve-laplas-tier.js";
export type { Adjustment } from "./request/adjustment.js";
export type {
  ChatAnswerMessage,
  ChatCompletion,
  ChatCompletionChunk,
  ChatDelta,
  ChatMessage,
  ChatRequest,
  ContentPart,
  EmbeddingList,
  EmbeddingRequest,
  ImageList,
  ImageRequest,
  ToolCall,
  Usage,
} from "./request/wire-types.js";
export type { ProviderDoubt } from "./route/all-accounts.js";
export type { RouteDetails, RouteOptions, Training } from "./route/routes.js";
export type { ModelUse, Status, StatusQuery, WindowStatus } from "./status.js";
export { decide } from "./tier/decide.js";
export type { Decision, DecisionContext } from "./tier/decision.js";
export { type Doubt, doubtsOf, staleSince } from "./tier/doubts.js";
export type { Evidence, Rule, Tier, TierDocument, WindowRule } from "./tier/tier.js";
export { type InputKind, type TierLimits, tierLimits } from "./tier/tier-limits.js";
export { inIncomingTrace } from "./trace/incoming-trace.js";
