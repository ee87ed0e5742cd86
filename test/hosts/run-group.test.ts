import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { runGroup } from "./run-group.ts";

/** A server to which programs connect: a connection ends with its program. */
async function listen(): Promise<{ port: number; connection: Promise<Socket> }> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const connection = once(server, "connection").then(([socket]) => {
    socket.on("error", () => {});
    return socket.resume() as Socket;
  });
  return { port: (server.address() as AddressInfo).port, connection };
}

/** A program that starts another, which nothing but SIGKILL ends. @param after what the first one does then */
function starting(port: number, after: string): string {
  const other = `process.on("SIGTERM", () => {}); require("net").connect(${port}, "127.0.0.1")`;
  return `const other = require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(other)}]); ${after}`;
}

it("says how a program ended", async () => {
  const { signal } = new AbortController();
  expect(await runGroup(process.execPath, ["-e", "process.exitCode = 3"], signal)).toBe(3);
  await expect(runGroup("no-such-program", [], signal)).rejects.toThrow("ENOENT");
});

it("ends at its signal what the program has started too", async () => {
  const { port, connection } = await listen();
  const leaving = new AbortController();
  const work = runGroup(process.execPath, ["-e", starting(port, "")], leaving.signal);
  const ended = once(await connection, "close");
  leaving.abort();
  expect(await work).toBeNull();
  await ended;
});

it("leaves nothing of a program that has ended", async () => {
  const { port, connection } = await listen();
  const ended = connection.then((socket) => once(socket, "close"));
  const first = await listen();
  const program = starting(
    port,
    `require("net").connect(${first.port}, "127.0.0.1").on("data", () => process.exit(1))`,
  );
  const work = runGroup(process.execPath, ["-e", program], new AbortController().signal);
  await connection;
  (await first.connection).write("end");
  expect(await work).toBe(1);
  await ended;
});
