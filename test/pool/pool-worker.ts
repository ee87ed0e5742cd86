import { createEngine, isLaplasError } from "@laplas/core";
import { gemini, groq, openrouter } from "@laplas/providers";

/** What a process of callers is told by its first argument. */
export interface PoolWorkerSettings {
  readonly ledger: `sqlite:${string}`;
  readonly baseURLs: { readonly groq: string; readonly gemini: string; readonly openrouter: string };
  readonly route: readonly string[];
  readonly callers: number;
  /** Of each caller, one after the other. */
  readonly calls: number;
}

/** What it has to tell at its end. */
export interface PoolWorkerNews {
  readonly answered: readonly (string | undefined)[];
  readonly errors: readonly { readonly code: string; readonly message: string; readonly waitMs: number | undefined }[];
}

const settings = JSON.parse(process.argv[2] ?? "") as PoolWorkerSettings;
const { ledger, baseURLs, route, callers, calls } = settings;
const engine = createEngine({
  providers: [
    groq({ apiKey: "key-of-the-pool", baseURL: baseURLs.groq }),
    gemini({ apiKey: "key-of-the-pool", baseURL: baseURLs.gemini }),
    openrouter({ apiKey: "key-of-the-pool", baseURL: baseURLs.openrouter }),
  ],
  routes: { fast: route },
  ledger,
  environment: {},
  patienceMs: 100,
});

const answered: (string | undefined)[] = [];
const errors: PoolWorkerNews["errors"][number][] = [];

async function call(index: number): Promise<void> {
  try {
    const content = `Question ${index} of ${process.pid}: where does the heron stand?`;
    const answer = await engine.chat({ model: "fast", messages: [{ role: "user", content }], max_tokens: 20 });
    answered.push(answer.laplas.provider);
  } catch (error) {
    if (!isLaplasError(error)) throw error;
    const { code, message, retryAfterMs, resetsAt } = error;
    errors.push({ code, message, waitMs: retryAfterMs ?? (resetsAt && resetsAt.getTime() - Date.now()) });
  }
}

await engine.models();
process.send?.("ready");
process.once("message", async () => {
  const caller = async (number: number): Promise<void> => {
    for (let index = 0; index < calls; index += 1) await call(number * calls + index);
  };
  await Promise.all(Array.from({ length: callers }, (_, number) => caller(number)));
  await engine.close();
  process.send?.({ answered, errors } satisfies PoolWorkerNews, () => process.disconnect());
});
