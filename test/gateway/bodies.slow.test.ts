import { readFileSync } from "node:fs";
import { createSandbox, paidRules } from "@laplas/sandbox";
import { expect, it, onTestFinished } from "vitest";
import { type GatewayChild, startGateway } from "./child.ts";
import { ask, post } from "./open-gateway.ts";
import { openConnection, readAnswer, requestText } from "./sockets.ts";

const MEGABYTE = 1_000_000;
const BODIES = 60;
const BYTES = 15 * MEGABYTE;
const large = Buffer.from(ask("Hello").padEnd(BYTES));

async function start(): Promise<GatewayChild> {
  const sandbox = await createSandbox({ rules: paidRules });
  onTestFinished(() => sandbox.close());
  const gateway = await startGateway({ engine: { baseURL: sandbox.baseURL, tier: "paid" } });
  await (await post(gateway.baseURL, ask("Hello"))).text();
  return gateway;
}

/** Sends a large body, whole or but for its last byte, and returns the status. */
async function send(url: string, bytes: number): Promise<number> {
  const connection = await openConnection(url);
  connection.write(requestText("POST", "/v1/chat/completions", { "content-length": `${BYTES}` }));
  connection.write(large.subarray(0, bytes));
  return readAnswer(await connection.closed(120_000)).status;
}

it("sixty bodies of 15 MB that are never finished cost a bounded memory, and chats are answered meanwhile", async () => {
  const gateway = await start();
  const idle = residentMegabytes(gateway, "VmRSS");
  const sending = Array.from({ length: BODIES }, () => send(gateway.url, BYTES - 1));
  for (let count = 0; count < 20; count += 1) expect((await post(gateway.baseURL, ask("Hello"))).status).toBe(200);
  const statuses = await Promise.all(sending);
  console.log(
    `gateway memory: ${idle} MB idle, at most ${residentMegabytes(gateway, "VmHWM")} MB with ${BODIES} unfinished bodies`,
  );
  // Those that had room are cut for the time they take, the others asked to come again.
  expect(statuses.filter((status) => status === 408)).toHaveLength(4);
  expect(statuses.filter((status) => status === 503)).toHaveLength(BODIES - 4);
  expect(residentMegabytes(gateway, "VmHWM")).toBeLessThan(500);
}, 300_000);

it("sixty whole bodies of 15 MB at once cost a bounded memory, and are answered or asked to come again", async () => {
  const gateway = await start();
  const idle = residentMegabytes(gateway, "VmRSS");
  const statuses = await Promise.all(Array.from({ length: BODIES }, () => send(gateway.url, BYTES)));
  const answered = statuses.filter((status) => status === 200).length;
  console.log(
    `gateway memory: ${idle} MB idle, at most ${residentMegabytes(gateway, "VmHWM")} MB with ${BODIES} whole bodies, ${answered} of them answered`,
  );
  expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  expect(answered).toBeGreaterThanOrEqual(4);
}, 300_000);

/** As Linux reports it; elsewhere nothing is known, and nothing asserted. */
function residentMegabytes({ pid }: GatewayChild, name: "VmRSS" | "VmHWM"): number {
  try {
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Math.round((Number(kilobytes) * 1_024) / MEGABYTE);
  } catch {
    return 0;
  }
}
