import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { openShell, type RunSettings } from "../testing/open-shell.js";

const { Request: RequestOfThisProcess } = globalThis;
const KEYLESS = { LAPLAS_API_KEY: "", LAPLAS_BASE_URL: "" };
const HELLO = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });

describe("misuse", () => {
  test.each<[string, readonly string[], Record<string, string>, RegExp]>([
    ["without a key", ["serve"], {}, /There is no key\. Set LAPLAS_API_KEY.*laplas serve --sandbox/],
    ["with a port that is none", ["serve", "--port", "abc"], {}, /--port is "abc", but must be a port/],
    ["with an option that there is not", ["serve", "--prot", "1"], {}, /unknown option '--prot'[\s\S]*--port/],
    ["with a command that there is not", ["srve"], {}, /unknown command 'srve'[\s\S]*serve/],
    ["with a tier that there is not", ["serve", "--sandbox", "--tier", "gold"], {}, /tier.*"gold".*free/],
    [
      "open, without a client",
      ["serve", "--sandbox", "--host", "0.0.0.0"],
      {},
      /anyone who can reach that address.*LAPLAS_GATEWAY_TOKEN/,
    ],
    [
      "with a token that can be guessed",
      ["serve", "--sandbox"],
      { LAPLAS_GATEWAY_TOKEN: "guess" },
      /at least 16 characters/,
    ],
    ["with a file that is not there", ["serve", "--config", "no.json"], {}, /no\.json can't be read: ENOENT/],
    [
      "on an address that is not this machine's",
      ["serve", "--sandbox", "--host", "192.0.2.1"],
      { LAPLAS_GATEWAY_TOKEN: "a-token-of-16-chars" },
      /can't listen there \(EADDRNOTAVAIL\)/,
    ],
  ])("%s, ends with 2 and says what to do, in one line of our own", async (_, args, environment, message) => {
    const shell = await openShell();
    const { code, stdout, stderr } = await shell.run(args, { environment: { ...KEYLESS, ...environment } });
    expect(code).toBe(2);
    expect(stdout + stderr).toMatch(message);
    expect(stdout + stderr).not.toMatch(/\n\s+at /);
  });

  it("is an error as JSON with --json", async () => {
    expect(await (await openShell()).json(["serve", "--host", "0.0.0.0"])).toMatchObject({
      object: "error",
      error: { code: "invalid_options" },
    });
  });

  it("opens the ledger before it listens, and ends with what is wrong with it", async () => {
    const shell = await openShell();
    for (const tier of ["free", "paid"]) {
      const environment = { LAPLAS_LEDGER: "sqlite:/proc/none/ledger" };
      const run = await shell.run(["serve", "--port", "0", "--tier", tier], { environment });
      expect(run).toMatchObject({ code: 1, stdout: "" });
      expect(run.stderr).toMatch(
        /ledger \/proc\/none\/ledger failed, so nothing was sent uncounted: .*sqlite:\/tmp\/.*LAPLAS_LEDGER=memory/,
      );
      expect(run.stderr).not.toMatch(/Base URL|\n\s+at /);
    }
  });

  it("says that the port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { code, stderr } = await (await openShell()).run(["serve", "--sandbox", "--port", String(port)]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/Port \d+ is taken.*--port/)]);
  });
});

it("keeps the account between two runs, and never the sandbox's in the key's", async () => {
  const shell = await openShell();
  const upstream = shell.start(["serve", "--sandbox", "--port", "0", "--tier", "paid"], { environment: KEYLESS });
  const [, baseURL = ""] = await upstream.until("stderr", /Base URL +(\S+)\n/);
  // In the user's state directory.
  const environment = { LAPLAS_BASE_URL: baseURL, LAPLAS_LEDGER: "" };
  for (const left of ["50,000", "49,984"]) {
    const run = shell.start(["serve", "--port", "0", "--log", "json"], { environment });
    const [, own = ""] = await run.until("stderr", /Base URL +(\S+)\n/);
    await run.until(
      "stderr",
      new RegExp(`Left +${left} of 50,000 API tokens until [^\\dT]*\\d\\d:\\d\\d [^:\n]*\\(daily_api_tokens\\)\n`),
    );
    await (await fetch(`${own}/chat/completions`, { method: "POST", body: HELLO })).text();
    run.signal("SIGINT");
    expect(await run.ended).toBe(0);
  }
  expect(shell.read("laplas/ledger.sqlite")).toMatch(/^SQLite format 3/);
  // Only a command that owns its process replaces globals.
  expect(globalThis.Request).toBe(RequestOfThisProcess);
});

