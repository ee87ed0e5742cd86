import type { Answer } from "../server/job.js";
import type { ErrorReply } from "./preset.js";

/** What a provider answers, before it is sent. */
export interface Reply {
  status: number;
  headers: Readonly<Record<string, string>>;
  content: Answer["content"];
  outcome: "answered" | "refused" | "probe" | "faulted";
  reason?: string;
  /** Charges what is known at the end only. Called once, when the answer is complete. */
  settle(): void;
  /** Model tokens of the whole. */
  tokens: number;
}

export function errorReply(error: ErrorReply, outcome: Reply["outcome"], reason: string): Reply {
  return { ...plainReply(error.body), status: error.status, headers: error.headers ?? {}, outcome, reason };
}

/** A list or a report; it costs nothing. */
export function plainReply(body: unknown): Reply {
  const content = { kind: "json", body: JSON.stringify(body) } as const;
  return { status: 200, headers: {}, content, outcome: "answered", settle: () => {}, tokens: 0 };
}
