/** What a provider is asked for beside calls: its list of models, what an account has left. */
export interface JsonRequest {
  readonly baseURL: string;
  /** Below the address. */
  readonly path: string;
  /** Empty: the provider takes none. */
  readonly apiKey: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch;
}

/** Ten times OpenRouter's list of models, the longest known. */
const MOST_BYTES = 8_000_000;

/**
 * Fetches a JSON document of a provider, with the key and from the provider's own origin alone. Rejects with an `Error` whose message says
 * why there is none, and holds no key.
 */
export async function fetchJson(
  { baseURL, path, apiKey, headers, fetch }: JsonRequest,
  closed: AbortSignal,
  patienceMs: number,
): Promise<unknown> {
  const url = baseURL + path;
  // `https://api.example.com` and `@elsewhere` would make another host.
  if (!URL.canParse(url) || new URL(url).origin !== new URL(baseURL).origin) {
    throw new Error("its path leads to another server");
  }
  const signal = AbortSignal.any([AbortSignal.timeout(patienceMs), closed]);
  try {
    const response = await fetch(url, {
      headers: {
        ...headers,
        ...(apiKey === "" ? {} : { authorization: `Bearer ${apiKey}` }),
        accept: "application/json",
      },
      // A redirect would take the key along.
      redirect: "manual",
      signal,
    });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(
        response.status === 0 ? "the server answered with a redirect" : `the server answered ${response.status}`,
      );
    }
    return JSON.parse(await readText(response, signal));
  } catch (error) {
    throw new Error(reasonOf(error, patienceMs), { cause: error });
  }
}

/** The body as text, up to a bound: a server that never ends its answer must not fill the memory. */
async function readText({ body }: Response, signal: AbortSignal): Promise<string> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  const reader = body.getReader();
  // A `fetch` that was handed in may not heed the signal once its answer has begun.
  const stop = (): void => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", stop);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return text + decoder.decode();
      bytes += value.byteLength;
      if (bytes > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`);
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

function reasonOf(error: unknown, patienceMs: number): string {
  if (!(error instanceof Error)) return "the request failed";
  if (error.name === "TimeoutError") return `no answer within ${patienceMs / 1_000} s`;
  if (error instanceof SyntaxError) return "the answer is not valid JSON";
  const { code } = (error.cause ?? error) as { code?: unknown };
  return typeof code === "string" ? code : error.message;
}
