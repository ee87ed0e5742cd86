export {
  type CallReport,
  type CheckError,
  type CheckResult,
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
export type {
  ChatLaplasCallOptions,
  ChatLaplasFields,
  ClientConfiguration,
  RequestHints,
  Sampling,
} from "./chat/chat-fields.js";
export { ChatLaplas } from "./chat/chat-laplas.js";
export type { ModelCheck } from "./chat/check-call.js";
export type { OutputSchema } from "./chat/structured-output.js";
export { LaplasEmbeddings, type LaplasEmbeddingsFields } from "./embeddings/laplas-embeddings.js";
export type { TaskType } from "./embeddings/vendor-options.js";
export type { EngineFields } from "./engine/engine-fields.js";
export type { LaplasImage, LaplasImageMetadata } from "./images/image-blocks.js";
export type { ImagePrompt, LaplasImagesFields, LaplasImagesInput } from "./images/image-fields.js";
export type { LaplasImageToolInput } from "./images/image-tool-schema.js";
export { LaplasImageTool, type LaplasImageToolFields } from "./images/laplas-image-tool.js";
export { LaplasImages } from "./images/laplas-images.js";
export type { LaplasResponseMetadata } from "./messages/from-completion.js";
export type { MessageReport, MessageWindow } from "./messages/message-report.js";
export { reportOf } from "./messages/report-of.js";
