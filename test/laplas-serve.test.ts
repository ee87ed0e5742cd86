import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from "vitest";

const COMMAND = fileURLToPath(new URL("../packages/gateway/dist/laplas.js", import.meta.url));

interface Run {
  readonly child: ChildProcess;
  /** Everything printed so far, stdout and stderr. */
  printed(): string;
  /** Resolves with the match once it is printed. @throws Error if the program ends first */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<number | null>;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "laplas-serve-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the command in an empty folder, without the variables of whoever runs the tests. */
function laplas(args: readonly string[], environment: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, XDG_STATE_HOME: folder, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      for (const listener of listeners) listener();
    });
  }
  const ended = once(child, "close").then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return {
    child,
    printed: () => text,
    ended,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(text);
          if (match !== null) resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`ended before ${pattern}:\n${text}`)));
      }),
  };
}

describe("laplas serve", () => {
  it("says where it listens, which tier, what is left; answers, logs and stops in order", async () => {
    const run = laplas(["serve", "--sandbox", "--port", "0", "--log", "text"]);
    const [, baseURL = ""] = await run.until(/Base URL {2}(http:\/\/127\.0\.0\.1:\d+\/v1)/);
    await run.until(/Ctrl-C/);
    expect(run.printed()).toMatch(/Tier {6}free, on an embedded sandbox: nothing is spent/);
    expect(run.printed()).toMatch(/Left {6}50,000 of 50,000 API tokens until \d{4}-\d\d-\d\dT00:00:02\.000Z/);
    expect(run.printed()).toMatch(/Clients {3}anyone on this machine/);
    const response = await fetch(`${baseURL}/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] }),
    });
    expect(await response.json()).toMatchObject({ usage: { total_tokens: 16 } });
    await run.until(/call POST \/v1\/chat\/completions .*outcome=answered .*apiTokens=16/);
    run.child.kill("SIGTERM");
    expect(await run.ended).toBe(0);
    expect(run.printed()).toMatch(/SIGTERM: stopping\. 0 requests may finish within 30 s[\s\S]*Stopped\./);
    expect(run.printed()).not.toMatch(/Warning|Error|at .*\.js:\d/);
  });

  it("keeps the account between two runs, and never the sandbox's in the key's", async () => {
    const upstream = laplas(["serve", "--sandbox", "--port", "0", "--tier", "paid"]);
    const [, baseURL = ""] = await upstream.until(/Base URL +(\S+)/);
    const environment = { LAPLAS_API_KEY: "a-key", LAPLAS_BASE_URL: baseURL };
    for (const left of ["50,000", "49,984"]) {
      const run = laplas(["serve", "--port", "0", "--log", "json"], environment);
      const [, own = ""] = await run.until(/Base URL +(\S+)/);
      await run.until(new RegExp(`Left +${left} of 50,000`));
      const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
      await (await fetch(`${own}/chat/completions`, { method: "POST", body })).text();
      run.child.kill("SIGINT");
      expect(await run.ended).toBe(0);
    }
  });

  it("lets clients in by their tokens on an open address", async () => {
    const token = "a-token-of-16-chars";
    const run = laplas(["serve", "--sandbox", "--host", "0.0.0.0", "--port", "0"], { LAPLAS_GATEWAY_TOKEN: token });
    const [, port = ""] = await run.until(/Base URL +http:\/\/0\.0\.0\.0:(\d+)/);
    await run.until(/Clients +default, each with its token/);
    const models = `http://127.0.0.1:${port}/v1/models`;
    expect((await fetch(models)).status).toBe(401);
    expect((await fetch(models, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect(run.printed()).not.toContain(token);
  });

  test.each<[string, readonly string[], Record<string, string>, RegExp]>([
    ["without a key", ["serve"], {}, /There is no key\. Set LAPLAS_API_KEY .*laplas serve --sandbox/],
    ["with a port that is none", ["serve", "--port", "abc"], {}, /--port is "abc", but must be a port/],
    ["with an option that there is not", ["serve", "--prot", "1"], {}, /unknown option '--prot'[\s\S]*--port/],
    ["with a command that there is not", ["srve"], {}, /unknown command 'srve'[\s\S]*serve/],
    ["with a tier that there is not", ["serve", "--sandbox", "--tier", "gold"], {}, /tier.*"gold".*free/],
    [
      "open, without a client",
      ["serve", "--sandbox", "--host", "0.0.0.0"],
      {},
      /whoever reaches that address.*LAPLAS_GATEWAY_TOKEN/,
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
    const run = laplas(args, environment);
    expect(await run.ended).toBe(2);
    expect(run.printed()).toMatch(message);
    expect(run.printed()).not.toMatch(/\n\s+at /);
  });

  it("says that the port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const run = laplas(["serve", "--sandbox", "--port", String(port)]);
    expect(await run.ended).toBe(2);
    expect(run.printed()).toMatch(/The port is taken.*--port/);
  });

  it("is configured by a file, whose mistakes are told with their place", async () => {
    await writeFile(join(folder, "good.json"), JSON.stringify({ port: 0, tier: "playground", log: "off" }));
    const run = laplas(["serve", "--sandbox", "--config", "good.json"]);
    await run.until(/Tier +playground/);
    await writeFile(join(folder, "bad.json"), JSON.stringify({ apikey: "secret-key" }));
    const bad = laplas(["serve", "--config", "bad.json"]);
    expect(await bad.ended).toBe(2);
    expect(bad.printed()).toMatch(/bad\.json: there is no option "apikey"/);
    expect(bad.printed()).not.toContain("secret-key");
  });

  it("has help with examples, and ends quietly with it", async () => {
    for (const args of [["--help"], ["serve", "--help"]]) {
      const run = laplas(args);
      expect(await run.ended).toBe(0);
      expect(run.printed()).toMatch(/Usage: laplas/);
    }
  });
});
