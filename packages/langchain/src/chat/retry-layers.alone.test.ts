import { ContextOverflowError, LangChainError } from "@langchain/core/errors";
import type { BaseMessage } from "@langchain/core/messages";
import { AsyncCaller } from "@langchain/core/utils/async_caller";
import { isLaplasError, isRetryable } from "@laplas/core";
import { describe, expect, it } from "vitest";
import { FATAL } from "../testing/fatal-calls.js";
import { openWorld, rejection } from "../testing/open-world.js";
import { longestPause, shortenWaits } from "../testing/shorten-waits.js";
import type { ChatLaplas } from "./chat-laplas.js";

const { waited } = shortenWaits();

describe.each(FATAL)("a fatal $code", ({ code, sent, open }) => {
  const once = async (run: (model: ChatLaplas, input: BaseMessage[] | string) => Promise<unknown>) => {
    const { world, model, input } = await open();
    const error = await rejection(run(model, input));
    expect(world.calls.map((call) => call.code)).toEqual([code]);
    expect(world.sandbox.counts().received).toBe(sent);
    return error;
  };

  it("is one attempt as it stands, and is thrown unchanged", async () => {
    const error = await once((model, input) => model.invoke(input));
    expect(error).toMatchObject({ code, retryable: false });
    expect(isLaplasError(error)).toBe(true);
    expect(LangChainError.isInstance(error)).toBe(true);
  });

  it("is one attempt streamed", async () => {
    await once(async (model, input) => {
      for await (const _ of await model.stream(input));
    });
  });

  it("is one attempt under an AsyncCaller", async () => {
    const caller = new AsyncCaller({ maxRetries: 3 });
    await once((model, input) => caller.call(() => model.invoke(input)));
  });

  it("is one attempt under .withRetry()", async () => {
    await once((model, input) => model.withRetry({ stopAfterAttempt: 4 }).invoke(input));
  });

  it("starts a fallback at once", async () => {
    const { world, model, input } = await open();
    const spare = await openWorld();
    const answer = await model.withFallbacks([spare.chat()]).invoke(typeof input === "string" ? input : "Hello");
    expect(answer.text).not.toBe("");
    expect(world.calls.length).toBeLessThanOrEqual(1);
  });
});

describe("a retryable error", () => {
  it("is retried by the engine alone", async () => {
    const { chat, sandbox, calls } = await openWorld();
    sandbox.fault({ kind: "serverError" }, { times: 2 });
    const answer = await chat().invoke("Hello");
    expect(answer.response_metadata.laplas).toMatchObject({ attempts: 3 });
    expect(calls).toMatchObject([{ outcome: "answered" }]);
  });

  it("is thrown at the first failure with maxRetries 0, of the model or of the call", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault({ kind: "serverError" }, { times: 2 });
    expect(await rejection(chat({ maxRetries: 0 }).invoke("Hello"))).toMatchObject({
      code: "unavailable",
      retryable: true,
    });
    expect(await rejection(chat().invoke("Hello", { maxRetries: 0 }))).toMatchObject({ code: "unavailable" });
    expect(sandbox.counts().received).toBe(2);
  });

  it("is tried again by an outer AsyncCaller, not before its time", async () => {
    const { chat, sandbox, calls } = await openWorld();
    sandbox.fault({ kind: "rateLimit", retryAfterSeconds: 2 });
    const caller = new AsyncCaller({ maxRetries: 2 });
    const answer = await caller.call(() => chat({ maxRetries: 0 }).invoke("Hello"));
    expect(answer.text).not.toBe("");
    expect(calls).toHaveLength(2);
    expect(longestPause(waited)).toBeGreaterThanOrEqual(1_900);
  });

  it("is tried again by .withRetry(), not before its time", async () => {
    const { chat, sandbox, calls } = await openWorld();
    sandbox.fault({ kind: "rateLimit", retryAfterSeconds: 2 });
    await chat({ maxRetries: 0 }).withRetry({ stopAfterAttempt: 2 }).invoke("Hello");
    expect(calls).toHaveLength(2);
    expect(longestPause(waited)).toBeGreaterThanOrEqual(1_900);
  });
});

describe("a prompt that is too long", () => {
  it("is LangChain's ContextOverflowError, with the engine's error as its cause", async () => {
    const { chat, calls } = await openWorld();
    const model = chat({ model: "gpt-3.5-turbo" }).withRetry({ stopAfterAttempt: 3 });
    const error = await rejection(model.invoke("word ".repeat(20_000)));
    expect(ContextOverflowError.isInstance(error)).toBe(true);
    expect(error).toBeInstanceOf(ContextOverflowError);
    expect(LangChainError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ name: "ContextOverflowError", cause: { code: "context_length" } });
    expect(isRetryable(error)).toBe(false);
    expect(calls).toHaveLength(1);
  });
});
