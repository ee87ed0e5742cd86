import { createSandbox } from "@laplas/sandbox";
import { expect, it, onTestFinished } from "vitest";
import { ask, openGateway, post } from "./open-gateway.ts";
import { openConnection, readAnswers, requestText } from "./sockets.ts";
import { until } from "./until.ts";

const LINE_END = "\r\n";
const MODELS = requestText("GET", "/v1/models", { connection: "keep-alive" });

async function open() {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const listen = { headersTimeoutMs: 300, requestTimeoutMs: 600_000, keepAliveTimeoutMs: 300 };
  return openGateway({ engine: { baseURL: sandbox.baseURL }, listen });
}

it.each<[string, string, string, number]>([
  ["says nothing", "", "", 0],
  ["sends line ends alone", "", LINE_END, 0],
  ["begins a request and stops", "GET /v1/mod", "", 0],
  ["asked once and says nothing more", MODELS, "", 1],
  ["asked once and goes on with line ends", MODELS, LINE_END, 1],
  ["asked once and begins another request", `${MODELS}GET /v1/mod`, "", 1],
])("a connection that %s is cut", async (_, beginning, drip, answered) => {
  const gateway = await open();
  const connection = await openConnection(gateway.url);
  if (beginning !== "") connection.write(beginning);
  const dripping = setInterval(() => {
    if (drip !== "" && connection.socket.writable) connection.write(drip);
  }, 50);
  onTestFinished(() => clearInterval(dripping));
  const statuses = readAnswers(await connection.closed()).map(({ status }) => status);
  expect(statuses.filter((status) => status !== 408)).toEqual(Array(answered).fill(200));
});

it("a connection whose request is being answered is not, however quiet", async () => {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const listen = { headersTimeoutMs: 300, keepAliveTimeoutMs: 300 };
  const gateway = await openGateway({ engine: { baseURL: sandbox.baseURL }, listen });
  const goOn = Promise.withResolvers<void>();
  sandbox.fault({ kind: "hold", until: goOn.promise });
  const slow = post(gateway.baseURL, ask("Hello"));
  await sandbox.received(1);
  // One that came later and says nothing is gone by then, so the time of both is over.
  const quiet = await openConnection(gateway.url);
  await quiet.closed();
  const second = await openConnection(gateway.url);
  await second.closed();
  goOn.resolve();
  expect((await slow).status).toBe(200);
  await until(
    "requests",
    () => gateway.server.running,
    (running) => running === 0,
  );
});
