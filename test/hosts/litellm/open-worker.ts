import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Python, pythonEnvironment } from "../python.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Where `litellm_laplas` is imported from. */
export const SOURCES: string = path("../../../packages/litellm/src");

/** A deployment of LiteLLM's. */
export interface Deployment {
  readonly model_name: string;
  readonly litellm_params: Readonly<Record<string, unknown>>;
  readonly model_info?: Readonly<Record<string, unknown>>;
}

export interface RouterOptions {
  readonly models: readonly Deployment[];
  /** Arguments of `Router`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Arguments of `LaplasCallback`; without them there is no callback. */
  readonly callback?: Readonly<Record<string, unknown>> | undefined;
}

/** What `litellm_laplas.explain` said. */
export interface Explained {
  readonly retryable: boolean;
  readonly code: string | null;
  readonly rule: string | null;
  /** ISO 8601. */
  readonly resets_at: string | null;
  readonly retry_after: number | null;
  readonly status: number | null;
  readonly message: string;
}

export interface Answer {
  /** Id of the deployment that gave it. */
  readonly deployment?: string | null;
  readonly apiTokens?: string | null;
  readonly text?: string | null;
  /** Chunks with text, of a stream. */
  readonly words?: number;
  readonly toolCalls?: readonly (readonly [name: string, parameters: string])[];
  /** Of a chat, if it says so. */
  readonly usage?: readonly [prompt: number, completion: number] | null;
  readonly vectors?: readonly (readonly number[])[];
  readonly pictures?: readonly string[];
  readonly error?: {
    readonly types: readonly string[];
    readonly status: number | null;
    readonly message: string;
    readonly explained: Explained;
  };
}

export interface Asked {
  readonly answers: readonly Answer[];
  /** Seconds that the Router and the OpenAI client wanted to sleep. They were counted, not slept. */
  readonly slept: number;
}

export interface Question {
  /** Name of a Router; without one the function of the package itself is called. */
  readonly router?: string;
  readonly method: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** @default 1 */
  readonly times?: number;
  /** Calls that run at once. @default 1 */
  readonly parallel?: number;
}

/** LiteLLM in a process of its own. */
export interface Worker {
  router(name: string, options: RouterOptions): Promise<void>;
  /** Lets it call `laplas/<id>` at this gateway. */
  register(gatewayURL: string, token?: string): Promise<void>;
  ask(question: Question): Promise<Asked>;
  /** Sets the clock ahead by which the callback's and the client's time-outs end, also while a question is being answered. */
  leap(seconds: number): void;
  /** Ids of the Router's deployments that are left out, with the seconds they are left out for. */
  cooled(router: string): Promise<Record<string, number>>;
  /** Sets variables of the process; null takes one away. */
  environment(variables: Readonly<Record<string, string | null>>): Promise<void>;
  end(): Promise<void>;
}

/** Starts LiteLLM once for many tests. Its stderr is told when it fails. */
export function openWorker(python: Python): Worker {
  const child = spawn(python.command, [path("worker.py")], {
    env: pythonEnvironment({ PYTHONPATH: SOURCES, LITELLM_LOCAL_MODEL_COST_MAP: "True" }),
    stdio: ["pipe", "pipe", "pipe"],
  });
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    told = (told + piece).slice(-20_000);
  });
  const closed = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: the program answers in order. */
  const run = async <Result>(operation: string, task: object): Promise<Result> => {
    const turn = last.then(async () => {
      child.stdin.write(`${JSON.stringify({ operation, ...task })}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error(`LiteLLM ended: ${told}`);
      const { result, failure } = JSON.parse(line.value) as { result?: Result; failure?: string };
      if (failure !== undefined) throw new Error(failure);
      return result as Result;
    });
    last = turn.catch(() => {});
    return turn;
  };

  return {
    router: (name, { callback, ...options }) => run("router", { name, ...options, callback: callback ?? null }),
    register: (gatewayURL, token) => run("register", { settings: { gateway_url: gatewayURL, token: token ?? null } }),
    ask: (question) => run("ask", question),
    leap: (seconds) => void child.stdin.write(`${JSON.stringify({ leap: seconds })}\n`),
    cooled: (router) => run("cooled", { router }),
    environment: (variables) => run("environment", { variables }),
    async end() {
      child.stdin.end();
      await closed;
    },
  };
}
