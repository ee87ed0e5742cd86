import { createSandbox } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";
import { ask, openGateway, post } from "./open-gateway.ts";
import { openConnection, requestText } from "./sockets.ts";
import { until } from "./until.ts";

async function openFree() {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const gateway = await openGateway({ engine: { baseURL: sandbox.baseURL } });
  /** The next answer ends when the returned function is called, and not before. */
  const hold = (afterChunks: number): (() => void) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: promise, afterChunks });
    return resolve;
  };
  return { sandbox, gateway, hold };
}

const long = ask("Write 60 words about herons.", { stream: true });

/** The account holds nothing any more and agrees with the server's; the next call goes through. */
async function expectSettled({ sandbox, gateway }: Awaited<ReturnType<typeof openFree>>): Promise<void> {
  const quota = await until(
    "the account",
    () => gateway.quota(),
    ({ running, waiting }) => running + waiting === 0,
  );
  expect(quota.windows[0]).toMatchObject({ held: 0, used: sandbox.used() });
  const next = await post(gateway.baseURL, ask("Hello"));
  expect(next.status).toBe(200);
  expect(sandbox.counts()).toMatchObject({ refused: 0, probe: 0 });
}

async function expectRejected(answer: Promise<unknown>): Promise<void> {
  await expect(answer).rejects.toMatchObject({ name: "AbortError" });
}

describe("a client that leaves", () => {
  it("in the middle of a stream is charged what the server charges, and the next call goes through", async () => {
    const world = await openFree();
    const release = world.hold(1);
    const leaving = new AbortController();
    const response = await post(world.gateway.baseURL, long, { signal: leaving.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    leaving.abort();
    release();
    await expectSettled(world);
    expect(world.sandbox.counts()).toMatchObject({ answered: 1, faulted: 1 });
    expect(world.gateway.log.filter((line) => line.includes('"outcome":"aborted"'))).toHaveLength(1);
  });

  it.each([
    ["a stream", long],
    ["a whole answer", ask("Hello")],
    ["a picture", undefined],
  ])("before the head of %s", async (_, body) => {
    const world = await openFree();
    const release = world.hold(0);
    const leaving = new AbortController();
    const url = `${world.gateway.baseURL}/${body === undefined ? "images/generations" : "chat/completions"}`;
    const picture = JSON.stringify({ model: "flux/schnell", prompt: "a heron at dawn", image_size: "square" });
    const answer = fetch(url, { method: "POST", body: body ?? picture, signal: leaving.signal });
    await world.sandbox.received();
    leaving.abort();
    await expectRejected(answer);
    release();
    await expectSettled(world);
  });

  it("in the queue: its call is never sent, and those behind it move up", async () => {
    const world = await openFree();
    const release = world.hold(1);
    const first = await post(world.gateway.baseURL, long);
    const leaving = new AbortController();
    const second = post(world.gateway.baseURL, ask("What is 1 plus 1?"), { signal: leaving.signal });
    await until(
      "the queue",
      () => world.gateway.quota(),
      ({ waiting }) => waiting === 1,
    );
    const third = post(world.gateway.baseURL, ask("What is 2 plus 2?"));
    await until(
      "the queue",
      () => world.gateway.quota(),
      ({ waiting }) => waiting === 2,
    );
    leaving.abort();
    await expectRejected(second);
    await until(
      "the queue",
      () => world.gateway.quota(),
      ({ waiting }) => waiting <= 1,
    );
    release();
    expect(await first.text()).toMatch(/\[DONE\]\n\n$/);
    expect((await third).status).toBe(200);
    await expectSettled(world);
    expect(world.sandbox.requests.map(({ body }) => JSON.stringify(body)).join()).not.toContain("1 plus 1");
  });

  it("while it sends its body, in one piece or in chunks", async () => {
    const world = await openFree();
    const framings: Record<string, string>[] = [{ "content-length": "1000" }, { "transfer-encoding": "chunked" }];
    for (const headers of framings) {
      const connection = await openConnection(world.gateway.url);
      connection.write(requestText("POST", "/v1/chat/completions", headers));
      connection.write("content-length" in headers ? '{"model":' : '9\r\n{"model":\r\n');
      await until(
        "the request",
        () => world.gateway.server.running,
        (running) => running === 1,
      );
      connection.socket.destroy();
      await until(
        "the request",
        () => world.gateway.server.running,
        (running) => running === 0,
      );
    }
    await expectSettled(world);
    expect(world.sandbox.counts().received).toBe(1);
    expect(world.gateway.log.filter((line) => line.includes("defect"))).toEqual([]);
  });

  it("by a chunked request's stream is noticed too", async () => {
    const world = await openFree();
    const release = world.hold(1);
    const connection = await openConnection(world.gateway.url);
    connection.write(requestText("POST", "/v1/chat/completions", { "transfer-encoding": "chunked" }));
    connection.write(`${long.length.toString(16)}\r\n${long}\r\n0\r\n\r\n`);
    await until(
      "the stream",
      () => connection.received(),
      (text) => text.includes("data: "),
    );
    connection.socket.destroy();
    await until(
      "the request",
      () => world.gateway.server.running,
      (running) => running === 0,
    );
    release();
    await expectSettled(world);
    expect(world.gateway.log.some((line) => line.includes('"outcome":"aborted"'))).toBe(true);
  });
});
