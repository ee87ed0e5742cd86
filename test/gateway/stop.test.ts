import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, paidRules } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Child, startLaplas } from "./child.ts";
import { readStream } from "./event-text.ts";
import { API_KEY, ask, openGateway, post, readQuota } from "./open-gateway.ts";
import { openConnection, type RawConnection, readAnswers, requestText } from "./sockets.ts";
import { until } from "./until.ts";
import { openUpstream } from "./upstream.ts";

/** `laplas serve` in a process of its own, as people run it. */
async function serve(
  baseURL: string,
  variables: Readonly<Record<string, string>> = {},
  parameters: readonly string[] = [],
) {
  const child = startLaplas(["serve", "--port", "0", "--ledger", "memory", "--log", "json", ...parameters], {
    LAPLAS_API_KEY: API_KEY,
    LAPLAS_BASE_URL: baseURL,
    ...variables,
  });
  return { child, baseURL: await addressOf(child) };
}

async function addressOf(child: Child): Promise<string> {
  return (await child.says(/Base URL +(\S+)\n/))[1] ?? "";
}

/** A connection in the middle of a request, so that a gateway that stops doesn't close it as idle. */
async function beginRequest(baseURL: string, path: string): Promise<RawConnection> {
  const connection = await openConnection(baseURL);
  // In one piece with a request that is answered: then the beginning of the other has been read too.
  connection.write(requestText("GET", "/health", { connection: "keep-alive" }) + requestText("GET", path).slice(0, -2));
  await until("the first answer", connection.received, (text) => text.includes('"ok"'));
  return connection;
}

async function finish(connection: RawConnection) {
  connection.write("\r\n");
  return readAnswers(await connection.closed())[1];
}

const stream = ask("Write 60 words about herons.", { stream: true });
const refused = (answer: Promise<unknown>) => expect(answer).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });

describe("a gateway that is told to stop", () => {
  it("finishes its stream and its queue, lets nobody else in, and ends well", async () => {
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const release = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: release.promise, afterChunks: 1 });
    const { child, baseURL } = await serve(sandbox.baseURL);
    const response = await post(baseURL, stream);
    const queued = post(baseURL, ask("What is 2 plus 2?"));
    await until(
      "the queue",
      () => readQuota(baseURL),
      ({ waiting }) => waiting === 1,
    );
    const late = await Promise.all(
      ["/ready", "/v1/models", "/v1/quota", "/health"].map((path) => beginRequest(baseURL, path)),
    );
    const [ready, models, quota, health] = late as [RawConnection, RawConnection, RawConnection, RawConnection];
    child.signal("SIGTERM");
    await child.says(/SIGTERM: stopping\. 2 requests/);

    for (const connection of [ready, models, quota]) {
      expect(await finish(connection)).toMatchObject({
        status: 503,
        headers: { "retry-after": expect.stringMatching(/^\d+$/), "x-should-retry": "true" },
        body: expect.stringContaining('"code":"gateway_stopping"'),
      });
    }
    // Alive, and not ready.
    expect(await finish(health)).toMatchObject({ status: 200 });
    await refused(post(baseURL, ask("Hello")));
    release.resolve();
    const { isWhole, text } = readStream(await response.text());
    expect([isWhole, text.length > 200]).toEqual([true, true]);
    expect((await queued).status).toBe(200);
    expect(await child.ended()).toBe(0);
    expect(child.stderr()).toMatch(/Stopped\.\n$/);
    expect(sandbox.counts()).toMatchObject({ received: 2, answered: 1, faulted: 1, refused: 0 });
  });

  it("with the sandbox in its own process as well", async () => {
    const child = startLaplas(["serve", "--sandbox", "--port", "0", "--log", "json"]);
    const baseURL = await addressOf(child);
    const response = await post(baseURL, ask("Write 400 words about herons.", { stream: true }));
    child.signal("SIGINT");
    expect(readStream(await response.text())).toMatchObject({ isWhole: true, error: undefined });
    expect(await child.ended()).toBe(0);
  });

  it("and has nothing to do ends at once, idle connections or not", async () => {
    const child = startLaplas(["serve", "--sandbox", "--port", "0", "--log", "off"]);
    const baseURL = await addressOf(child);
    const idle = await Promise.all([openConnection(baseURL), openConnection(baseURL)]);
    expect((await post(baseURL, ask("Hello"))).status).toBe(200);
    child.signal("SIGTERM");
    expect(await child.ended()).toBe(0);
    for (const connection of idle) await connection.closed();
    expect(child.stdout()).toBe("");
  });

  it("cuts what lasts longer than it may, and the client can tell", async () => {
    const upstream = await openUpstream((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const write = setInterval(() => response.write('data: {"choices":[{"delta":{"content":"on and "}}]}\n\n'), 20);
      response.once("close", () => clearInterval(write));
    });
    const directory = mkdtempSync(join(tmpdir(), "laplas-stop-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const config = join(directory, "laplas.config.json");
    writeFileSync(config, JSON.stringify({ stopWithinMs: 500 }));
    const { child, baseURL } = await serve(upstream.baseURL, {}, ["--config", config]);
    const response = await post(baseURL, stream);
    const silent = await beginRequest(baseURL, "/v1/models");
    child.signal("SIGTERM");
    const outcome = await response.text().then(readStream, (error: Error) => error.message);
    if (typeof outcome === "string") expect(outcome).toMatch(/terminated|aborted|reset/);
    else expect(outcome).toMatchObject({ isWhole: false, error: { code: expect.any(String) } });
    // Far less than the 5 s for which an abandoned request is read on.
    expect(await child.ended(4_000)).toBe(0);
    expect(child.stderr()).toMatch(/1 requests? had not finished/);
    await silent.closed();
    await until(
      "the upstream's request",
      () => upstream.running,
      (running) => running === 0,
    );
  });

  it.each([
    ["SIGTERM", "SIGTERM", 143],
    ["SIGINT", "SIGINT", 130],
    ["SIGTERM", "SIGINT", 130],
    ["SIGINT", "SIGTERM", 143],
  ] as const)("by %s ends at once with %s", async (first, second, code) => {
    const upstream = await openUpstream((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write('data: {"choices":[]}\n\n');
    });
    const { child, baseURL } = await serve(upstream.baseURL);
    const response = await post(baseURL, stream);
    child.signal(first);
    await child.says(/stopping/);
    child.signal(second);
    // Not with 0, as after the grace.
    expect(await child.ended()).toBe(code);
    await response.text().catch(() => {});
  });
});

