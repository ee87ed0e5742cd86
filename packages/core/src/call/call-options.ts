import type { Adjustment } from "../request/adjustment.js";

/** Options of a single call. */
export interface CallOptions {
  /** Ends the call wherever it is: in the queue, in a pause, or upstream. Its reason is what is thrown. */
  signal?: AbortSignal | undefined;
  /** Milliseconds without content from the upstream before the attempt is given up. @default the engine's `timeoutMs` */
  timeoutMs?: number | undefined;
  /** Milliseconds that one request to the upstream may take, from its sending to its end. @default the engine's `deadlineMs` */
  deadlineMs?: number | undefined;
  /** New attempts after a failure that may pass. @default the engine's `maxRetries` */
  maxRetries?: number | undefined;
  /** Follow-ups of an answer that the tier's limit cuts, at most; 0 for none, up to 100. @default the engine's `continueAtCap` */
  continueAtCap?: number | undefined;
  /**
   * Names the conversation that the call belongs to: where several targets can answer, it stays with the one that has answered before while
   * that can. @default told by its last tool call, else by the first thing that its user said
   */
  session?: string | undefined;
  /** Names the call in its event, and in its answer where the upstream gives no id. @default a random UUID */
  requestId?: string | undefined;
}

/** What a door says of a call beside its caller's options. */
export interface DoorOptions extends CallOptions {
  /** Whether the head of a stream waits for its first event, so that a failure before it is an error of its own. @default false */
  readonly holdsHead?: boolean | undefined;
  /** What became of the request before it was in the engine's words. */
  readonly adjusted?: readonly Adjustment[] | undefined;
}
