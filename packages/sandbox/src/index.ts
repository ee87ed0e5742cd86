export { createSandbox, type Sandbox, type SandboxOptions } from "./create-sandbox.js";
export type { PricedImage } from "./images/image-endpoint.js";
export type { ErrorBodyStyle } from "./server/error-body.js";
export type { Fault, FaultOptions } from "./server/fault.js";
export type { LoggedRequest, RequestCounts, RequestOutcome } from "./server/request-log.js";
export type { ClockOptions, SandboxClock } from "./tier/clock.js";
export type { RefusalReason } from "./tier/refusal.js";
export { freeRules, paidRules, type SandboxRules } from "./tier/rules.js";