describe("a server of a program's own", () => {
  it("can be closed twice, and at once", async () => {
    const sandbox = await createSandbox({ rules: paidRules });
    onTestFinished(() => sandbox.close());
    const { server, baseURL } = await openGateway({ engine: { baseURL: sandbox.baseURL, tier: "paid" } });
    sandbox.fault({ kind: "stall" });
    const response = await post(baseURL, stream);
    expect(server.running).toBe(1);
    const both = Promise.all([server.close(100), server.close(100)]);
    await response.text().catch(() => {});
    expect((await both)[0]).toBe(1);
    expect(await server.close()).toBe(0);
  });
});

describe("a grace of weeks", () => {
  it("is not cut short by a timer that counts no further", async () => {
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const release = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: release.promise, afterChunks: 1 });
    const { server, baseURL } = await openGateway({ engine: { baseURL: sandbox.baseURL } });
    const response = await post(baseURL, stream);
    const closed = server.close(3_000_000_000);
    // A timer of more than it can count ends after a millisecond, so before this one.
    await new Promise((resolve) => setTimeout(resolve, 10));
    release.resolve();
    expect(readStream(await response.text())).toMatchObject({ isWhole: true });
    expect(await closed).toBe(0);
  });
});

describe("a command that can't serve", () => {
  it.each([
    ["an open address without a token", ["--host", "0.0.0.0"], /^laplas: .*token/],
    ["no port", ["--port", "99999"], /^laplas: --port/],
    ["no tier", ["--tier", "golden"], /^laplas: .*tier/],
  ])("says so and ends, with a sandbox too: %s", async (_, parameters, message) => {
    const child = startLaplas(["serve", "--sandbox", "--port", "0", ...parameters]);
    expect(await child.ended()).toBe(2);
    expect(child.stderr()).toMatch(message);
  });

  it("because the port is taken", async () => {
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const child = startLaplas(["serve", "--sandbox", "--port", new URL(sandbox.url).port]);
    expect(await child.ended()).toBe(2);
    expect(child.stderr()).toMatch(/^laplas: Port \d+ is taken/);
  });

  it("because its token can be guessed, which it does not repeat", async () => {
    const child = startLaplas(["serve", "--sandbox", "--port", "0"], { LAPLAS_GATEWAY_TOKEN: "sh0rt-t0ken" });
    expect(await child.ended()).toBe(2);
    expect(child.stderr()).toMatch(/^laplas: .*16 characters/);
    expect(child.stderr()).not.toContain("sh0rt-t0ken");
  });
});

it("a line of the log stays one line, whatever a caller writes", async () => {
  const child = startLaplas(["serve", "--sandbox", "--port", "0", "--log", "text"]);
  const baseURL = await addressOf(child);
  const forged = "x\n00:00:00 call POST /v1/chat/completions outcome=answered \u001b[31m";
  await post(baseURL, ask("Hello", { model: forged }));
  await (await post(baseURL, ask("Hello"))).text();
  await child.says(/model=gpt-4o-mini/);
  const lines = child.stdout().trimEnd().split("\n");
  expect(lines.filter((line) => line.startsWith("00:00:00"))).toEqual([]);
  expect(child.stdout()).not.toContain("\u001b");
});
