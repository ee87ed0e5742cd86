import { createLaplas, isLaplasError } from "@laplas/core";

/**
 * A program of its own on a shared account: streams and whole answers, several at once. Begins when it is told to, and tells
 * what became of each call.
 */
export interface WorkerSettings {
  readonly name: string;
  readonly baseURL: string;
  readonly ledger: `sqlite:${string}` | `redis://${string}`;
  readonly calls: number;
  readonly atOnce: number;
}

/** What a worker says. */
export type WorkerNews =
  | { readonly kind: "ready" }
  | { readonly kind: "ended"; readonly outcome: string }
  | { readonly kind: "done" };

const settings = JSON.parse(process.argv[2] ?? "{}") as WorkerSettings;
const { name, baseURL, ledger, calls, atOnce } = settings;
const laplas = createLaplas({ apiKey: "the-key", baseURL, ledger, patienceMs: 120_000, maxRetries: 0 });
const tell = (news: WorkerNews): void => void process.send?.(news);
let begun = 0;

async function call(number: number): Promise<string> {
  const request = {
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: `Write 12 words about mill ${number} of ${name}.` }],
  };
  try {
    if (number % 2 === 0) await laplas.chat(request);
    else for await (const _ of laplas.chatStream(request));
    return "answered";
  } catch (error) {
    return isLaplasError(error) ? `${error.code}: ${error.message}` : String(error);
  }
}

async function work(): Promise<void> {
  while (begun < calls) {
    begun += 1;
    tell({ kind: "ended", outcome: await call(begun) });
  }
}

process.on("disconnect", () => process.exit());
process.on("message", async () => {
  await Promise.all(Array.from({ length: atOnce }, work));
  await laplas.close();
  tell({ kind: "done" });
  process.disconnect();
});
await laplas.status();
tell({ kind: "ready" });
