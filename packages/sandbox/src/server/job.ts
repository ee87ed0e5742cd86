import type { Model } from "../models/model.js";
import type { Refusal } from "../tier/refusal.js";
import type { LoggedRequest } from "./request-log.js";

/** A request that passed the endpoint's checks and may run when the key's account lets it in. */
export interface Job {
  model: Model;
  /** Whether answering costs nothing whatever the length. */
  zeroCost: boolean;
  streamed: boolean;
  /** Set where it would cost more than the plan allows; the account refuses it, and remembers the kind for the day. */
  tooDear?: { kind: string; refusal: Refusal };
  /** Makes the answer; called once, after admission. */
  answer(): Answer;
}

/** An answer and its price. Events are made one by one, so that a thousand open streams need no memory for the rest. */
export interface Answer {
  apiTokens: number;
  /** The JSON body, or one text per step of the stream. */
  content: { kind: "json"; body: string } | { kind: "events"; count: number; event: (index: number) => string };
}

/** Checks a body for one endpoint; `request` is its line in the log. */
export type Endpoint = (body: unknown, request: LoggedRequest) => { job: Job } | { refusal: Refusal };
