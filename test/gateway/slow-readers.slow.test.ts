import type { ServerResponse } from "node:http";
import { expect, it } from "vitest";
import { type GatewayChild, startGateway } from "./child.ts";
import { eventData } from "./event-text.ts";
import { ask, post, readQuota } from "./open-gateway.ts";
import { openConnection, type RawConnection, readAnswer, requestText } from "./sockets.ts";
import { until } from "./until.ts";
import { chunkEvent, openUpstream } from "./upstream.ts";

const READERS = 100;
const MEGABYTE = 1_000_000;
const TIMEOUT_MS = 12_000;
/** What an upstream would send to each that read on. */
const ANSWER_BYTES = 50 * MEGABYTE;

/** A stream of events as fast as it is taken. */
async function flood(
  response: ServerResponse,
  event: (index: number) => string,
  count: number,
  sent: (bytes: number) => void,
): Promise<void> {
  let wake = (): void => {};
  for (const event of ["drain", "close"]) response.on(event, () => wake());
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let index = 0; index < count && !response.destroyed; ) {
    // Many events a write: each would be a packet of its own.
    let text = "";
    for (; index < count && text.length < 60_000; index += 1) text += event(index);
    sent(text.length);
    if (response.write(text) || response.destroyed) continue;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  response.end(`${chunkEvent("", "stop")}data: [DONE]\n\n`);
}

/** A client that takes the head, and no more. */
async function openStandingReader(gateway: GatewayChild, prompt: string): Promise<RawConnection> {
  const connection = await openConnection(gateway.url);
  connection.write(requestText("POST", "/v1/chat/completions", {}, ask(prompt, { stream: true })));
  await until(
    "the head",
    () => connection.received(),
    (text) => text.includes("\r\n\r\n"),
  );
  connection.socket.pause();
  return connection;
}

it("a hundred clients that stop reading cost a bounded amount, hold nobody up, and are forgotten when they go", async () => {
  let taken = 0;
  const long = (index: number): string => chunkEvent(`${index} ${"herons ".repeat(100)}`);
  const upstream = await openUpstream((prompt, response) => {
    const count = prompt === "short" ? 10 : prompt === "resumed" ? 20_000 : ANSWER_BYTES / long(0).length;
    void flood(response, long, count, (bytes) => {
      taken += bytes;
    });
  });
  // Shorter than the standstill: an upstream that is not read is not silent. But no shorter: on a busy machine a hundred floods of one
  // process leave each other without a word for seconds.
  const gateway = await startGateway({ engine: { baseURL: upstream.baseURL, tier: "paid", timeoutMs: TIMEOUT_MS } });
  expect((await post(gateway.baseURL, ask("short", { stream: true }))).status).toBe(200);
  const before = await gateway.memory();

  const readers = await Promise.all(Array.from({ length: READERS }, () => openStandingReader(gateway, "endless")));
  const resumed = await openStandingReader(gateway, "resumed");
  await settled("what is taken from the upstream", () => taken);
  const during = await gateway.memory();
  const each = taken / READERS;
  const [resident, used] = [during.rss - before.rss, held(during) - held(before)];
  console.log(
    `${READERS} clients that stand still: resident +${inMegabytes(resident)}, in use +${inMegabytes(used)}, ${inMegabytes(each)} of ${inMegabytes(ANSWER_BYTES)} taken for each`,
  );
  // The system's own buffers take some megabytes on each side.
  expect(each).toBeLessThan(ANSWER_BYTES / 2);
  expect(used).toBeLessThan(READERS * 4 * MEGABYTE);
  expect(resident).toBeLessThan(READERS * 10 * MEGABYTE);
  expect(await (await post(gateway.baseURL, ask("short", { stream: true }))).text()).toMatch(/\[DONE\]\n\n$/);

  resumed.socket.resume();
  const numbers = eventData(readAnswer(await resumed.closed()).body).flatMap((data) => {
    if (data === "[DONE]") return ["end"];
    const content = (JSON.parse(data) as { choices: [{ delta: { content: string } }] }).choices[0].delta.content;
    return content === "" ? [] : [content.split(" ")[0]];
  });
  expect(numbers).toEqual([...Array.from({ length: 20_000 }, (_, index) => `${index}`), "end"]);

  for (const { socket } of readers) socket.destroy();
  await until(
    "requests upstream",
    () => upstream.running,
    (running) => running === 0,
  );
  await until(
    "the account",
    () => readQuota(gateway.baseURL),
    ({ running }) => running === 0,
  );
  await until(
    "memory held",
    async () => held(await gateway.memory()) - held(before),
    (bytes) => bytes < 20 * MEGABYTE,
  );
});

it("small events fill no more memory than large ones", async () => {
  let taken = 0;
  const upstream = await openUpstream((prompt, response) => {
    void flood(
      response,
      () => "data: {}\n\n",
      prompt === "short" ? 10 : ANSWER_BYTES / 10,
      (bytes) => {
        taken += bytes;
      },
    );
  });
  const gateway = await startGateway({ engine: { baseURL: upstream.baseURL, tier: "paid" } });
  await (await post(gateway.baseURL, ask("short", { stream: true }))).text();
  const before = await gateway.memory();
  await Promise.all(Array.from({ length: 10 }, () => openStandingReader(gateway, "small")));
  await settled("what is taken from the upstream", () => taken);
  const grown = (held(await gateway.memory()) - held(before)) / 10;
  console.log(`a client that stands still before small events: ${inMegabytes(grown)} in use`);
  // A thousand such readers of one broken upstream would fill the machine.
  expect(grown).toBeLessThan(10 * MEGABYTE);
});

/** What is in use: the rest of the process's memory is garbage's former place, which the system may have back when it asks. */
function held({ heapUsed, external }: NodeJS.MemoryUsage): number {
  return heapUsed + external;
}

function inMegabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}

/** Waits until a figure has stood still for a while. */
async function settled(what: string, ask: () => number): Promise<void> {
  let last = -1;
  let since = performance.now();
  await until(
    what,
    () => {
      const now = ask();
      if (now !== last) since = performance.now();
      last = now;
      return performance.now() - since;
    },
    (stillMs) => stillMs > TIMEOUT_MS + 500,
    90_000,
  );
}
