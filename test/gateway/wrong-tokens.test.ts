import { createSandbox } from "@laplas/sandbox";
import { expect, it, onTestFinished } from "vitest";
import { openGateway } from "./open-gateway.ts";
import { exchange, readAnswer, requestText } from "./sockets.ts";
import { until } from "./until.ts";

const clients = [{ name: "alice", token: "token-of-alice-51c90b" }];

it("wrong tokens slow down the address they come from, and no other", async () => {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const naps: (() => void)[] = [];
  const sleep = (): Promise<void> => new Promise((wake) => naps.push(wake));
  const gateway = await openGateway({
    engine: { baseURL: sandbox.baseURL },
    gateway: { clients, sleep },
    listen: { host: "::" },
  });
  const port = new URL(gateway.url).port;
  const ask = async (host: string, token: string): Promise<number> => {
    const text = requestText("GET", "/v1/models", { authorization: `Bearer ${token}` });
    return readAnswer(await exchange(`http://${host}:${port}`, text)).status;
  };
  for (let count = 0; count < 10; count += 1) expect(await ask("127.0.0.1", "wrong")).toBe(401);
  const slow = ask("127.0.0.1", "wrong");
  await until(
    "a wait",
    () => naps.length,
    (count) => count === 1,
  );
  expect(await ask("[::1]", "wrong")).toBe(401);
  expect(await ask("[::1]", clients[0]?.token ?? "")).toBe(200);
  const late = ask("127.0.0.1", clients[0]?.token ?? "");
  await until(
    "the client's wait",
    () => naps.length,
    (count) => count === 2,
  );
  for (const wake of naps) wake();
  expect(await Promise.all([slow, late])).toEqual([401, 200]);
  // It is known now.
  expect(await ask("127.0.0.1", clients[0]?.token ?? "")).toBe(200);
});
