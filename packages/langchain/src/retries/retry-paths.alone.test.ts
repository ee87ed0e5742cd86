import type { AIMessageChunk } from "@langchain/core/messages";
import { AsyncCaller } from "@langchain/core/utils/async_caller";
import { describe, it } from "vitest";
import { ERROR_SHAPES } from "../testing/error-shapes.js";
import { expectOutcome, type RetryPath } from "../testing/retry-path.js";
import { shortenWaits } from "../testing/shorten-waits.js";

const { waited } = shortenWaits();

const config = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

const PATHS: readonly RetryPath[] = [
  {
    name: "AsyncCaller",
    retries: true,
    fallsBack: false,
    run: ({ model, input, signal }) =>
      new AsyncCaller({ maxRetries: 3 }).call(() => model.invoke(input, config(signal))),
  },
  {
    name: ".withRetry()",
    retries: true,
    fallsBack: false,
    run: ({ model, input, signal }) => model.withRetry({ stopAfterAttempt: 4 }).invoke(input, config(signal)),
  },
  {
    name: ".withFallbacks()",
    retries: false,
    fallsBack: true,
    run: ({ model, input, signal }, spare) => model.withFallbacks([spare]).invoke(input, config(signal)),
  },
  {
    name: ".withRetry().withFallbacks()",
    retries: true,
    fallsBack: true,
    run: ({ model, input, signal }, spare) =>
      model.withRetry({ stopAfterAttempt: 4 }).withFallbacks([spare]).invoke(input, config(signal)),
  },
  {
    name: "batch with returnExceptions",
    retries: false,
    fallsBack: false,
    async run({ model, input, signal }) {
      const [result] = await model.batch([input], config(signal), { returnExceptions: true });
      if (result instanceof Error) throw result;
      return result;
    },
  },
  {
    // LangChain's RunnableRetry retries invoke and batch; a stream passes through it once.
    name: "stream under .withRetry()",
    retries: false,
    fallsBack: false,
    async run({ model, input, signal }) {
      let whole: AIMessageChunk | undefined;
      const stream = await model.withRetry({ stopAfterAttempt: 4 }).stream(input, config(signal));
      for await (const chunk of stream) whole = whole?.concat(chunk) ?? chunk;
      return whole;
    },
  },
];

describe.each(ERROR_SHAPES)("$name ($kind)", (shape) => {
  it.each(PATHS)("under $name", (path) => expectOutcome(path, shape, waited));
});
