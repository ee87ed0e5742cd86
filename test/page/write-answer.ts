import type { Sandbox } from "@laplas/sandbox";

/** Answers as an upstream streams them, written by a test. */

export const EVENTS = { "content-type": "text/event-stream" };

/** One event of a stream. */
export function chunk(delta: object, reason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: reason }];
  return `data: ${JSON.stringify({ id: "one", object: "chat.completion.chunk", created: 1, model: "m", choices })}\n\n`;
}

/** The last events of a stream. */
export function streamEnd(reason = "stop"): string {
  const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
  const last = { id: "one", object: "chat.completion.chunk", created: 1, model: "m", choices: [], usage };
  return `${chunk({}, reason)}data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`;
}

/** The next answer is this text, in pieces of `size` characters. */
export function answerWith(
  sandbox: Sandbox,
  text: string,
  { reason = "stop", thoughts = "", size = 1_000 }: { reason?: string; thoughts?: string; size?: number } = {},
): void {
  const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, "gu")) ?? [];
  const body = [
    ...(thoughts === "" ? [] : [chunk({ reasoning_content: thoughts })]),
    ...pieces.map((content) => chunk({ content })),
    streamEnd(reason),
  ].join("");
  sandbox.fault({ kind: "respond", status: 200, body, headers: EVENTS });
}
