import { once } from "node:events";
import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdAnswer } from "../testing/hold-answer.js";
import { openGateway } from "../testing/open-gateway.js";
import { connectBy, connectStdio, WAYS } from "../testing/open-mcp.js";
import { serveMcpStdio } from "./serve-mcp-stdio.js";

const ask = { name: "ask_model", arguments: { prompt: "Hello" } };

describe.each([
  ["the end of its input", ({ stdin }: Pair) => void stdin.end()],
  ["an output that breaks", ({ stdout }: Pair) => void stdout.destroy(new Error("EPIPE"))],
  ["a signal", ({ stop }: Pair) => stop()],
])("%s", (_, end) => {
  it("ends the server, and settles the call that runs", async () => {
    const { laplas, sandbox, lines } = await openGateway();
    const pair = await connectStdio(laplas);
    const held = holdAnswer(sandbox);
    const call = pair.client.callTool(ask).catch(() => "lost");
    await held.arrived;
    end(pair);
    await pair.ended;
    expect(lines.filter(({ message }) => message === "call")).toMatchObject([{ outcome: "aborted" }]);
    held.release();
    await sandbox.idle();
    await pair.client.close();
    expect(await call).toBe("lost");
  });
});
type Pair = Awaited<ReturnType<typeof connectStdio>>;

it("ends at once where its input has ended before, or its signal has aborted", async () => {
  const { laplas } = await openGateway();
  const ended = new PassThrough();
  ended.end();
  ended.resume();
  await once(ended, "end");
  const base = { laplas, stdout: new PassThrough() };
  await serveMcpStdio({ ...base, stdin: ended, signal: new AbortController().signal });
  await serveMcpStdio({ ...base, stdin: new PassThrough(), signal: AbortSignal.abort() });
});

it("writes a line for each call to the log, and nothing but the protocol to its output", async () => {
  const { laplas } = await openGateway();
  const logged: object[] = [];
  const log = (fields: object, message: string) => void logged.push({ message, ...fields });
  const { client, stdout } = await connectStdio(laplas, { logger: { info: log, warn: log, error: log } });
  let said = "";
  stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  await client.callTool(ask);
  expect(logged).toMatchObject([{ message: "call", endpoint: "chat", outcome: "answered" }]);
  for (const line of said.trim().split("\n")) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
});

it("goes on after lines that are no messages", async () => {
  const { laplas } = await openGateway();
  const { client, stdin } = await connectStdio(laplas);
  for (const line of [
    "not json",
    "{}",
    "[]",
    '"text"',
    '{"jsonrpc":"2.0","id":7}',
    '{"jsonrpc":"2.0","id":8,"method":"no/such"}',
  ])
    stdin.write(`${line}\n`);
  expect((await client.callTool(ask)).isError ?? false).toBe(false);
});

it("refuses a message that is longer than it may be, and ends", async () => {
  const { laplas } = await openGateway();
  const stdin = new PassThrough();
  const ended = serveMcpStdio({
    laplas,
    stdin,
    stdout: new PassThrough(),
    signal: new AbortController().signal,
    maxMessageBytes: 1_000,
  });
  stdin.write("x".repeat(1_001));
  await ended;
});

describe.each(WAYS)("over %s", (way) => {
  it("no arguments end the session", async () => {
    const opened = await openGateway();
    const client = await connectBy(way, opened);
    const { tools } = await client.listTools();
    const fields = tools.flatMap(({ inputSchema }) => Object.keys(inputSchema.properties ?? {}));
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(
        "",
        " ",
        "\u0000",
        "__proto__",
        "constructor",
        "auto",
        "gpt-4o",
        "flux/schnell",
        "-1x-1",
        1e308,
        -0,
      ),
      fc.string({ unit: "binary", maxLength: 50 }),
    );
    const args = fc.dictionary(fc.constantFrom(...fields, "toString", "x"), odd, { maxKeys: 6 });
    const name = fc.constantFrom(...tools.map((tool) => tool.name));
    await fc.assert(
      fc.asyncProperty(name, args, async (tool, given) => {
        const result = await client.callTool({ name: tool, arguments: given });
        expect(JSON.stringify(result)).not.toContain("defect");
      }),
      { numRuns: 40 },
    );
    await expect(client.callTool({ name: "no_such_tool", arguments: {} })).rejects.toThrow(/no_such_tool/);
    expect((await client.callTool(ask)).isError ?? false).toBe(false);
    expect(opened.sandbox.counts().refused).toBe(0);
  });
});
