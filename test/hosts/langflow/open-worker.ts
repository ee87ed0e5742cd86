import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { pythonEnvironment } from "../python.ts";

/** An exception of Python as the worker tells it. */
export interface Raised {
  readonly type: string;
  readonly message: string;
  /** The files that its traceback leads through, outermost first. */
  readonly frames: readonly string[];
  readonly code?: string;
  readonly http_status?: number;
  readonly status_code?: number;
  readonly retryable?: boolean;
  readonly retry_after?: number;
  readonly laplas_code?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An exception and those that it was raised from. */
export class WorkerError extends Error {
  readonly chain: readonly Raised[];

  constructor(chain: readonly Raised[]) {
    super(chain[0]?.message);
    this.chain = chain;
  }
}

/** A process of Python that has lfx loaded. */
export interface Worker {
  /** Runs a case of `worker.py`. @throws WorkerError */
  call<Result>(name: string, argument?: object): Promise<Result>;
  close(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("worker.py", import.meta.url));

/** Starts `worker.py`. Cases run one after the other. */
export async function openWorker(command: string, variables: Readonly<Record<string, string>>): Promise<Worker> {
  const child = spawn(command, [PROGRAM], { env: pythonEnvironment({ TZ: "UTC", ...variables }) });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-20_000);
  });
  const ended = once(child, "exit");
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the worker ended\n${log}`);
    return JSON.parse(value);
  };
  await next();
  let last: Promise<unknown> = Promise.resolve();

  return {
    call<Result>(name: string, argument: object = {}): Promise<Result> {
      const turn = last.then(async () => {
        child.stdin.write(`${JSON.stringify({ case: name, argument })}\n`);
        const { result, error } = (await next()) as { result: Result; error?: Raised[] };
        if (error !== undefined) throw new WorkerError(error);
        return result;
      });
      last = turn.catch(() => undefined);
      return turn;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
