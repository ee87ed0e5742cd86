/** Why a request was not answered, as its client was told. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly rule: string | undefined;
  readonly resetsAt: string | undefined;
  readonly retryAfterMs: number | undefined;
}

/**
 * Reads the reason off an answer, and gives an answer like it. Events of the engine have a code and no words: the words are made
 * where the answer is. Answers that hold no error of ours have no reason.
 */
export async function readReason(response: Response): Promise<{ answer: Response; reason: Reason | undefined }> {
  const { headers, status } = response;
  if (headers.get("content-type")?.startsWith("application/json") !== true) {
    return { answer: response, reason: undefined };
  }
  const text = await response.text();
  return { answer: new Response(text, { status, headers }), reason: reasonOf(text, headers) };
}

function reasonOf(text: string, headers: Headers): Reason | undefined {
  let error: { code?: unknown; type?: unknown; message?: unknown } | null | undefined;
  try {
    error = (JSON.parse(text) as { error?: typeof error } | null)?.error;
  } catch {
    return undefined;
  }
  // Anthropic's errors have no code.
  const code = headers.get("x-laplas-code") ?? error?.code ?? error?.type;
  if (typeof code !== "string" || typeof error?.message !== "string") return undefined;
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  const isRetryable = headers.get("x-should-retry") === "true";
  return {
    code,
    message: error.message,
    rule: headers.get("x-laplas-rule") ?? undefined,
    resetsAt: headers.get("x-laplas-resets-at") ?? undefined,
    retryAfterMs: isRetryable && Number.isFinite(seconds) ? seconds * 1_000 : undefined,
  };
}
