import { createSandbox } from "@laplas/sandbox";
import { expect, it, onTestFinished } from "vitest";
import { ask, openGateway, post } from "./open-gateway.ts";
import { openConnection, readAnswer, requestText } from "./sockets.ts";
import { until } from "./until.ts";
import { answerBody, chunkEvent, openUpstream } from "./upstream.ts";

const SHORT = { headersTimeoutMs: 500, requestTimeoutMs: 1_000 };

async function open() {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  return openGateway({ engine: { baseURL: sandbox.baseURL }, listen: SHORT });
}

/** How each begins, and what it goes on with. */
const SLOW: readonly (readonly [beginning: string, drip: string])[] = [
  ["", ""],
  ["POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nx-slow: ", "x"],
  ["POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n", "x-more: 1\r\n"],
  [requestText("POST", "/v1/chat/completions", { "content-length": "100000" }), " "],
  [requestText("POST", "/v1/chat/completions", { "transfer-encoding": "chunked" }), "1\r\n \r\n"],
  [requestText("POST", "/v1/images/generations", { "content-length": "100000" }), " "],
  [requestText("PUT", "/v1/nothing", { "content-length": "100000" }), " "],
];

it("clients that take their time over a head or a body are cut, and nobody waits for them", async () => {
  const gateway = await open();
  const slow = await Promise.all(
    SLOW.flatMap((kind) => Array.from({ length: 20 }, () => kind)).map(async ([beginning, drip]) => {
      const connection = await openConnection(gateway.url);
      if (beginning !== "") connection.write(beginning);
      return { connection, drip };
    }),
  );
  const dripping = setInterval(() => {
    for (const { connection, drip } of slow) if (drip !== "" && connection.socket.writable) connection.write(drip);
  }, 50);
  onTestFinished(() => clearInterval(dripping));
  expect((await post(gateway.baseURL, ask("Hello"))).status).toBe(200);
  for (const { connection } of slow) {
    const text = await connection.closed();
    if (text !== "") expect([404, 408]).toContain(readAnswer(text).status);
  }
  expect((await post(gateway.baseURL, ask("Hello"))).status).toBe(200);
  await until(
    "requests",
    () => gateway.server.running,
    (running) => running === 0,
  );
  expect(await gateway.quota()).toMatchObject({ running: 0, waiting: 0 });
  expect(gateway.log.filter((line) => line.includes("defect"))).toEqual([]);
});

it("a thousand idle connections hold nobody up, and are closed in time", async () => {
  const gateway = await open();
  const idle = await Promise.all(Array.from({ length: 1_000 }, () => openConnection(gateway.url)));
  const answers = await Promise.all(Array.from({ length: 10 }, () => post(gateway.baseURL, ask("Hello"))));
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
  await Promise.all(idle.map(({ closed }) => closed()));
});

it("a stream that lasts longer than a request may take is not cut", async () => {
  const upstream = await openUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    let count = 0;
    const write = setInterval(() => {
      count += 1;
      if (count < 30) return void response.write(chunkEvent("word "));
      clearInterval(write);
      response.end(chunkEvent("", "stop"));
    }, 100);
  });
  const gateway = await openGateway({ engine: { baseURL: upstream.baseURL }, listen: SHORT });
  const response = await post(gateway.baseURL, ask("slow", { stream: true }));
  expect(await response.text()).toMatch(/\[DONE\]\n\n$/);
});

it("silence longer than idleTimeoutMs ends a request, and frees its place", async () => {
  const closed = Promise.withResolvers<void>();
  const upstream = await openUpstream((_, response) => {
    void closed.promise.then(() => response.end(answerBody("late")));
  });
  const gateway = await openGateway({ engine: { baseURL: upstream.baseURL }, listen: { idleTimeoutMs: 500 } });
  const connection = await openConnection(gateway.url);
  connection.write(requestText("POST", "/v1/chat/completions", {}, ask("Hello")));
  expect(await connection.closed()).toBe("");
  // Its cost is still awaited.
  closed.resolve();
  const quota = await until(
    "the account",
    () => gateway.quota(),
    ({ running }) => running === 0,
  );
  expect(quota.windows[0]?.used).toBe(16);
});
