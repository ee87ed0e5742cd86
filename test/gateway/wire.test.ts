import { createLaplas, type LedgerStore } from "@laplas/core";
import { createGateway } from "@laplas/gateway";
import { createSandbox, paidRules } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";
import { readStream } from "./event-text.ts";
import { API_KEY, ask, type GatewaySettings, openGateway, post } from "./open-gateway.ts";
import { exchange, openConnection, readAnswer, readAnswers, requestText } from "./sockets.ts";
import { until } from "./until.ts";

async function open(settings: Omit<GatewaySettings, "engine"> = {}) {
  const sandbox = await createSandbox({ rules: paidRules });
  onTestFinished(() => sandbox.close());
  return { sandbox, ...(await openGateway({ engine: { baseURL: sandbox.baseURL, tier: "paid" }, ...settings })) };
}

describe("on one connection", () => {
  it("requests sent without waiting are answered in their order, streams among them", async () => {
    const { url } = await open();
    const prompts = ["Write 30 words about herons.", "What is 1 plus 1?", "Write 10 words about mills."];
    const requests = prompts.map((prompt, index) =>
      requestText(
        "POST",
        "/v1/chat/completions",
        { connection: index === 2 ? "close" : "keep-alive" },
        ask(prompt, { stream: index !== 1 }),
      ),
    );
    const answers = readAnswers(await exchange(url, requests.join("")));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const [herons, sum, mills] = answers.map(({ body }) => body);
    expect(readStream(herons ?? "")).toMatchObject({ isWhole: true, text: expect.stringContaining("heron") });
    expect(JSON.parse(sum ?? "")).toMatchObject({ object: "chat.completion" });
    expect(readStream(mills ?? "")).toMatchObject({ isWhole: true, text: expect.stringContaining("mill") });
  });

  it("a refused request leaves the next one whole", async () => {
    const { url } = await open();
    const keep = { connection: "keep-alive" };
    const wire = await exchange(
      url,
      [
        requestText("PUT", "/v1/nothing", keep, ask("not read")),
        requestText("POST", "/v1/chat/completions", { ...keep, origin: "https://evil.example.com" }, ask("not read")),
        requestText("POST", "/v1/chat/completions", keep, "{"),
        requestText("POST", "/v1/chat/completions", {}, ask("Hello")),
      ].join(""),
    );
    expect(readAnswers(wire).map(({ status }) => status)).toEqual([404, 403, 400, 200]);
  });
});

describe("a request that HTTP allows and no client sends", () => {
  it.each([
    ["HTTP/1.0 without a host, as an old load balancer checks", "GET /health HTTP/1.0\r\n\r\n", 200],
    ["an absolute target", requestText("GET", "http://localhost/health"), 200],
    ["an absolute target with a name and password", requestText("GET", "http://x:y@localhost/v1/models"), 400],
    [
      "a body to an absolute target with a name",
      requestText(
        "POST",
        "http://x@localhost/v1/images/generations",
        {},
        JSON.stringify({ model: "flux/schnell", prompt: "x" }),
      ),
      400,
    ],
    ["an asterisk", requestText("OPTIONS", "*"), 400],
    ["a backslash", requestText("GET", "/v1\\models"), 400],
  ])("%s is answered in words", async (_, request, status) => {
    const { url, log } = await open();
    const answer = readAnswer(await exchange(url, request));
    expect(answer).toMatchObject({ status, headers: { "content-type": expect.stringMatching(/^application\/json/) } });
    if (status !== 200) expect(JSON.parse(answer.body)).toMatchObject({ error: { code: expect.any(String) } });
    expect(log.filter((line) => line.includes("defect"))).toEqual([]);
  });
});

describe("what nobody expects", () => {
  it("is told to the client as ours, and to the log with its place, but without its words", async () => {
    const failing = async () => {
      throw new TypeError(`the words: ${API_KEY}`);
    };
    const store = {
      name: "memory",
      shared: false,
      reserve: failing,
      settle: failing,
      teach: failing,
      cancel: failing,
      view: failing,
    };
    const { baseURL, log } = await openGateway({
      engine: { baseURL: "http://127.0.0.1:9", ledger: store as unknown as LedgerStore },
    });
    const response = await post(baseURL, ask("Hello"));
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ error: { code: "internal" } });
    expect(log.join("\n")).toContain('"level":"error"');
    expect(log.join("\n")).toMatch(/"defect".*|TypeError.* at failing/);
    expect(log.join("\n")).not.toContain(API_KEY);
  });

  it("never rejects, whatever ends a request", async () => {
    const sandbox = await createSandbox({ latencyMs: 60_000 });
    onTestFinished(() => sandbox.close());
    const laplas = createLaplas({ apiKey: API_KEY, ledger: "memory", baseURL: sandbox.baseURL });
    onTestFinished(() => laplas.close());
    const gateway = createGateway({ laplas });
    // The Node adapter aborts with a text; others with a DOMException, or an error of their own.
    for (const reason of ["Client connection prematurely closed.", undefined, new Error("gone")]) {
      const leaving = new AbortController();
      const answer = gateway.fetch(
        new Request("http://localhost/v1/chat/completions", {
          method: "POST",
          headers: { host: "localhost" },
          body: ask("Hello"),
          signal: leaving.signal,
        }),
      );
      setImmediate(() => leaving.abort(reason));
      await expect(answer).resolves.toMatchObject({ status: 499 });
    }
    const body = new ReadableStream({ start: (controller) => controller.error(new Error("cut")) });
    const init = {
      method: "POST",
      headers: { host: "localhost", "transfer-encoding": "chunked" },
      body,
      duplex: "half",
    };
    const answer = gateway.fetch(new Request("http://localhost/v1/chat/completions", init as RequestInit));
    await expect(answer).resolves.toBeInstanceOf(Response);
  });
});

it("a client that closes its half of the connection is taken for gone, and its place is freed", async () => {
  const { sandbox, url, quota } = await open();
  const release = Promise.withResolvers<void>();
  sandbox.fault({ kind: "hold", until: release.promise });
  const connection = await openConnection(url);
  connection.socket.end(requestText("POST", "/v1/chat/completions", {}, ask("Hello")));
  expect(await connection.closed()).toBe("");
  release.resolve();
  await until("the account", quota, ({ running }) => running === 0);
});
