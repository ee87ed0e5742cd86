import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, type Sandbox, type SandboxOptions } from "@laplas/sandbox";

/** Where an example sends its calls. */
export interface Upstream extends AsyncDisposable {
  /** To be spread into the options of whatever is made: key, address and ledger. */
  readonly settings: { readonly apiKey: string; readonly baseURL?: string; readonly ledger?: `sqlite:${string}` };
  /** Absent for the real API. */
  readonly sandbox?: Sandbox;
}

/** The key of the real API. An empty variable is none. */
export function realKey(): string | undefined {
  return process.env.LAPLAS_API_KEY || undefined;
}

/** The real API if LAPLAS_API_KEY is set; else a sandbox, with an account of its own that is forgotten afterwards. */
export async function connect(options: SandboxOptions = {}): Promise<Upstream> {
  const apiKey = realKey();
  if (apiKey !== undefined) {
    return { settings: { apiKey }, async [Symbol.asyncDispose]() {} };
  }
  const sandbox = await createSandbox(options);
  return {
    settings: { apiKey: "sandbox", baseURL: sandbox.baseURL, ledger: passingLedger() },
    sandbox,
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

/** A ledger of its own, removed with the program: engines of one key and address share all others. */
export function passingLedger(): `sqlite:${string}` {
  // Not a promise: a Ctrl-C before its end would leave the folder.
  const folder = mkdtempSync(join(tmpdir(), "laplas-example-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return `sqlite:${join(folder, "ledger.sqlite")}`;
}
