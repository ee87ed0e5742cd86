import type { CheckBody } from "../../routes/check-body.js";
import { costWords } from "./cost.js";
import { span } from "./format.js";
import { ask } from "./session.js";
import { gatewayNow } from "./ticker.js";
import { NOTHING_KNOWN, type Trouble, UNREACHABLE } from "./trouble.js";

/** An answer of the playground, or why there is none. */
export type Played =
  | { readonly ok: true; readonly response: Response }
  | { readonly ok: false; readonly trouble: Trouble };

/** A whole answer, read. */
export type PlayedWhole<Body> =
  | { readonly ok: true; readonly response: Response; readonly body: Body }
  | { readonly ok: false; readonly trouble: Trouble };

/** A call that is answered as a whole; see {@link play}. */
export async function playWhole<Body>(
  path: string,
  body: object,
  onWait: (words: string) => void,
  signal: AbortSignal,
): Promise<PlayedWhole<Body>> {
  const played = await play(path, body, onWait, signal);
  if (!played.ok) return played;
  try {
    return { ...played, body: (await played.response.json()) as Body };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, trouble: UNREACHABLE };
  }
}

/**
 * Makes a call under the playground's tier. What would be refused is not even asked for: a look at the account spends nothing,
 * knows more, and leaves no failed request behind. Rejects only with the signal's reason.
 */
export async function play(
  path: string,
  body: object,
  onWait: (words: string) => void,
  signal: AbortSignal,
): Promise<Played> {
  try {
    const check = await post("check", body, signal);
    if (check.ok) {
      const { verdict, position, wait_ms: waitMs, error } = (await check.json()) as CheckBody;
      if (verdict === "refuse" && error !== null) return { ok: false, trouble: troubleOfCheck(error) };
      if (verdict === "wait") onWait(waitWords(position ?? 0, waitMs));
    }
    const response = await post(path, body, signal);
    return response.ok ? { ok: true, response } : { ok: false, trouble: await troubleOf(response) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, trouble: UNREACHABLE };
  }
}

function waitWords(position: number, waitMs: number | null): string {
  const place = position === 0 ? "next in line" : `number ${position + 1} in line`;
  return waitMs === null ? `waiting, ${place}` : `waiting ${span(waitMs)}, ${place}`;
}

function post(path: string, body: object, signal: AbortSignal): Promise<Response> {
  return ask(`playground/v1/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}

/** Why a call would be refused. */
export function troubleOfCheck({
  code,
  message,
  rule,
  resets_at: resetsAt,
  retry_after_ms: afterMs,
}: NonNullable<CheckBody["error"]>): Trouble {
  const againAt = afterMs === null ? null : gatewayNow() + afterMs;
  return { ...NOTHING_KNOWN, code, message, rule, resetsAt, againAt };
}

async function troubleOf(response: Response): Promise<Trouble> {
  const { headers, status } = response;
  const body = (await response.json().catch(() => null)) as { error?: { code?: string; message?: string } } | null;
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const isRetryable = headers.get("x-should-retry") === "true" && Number.isFinite(seconds);
  return {
    ...NOTHING_KNOWN,
    code: headers.get("x-laplas-code") ?? body?.error?.code ?? null,
    message: body?.error?.message ?? `The gateway answered ${status}.`,
    rule: headers.get("x-laplas-rule"),
    resetsAt: headers.get("x-laplas-resets-at"),
    againAt: isRetryable ? gatewayNow() + seconds * 1_000 : null,
  };
}

/** What a call waited for, and what was changed in it other than the length of the answer, which its end shows. */
export function notesOf({ headers }: Response): readonly string[] {
  const waitedMs = Number(headers.get("x-laplas-waited-ms") ?? 0);
  const adjusted = (headers.get("x-laplas-adjusted") ?? "").split(", ");
  return [
    ...(waitedMs >= NOTICED_MS ? [`waited ${span(waitedMs)}`] : []),
    ...adjusted.flatMap((one) => (one === "" || LIMIT.test(one) ? [] : [one.replace("=", " → ")])),
  ];
}

/** What the tier cut an answer to, in model tokens, as far as the gateway says. */
export function limitOf({ headers }: Response): number | undefined {
  const [, limit] = LIMIT.exec(headers.get("x-laplas-adjusted") ?? "") ?? [];
  return limit === undefined ? undefined : Number(limit);
}

const NOTICED_MS = 100;
const LIMIT = /\bmax(?:_completion|_output)?_tokens=(\d+)/;

/** Which model it was and what it cost, in a line, of an answer that is not streamed. */
export function reportOf(model: string, response: Response, unit: string): string {
  const cost = response.headers.get("x-laplas-api-tokens");
  return [model, ...(cost === null ? [] : [costWords(Number(cost), unit)]), ...notesOf(response)].join(" · ");
}
