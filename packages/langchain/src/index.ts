export {
  type CallReport,
  createLaplas,
  FatalLimitError,
  FatalUpstreamError,
  InvalidOptionsError,
  isLaplasError,
  isRetryable,
  type Laplas,
  type LaplasError,
  type LaplasErrorCode,
  type LaplasOptions,
  LedgerError,
  RetryableLimitError,
  UpstreamError,
} from "@laplas/core";
export type { ChatLaplasCallOptions, ChatLaplasFields, Sampling } from "./chat/chat-fields.js";
export { ChatLaplas } from "./chat/chat-laplas.js";
export type { OutputSchema } from "./chat/structured-output.js";
export { LaplasEmbeddings, type LaplasEmbeddingsFields } from "./embeddings/laplas-embeddings.js";
export type { EngineFields } from "./engine/engine-fields.js";
export type { LaplasResponseMetadata } from "./messages/from-completion.js";
export { reportOf } from "./messages/report-of.js";
