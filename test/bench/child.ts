import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A process of our own that answers one question at a time. */
export interface Child {
  /** @throws Error with what the child threw, or if it ended */
  ask<Answer>(question: object): Promise<Answer>;
  end(): void;
  readonly pid: number | undefined;
}

type Reply = { readonly answer: unknown } | { readonly error: string };

/** Starts a file of this folder in a process of its own, so that no side pays for the other's garbage or compiled code. */
export function startChild(file: `${string}.ts`, args: readonly string[] = []): Child {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
    env: bareEnvironment(),
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return {
    ask: (question) => askChild(child, question),
    end: () => void child.kill(),
    pid: child.pid,
  };
}

/** The child's side: answers the parent's questions and ends with it. */
export function answerParent<Question>(answer: (question: Question) => Promise<unknown>): void {
  process.on("message", (question) => {
    answer(question as Question).then(
      (value) => process.send?.({ answer: value } satisfies Reply),
      (error: Error) => process.send?.({ error: error.stack ?? String(error) } satisfies Reply),
    );
  });
  process.on("disconnect", () => process.exit());
}

/** Keys, addresses, tracing and flags of whoever runs this would all be measured with it. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "TMPDIR", "SystemRoot", "TEMP"];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

async function askChild<Answer>(child: ChildProcess, question: object): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const hear = (reply: Reply): void => {
    if ("error" in reply) reject(new Error(reply.error));
    else resolve(reply.answer as Answer);
  };
  const miss = (): void => reject(new Error("A process of the benchmark ended before it had answered."));
  child.once("message", hear);
  child.once("exit", miss);
  try {
    child.send(question);
    return await promise;
  } finally {
    child.off("message", hear);
    child.off("exit", miss);
  }
}
