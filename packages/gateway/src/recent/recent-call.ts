import type { CallReport } from "@laplas/core";
import type { CostBody } from "../routes/cost-body.js";

/** One thing that was changed in a request. */
export interface ChangeBody {
  readonly field: string;
  /** What was asked for; `null` where nothing was, or where it is not told. */
  readonly from: string | null;
  /** As `max_tokens=512`. */
  readonly to: string;
  readonly rule: string;
  /** Whether an answer can differ from what was asked for. */
  readonly changes_answer: boolean;
}

/** A call, or a request that became none, as `GET /v1/events` tells it. Times are ISO 8601, in UTC. */
export interface RecentCall extends CostBody {
  /** Counts up; a call that is told again has the same. */
  readonly id: number;
  readonly at: string;
  /** Where it was made: by a client, or in the page's playground. */
  readonly surface: "api" | "playground";
  /** Name of the client; `null` where nobody needs a token. */
  readonly client: string | null;
  /** What the program calls itself; `null` where it does not say. */
  readonly user_agent: string | null;
  /** `null` for a request that the gateway itself turned away. */
  readonly endpoint: "chat" | "embedding" | "image" | null;
  /** Empty where none was named. */
  readonly model: string;
  /** The client's name for the model, where another serves it. */
  readonly asked_model: string | null;
  /** Of a request that was turned away. */
  readonly path: string | null;
  /** Of several providers: the id of the one that was asked last, and what its costs are counted in. */
  readonly provider?: string;
  readonly unit?: string;
  readonly streamed: boolean;
  readonly outcome: "answered" | "refused" | "failed" | "aborted";
  /** The core's code, or the gateway's own; `null` unless refused or failed. */
  readonly code: string | null;
  /** The words that the client was answered with. */
  readonly message: string | null;
  readonly rule: string | null;
  readonly resets_at: string | null;
  readonly retry_after_ms: number | null;
  readonly adjusted: readonly ChangeBody[];
  /** Whether the answer ends at the tier's output limit. */
  readonly truncated_by_tier: boolean;
  /** Model tokens; `null` where the answer does not count them. */
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  /** Requests that the answer was put together from; `null` where there can be but one. */
  readonly parts: number | null;
  /** Why the answer is no longer; there with `parts`. */
  readonly ended: CallReport["ended"] | null;
  readonly waited_ms: number;
  readonly duration_ms: number;
  readonly estimated: boolean;
  readonly request_id: string | null;
  /** The newest words of the user; only where `showPrompts` is on. */
  readonly prompt: string | null;
  /** How often, for what was refused alike; the rest tells of the newest. */
  readonly times: number;
}
