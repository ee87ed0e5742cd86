import { isRetryable } from "@laplas/core";
import { type AgentMiddleware, createAgent, modelFallbackMiddleware, modelRetryMiddleware } from "langchain";
import { describe, it } from "vitest";
import type { ChatLaplas } from "../chat/chat-laplas.js";
import { ERROR_SHAPES, type Failing } from "../testing/error-shapes.js";
import { expectOutcome, type RetryPath } from "../testing/retry-path.js";
import { shortenWaits } from "../testing/shorten-waits.js";

const { waited } = shortenWaits();

/** As the README says: let it throw, and let it read what a middleware has wrapped. */
const retry = () => modelRetryMiddleware({ onFailure: "error", retryOn: (error) => isRetryable(error) ?? false });

async function run({ model, input, signal }: Failing, middleware: unknown[]): Promise<unknown> {
  const agent = createAgent({ model, tools: [], middleware: middleware as AgentMiddleware[] });
  return agent.invoke({ messages: input }, signal === undefined ? {} : { signal });
}

const PATHS: readonly RetryPath[] = [
  {
    name: "modelRetryMiddleware",
    retries: true,
    fallsBack: false,
    ownPauses: true,
    run: (failing) => run(failing, [retry()]),
  },
  {
    name: "modelFallbackMiddleware",
    retries: false,
    fallsBack: true,
    run: (failing, spare: ChatLaplas) => run(failing, [modelFallbackMiddleware(spare)]),
  },
  {
    name: "modelFallbackMiddleware outside modelRetryMiddleware",
    retries: true,
    fallsBack: true,
    ownPauses: true,
    run: (failing, spare: ChatLaplas) => run(failing, [modelFallbackMiddleware(spare), retry()]),
  },
];

describe.each(ERROR_SHAPES)("$name ($kind)", (shape) => {
  it.each(PATHS)("under $name", (path) => expectOutcome(path, shape, waited));
});
