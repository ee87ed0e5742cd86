import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { HumanMessage } from "@langchain/core/messages";
import { isRetryable } from "@laplas/core";
import { describe, expect, it } from "vitest";
import { openWorld, rejection } from "../testing/open-world.js";

describe("an abort", () => {
  it("before the call sends nothing and leaves as the signal's reason, not to be retried", async () => {
    const { chat, sandbox } = await openWorld();
    const reason = new Error("changed my mind");
    for (const attempt of [
      () => chat().invoke("Hello", { signal: AbortSignal.abort(reason) }),
      async () => {
        for await (const _ of await chat().stream("Hello", { signal: AbortSignal.abort(reason) }));
      },
    ]) {
      expect(await rejection(attempt())).toBe(reason);
    }
    expect(isRetryable(reason)).toBe(false);
    expect(sandbox.counts().received).toBe(0);
  });

  it("in the queue takes only its own call out", async () => {
    const { chat, engine, sandbox } = await openWorld();
    const release = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: release.promise });
    const model = chat();
    const controller = new AbortController();
    const first = model.invoke("Hello");
    const second = rejection(model.invoke("Hello", { signal: controller.signal }));
    const third = model.invoke("Hello");
    await expect.poll(async () => (await engine.status()).waiting).toBe(2);
    controller.abort();
    expect(await second).toMatchObject({ name: "AbortError" });
    release.resolve();
    expect((await first).text).toBe((await third).text);
    expect(sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  });

  it("in a stream ends it after what has come", async () => {
    const { chat, engine, sandbox } = await openWorld();
    const release = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: release.promise, afterChunks: 60 });
    const model = chat();
    const controller = new AbortController();
    let text = "";
    const error = await rejection(
      (async () => {
        for await (const chunk of await model.stream("Count to 100", { signal: controller.signal })) {
          text += chunk.text;
          if (text.includes("5")) controller.abort();
        }
      })(),
    );
    expect(error).toBe(controller.signal.reason);
    expect(isRetryable(error)).toBe(false);
    expect(text).not.toContain("50");
    // The next call waits until the upstream is through with the aborted one: it is not refused.
    const next = model.invoke("Hello");
    await expect.poll(async () => (await engine.status()).waiting).toBe(1);
    release.resolve();
    expect((await next).text).not.toBe("");
    expect(sandbox.counts().refused).toBe(0);
  });

  it("ends events too", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault({ kind: "stall", afterChunks: 5 });
    const controller = new AbortController();
    const stream = chat().streamEvents("Count to 100", { signal: controller.signal });
    const read = async () => {
      for await (const _ of stream) controller.abort();
    };
    expect(await rejection(read())).toMatchObject({ name: "AbortError" });
    expect(await rejection(stream.output)).toMatchObject({ name: "AbortError" });
  });

  it("keeps a reason that is no Error", async () => {
    const { chat, sandbox } = await openWorld();
    const controller = new AbortController();
    sandbox.fault({ kind: "hold", until: once(controller.signal, "abort") });
    void sandbox.received().then(() => controller.abort("a plain text"));
    expect(await rejection(chat()._generate([new HumanMessage("Hello")], { signal: controller.signal }))).toBe(
      "a plain text",
    );
  });

  it("by timeout is not retried by `.withRetry()`", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault({ kind: "stall" });
    const model = chat().withRetry({ stopAfterAttempt: 3 });
    expect(await rejection(model.invoke("Hello", { timeout: 50 }))).toMatchObject({ name: "TimeoutError" });
    expect(sandbox.counts().received).toBeLessThanOrEqual(1);
  });

  it("leaving the loop ends the call", async () => {
    const { chat, sandbox, calls, ended } = await openWorld();
    const release = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: release.promise, afterChunks: 5 });
    for await (const chunk of await chat().stream("Count to 100")) if (chunk.text !== "") break;
    release.resolve();
    await ended(1);
    expect(calls.map((call) => call.outcome)).toEqual(["aborted"]);
  });
});

describe("a process", () => {
  it.each(["queued", "streaming", "waiting"])("ends by itself after a call was aborted while %s", async (when) => {
    const { sandbox } = await openWorld();
    sandbox.fault({ kind: "hold", until: new Promise(() => {}), afterChunks: when === "streaming" ? 3 : 0 });
    const script = fileURLToPath(new URL("../testing/abort-in-process.ts", import.meta.url));
    const loader = fileURLToPath(new URL("../testing/resolve-sources.ts", import.meta.url));
    const child = fork(script, [sandbox.baseURL, when], {
      execArgv: ["--experimental-strip-types", "--import", loader],
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    let output = "";
    child.stdout?.on("data", (piece) => {
      output += piece;
    });
    // Not "exit", after which there may be more to read.
    const end = once(child, "close");
    await sandbox.received();
    child.send("abort");
    const [code] = await end;
    expect(code).toBe(0);
    expect(JSON.parse(output)).toEqual({ error: "AbortError", timers: 0 });
  });
});
