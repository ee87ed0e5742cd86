import { AsyncLocalStorage } from "node:async_hooks";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { expect, it, onTestFinished } from "vitest";
import { streamInContext } from "./stream-in-context.js";

/** Numbers, and whether their reader let them end. */
function numbers(count: number): { readonly chunks: AsyncGenerator<number>; hasEnded(): boolean; asked(): number } {
  let ended = false;
  let asked = 0;
  async function* give(): AsyncGenerator<number> {
    try {
      for (let number = 0; number < count; number += 1) {
        asked = number + 1;
        yield number;
      }
    } finally {
      ended = true;
    }
  }
  return { chunks: give(), hasEnded: () => ended, asked: () => asked };
}

async function all<Value>(stream: AsyncIterable<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

it("gives every chunk once, to a loop, to a reader, and to two branches", async () => {
  expect(await all(await streamInContext(numbers(5).chunks, {}))).toEqual([0, 1, 2, 3, 4]);
  const reader = (await streamInContext(numbers(2).chunks, {})).getReader();
  expect([await reader.read(), await reader.read(), (await reader.read()).done]).toEqual([
    { value: 0, done: false },
    { value: 1, done: false },
    true,
  ]);
  const [one, two] = (await streamInContext(numbers(3).chunks, {})).tee();
  expect(await Promise.all([all(one), all(two)])).toEqual([
    [0, 1, 2],
    [0, 1, 2],
  ]);
  expect(await all(await streamInContext(numbers(0).chunks, {}))).toEqual([]);
});

it("throws what the first chunk throws before there is a stream, and later errors within it", async () => {
  async function* fails(after: number): AsyncGenerator<number> {
    yield* numbers(after).chunks;
    throw new Error("broken");
  }
  await expect(streamInContext(fails(0), {})).rejects.toThrow("broken");
  const stream = await streamInContext(fails(1), {});
  await expect(all(stream)).rejects.toThrow("broken");
});

it("asks for nothing ahead of its reader, and ends the chunks when it is left or cancelled", async () => {
  const left = numbers(9);
  for await (const number of await streamInContext(left.chunks, {})) if (number === 1) break;
  expect([left.hasEnded(), left.asked()]).toEqual([true, 2]);
  const cancelled = numbers(9);
  await (await streamInContext(cancelled.chunks, {})).cancel();
  expect([cancelled.hasEnded(), cancelled.asked()]).toEqual([true, 1]);
});

it("ends with its signal, even if a chunk never comes", async () => {
  async function* stuck(): AsyncGenerator<number> {
    yield 0;
    await new Promise(() => {});
  }
  const controller = new AbortController();
  const stream = await streamInContext(stuck(), { signal: controller.signal });
  expect(await stream.next()).toEqual({ done: false, value: 0 });
  const next = stream.next();
  controller.abort(new Error("enough"));
  await expect(next).rejects.toThrow();
  await expect(stream.next()).rejects.toThrow("enough");
});

it("runs each chunk in the context that LangChain gave the run", async () => {
  const storage = new AsyncLocalStorage<string>();
  const real = AsyncLocalStorageProviderSingleton.getInstance;
  AsyncLocalStorageProviderSingleton.getInstance = () => storage as never;
  onTestFinished(() => {
    AsyncLocalStorageProviderSingleton.getInstance = real;
  });
  async function* contexts(): AsyncGenerator<string | undefined> {
    for (let count = 0; count < 3; count += 1) yield storage.getStore();
  }
  const inside = AsyncLocalStorageProviderSingleton.runWithConfig;
  AsyncLocalStorageProviderSingleton.runWithConfig = ((_config: unknown, run: () => unknown) =>
    storage.run("the run", run)) as typeof inside;
  onTestFinished(() => {
    AsyncLocalStorageProviderSingleton.runWithConfig = inside;
  });
  const stream = await streamInContext(contexts(), {});
  expect(await storage.run("the reader", () => all(stream))).toEqual(["the run", "the run", "the run"]);
});