it("lets clients in by their tokens on an open address", async () => {
  const token = "a-token-of-16-chars";
  const environment = { ...KEYLESS, LAPLAS_GATEWAY_TOKEN: token };
  const shell = await openShell();
  const run = shell.start(["serve", "--sandbox", "--host", "0.0.0.0", "--port", "0"], { environment });
  const [, port = ""] = await run.until("stderr", /Base URL +http:\/\/0\.0\.0\.0:(\d+)\/v1\n/);
  await run.until("stderr", /Clients +default, each with its token\n/);
  const models = `http://127.0.0.1:${port}/v1/models`;
  expect((await fetch(models)).status).toBe(401);
  expect((await fetch(models, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
  expect(run.screen()).not.toContain(token);
});

it("is configured by a file, whose mistakes are told with their place", async () => {
  const shell = await openShell();
  shell.write("good.json", JSON.stringify({ port: 0, tier: "playground", log: "off" }));
  const run = shell.start(["serve", "--sandbox", "--config", "good.json"]);
  await run.until("stderr", /Tier +playground/);
  shell.write("bad.json", JSON.stringify({ apikey: "secret-key" }));
  const bad = await shell.run(["serve", "--config", "bad.json"]);
  expect([bad.code, bad.stdout]).toEqual([2, ""]);
  expect(bad.stderr).toMatch(/bad\.json: there is no option "apikey"/);
  expect(bad.stderr).not.toContain("secret-key");
  shell.write("small.json", JSON.stringify({ port: 0, maxBodyBytes: 100, bodies: { maxBytes: 199 } }));
  const small = await shell.run(["serve", "--sandbox", "--config", "small.json"]);
  expect(small).toMatchObject({ code: 2, stderr: expect.stringMatching(/"bodies\.maxBytes" is 199/) });
});

describe("in a terminal, without a key", () => {
  const settings: RunSettings = { environment: { ...KEYLESS, NO_COLOR: "1" }, columns: 100, input: "open" };

  it("offers a sandbox, and serves it", async () => {
    const run = (await openShell()).start(["serve", "--port", "0"], settings);
    await run.until("stderr", /There is no LAPLAS_API_KEY\. Serve a sandbox instead, free and offline\? \[Y\/n\] /);
    run.stdin.write("\r");
    await run.until("stderr", /Tier {6}free, on an embedded sandbox: nothing is spent\n/);
    run.signal("SIGINT");
    expect(await run.ended).toBe(0);
  });

  test.each([
    ["no", "n\r", 2],
    ["Ctrl-D", "\u0004", 2],
    ["Ctrl-C", "\u0003", 130],
  ])("takes %s for an answer", async (_, typed, code) => {
    const run = (await openShell()).start(["serve", "--port", "0"], settings);
    await run.until("stderr", /\[Y\/n\] /);
    run.stdin.write(typed);
    expect(await run.ended).toBe(code);
    if (code === 2) expect(run.stderr()).toMatch(/\nlaplas: There is no key\. .*\n$/);
  });
});

it("waits for what is under way when it is told to stop, and not after the second time", async () => {
  const shell = await openShell();
  const { promise, resolve } = Promise.withResolvers<void>();
  shell.sandbox.fault({ kind: "hold", until: promise });
  const run = shell.start(["serve", "--port", "0"], { environment: { LAPLAS_LEDGER: "memory" } });
  const [, baseURL = ""] = await run.until("stderr", /Base URL +(\S+)\n/);
  const answer = fetch(`${baseURL}/chat/completions`, { method: "POST", body: HELLO });
  await expect.poll(() => shell.sandbox.running()).toBe(1);
  run.signal("SIGTERM");
  await run.until("stderr", /SIGTERM: stopping\. 1 requests may finish within 30 s; once more ends them now\.\n/);
  run.signal("SIGINT");
  expect(await run.ended).toBe(130);
  resolve();
  expect((await answer).status).toBe(200);
});
