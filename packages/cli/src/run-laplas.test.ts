import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { PassThrough, Writable } from "node:stream";
import { describe, expect, it, onTestFinished, test, vi } from "vitest";
import { holdAnswer } from "../../gateway/src/testing/hold-answer.js";
import { runLaplas } from "./run-laplas.js";
import { listening } from "./testing/listening.js";
import { KEY, openShell, PROMPT, type RunSettings } from "./testing/open-shell.js";

const ESCAPE = "\u001b";
const NAMES = [
  "chat",
  "embed",
  "image",
  "status",
  "models",
  "tier",
  "check",
  "plan",
  "serve",
  "open",
  "mcp",
  "sandbox",
  "init",
  "keys",
  "config",
  "providers",
  "doctor",
  "litellm-config",
  "completion",
];
/** Commands of commands. */
const PARTS = [
  "keys set",
  "keys list",
  "keys remove",
  "config get",
  "config set",
  "config unset",
  "config path",
  "providers list",
  "providers show",
];

/** A stream whose writes fail. */
function failing(code: string): Writable {
  return new Writable({ write: (_, __, done) => done(Object.assign(new Error(code), { code })) });
}

describe("help", () => {
  it.each([...NAMES, ...PARTS])("of %s has examples, in 80 columns", async (name) => {
    const shell = await openShell();
    const { code, stdout } = await shell.run([...name.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(await shell.run(["help", ...name.split(" ")])).toEqual({ code: 0, stdout, stderr: "" });
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(stdout).toContain("--json");
    expect(stdout).toContain(`Usage: laplas ${name}`);
    expect(stdout).toMatch(new RegExp(`Examples:\n {2}.*laplas ${name}`));
    expect(stdout).not.toContain(ESCAPE);
  });

  it("lists every command, in 80 columns, and explains one", async () => {
    const shell = await openShell();
    const { stdout } = await shell.run(["--help"]);
    const listed = [...stdout.matchAll(/^ {2}([a-z-]+) {2,}\w/gm)].map(([, name]) => name);
    expect(listed).toEqual(NAMES);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect((await shell.run(["help", "embed"])).stdout).toContain("Usage: laplas embed");
    const nothing = await shell.run([]);
    expect([nothing.code, nothing.stdout]).toEqual([2, ""]);
    expect(nothing.stderr).toMatch(/^Usage: laplas/);
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    for (const flag of ["--version", "-v"])
      expect(await shell.run([flag])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("has bold titles in a terminal that shows colours, and is as wide as that", async () => {
    const shell = await openShell();
    const wide = await shell.run(["help", "chat"], { columns: 200 });
    expect(wide.stdout).toContain(`${ESCAPE}[1mUsage:${ESCAPE}[22m`);
    expect(Math.max(...wide.stdout.split("\n").map((line) => line.length))).toBeGreaterThan(80);
    expect((await shell.run(["help", "chat"], { columns: 200, environment: { NO_COLOR: "1" } })).stdout).not.toContain(
      ESCAPE,
    );
  });

  it("is named in the documentation, command by command", async () => {
    const page = readFileSync(new URL("../README.md", import.meta.url), "utf8");
    for (const name of NAMES) expect(page).toContain(`\`laplas ${name}`);
  });
});

describe("misuse", () => {
  test.each<[readonly string[], RegExp]>([
    [["chta", "Hi"], /^laplas: unknown command 'chta' \(Did you mean chat\?\)\n\(laplas --help says how\)\n$/],
    [
      ["keys", "sett", "groq"],
      /^laplas: unknown command 'sett' \(Did you mean set\?\)\n\(laplas keys --help says how\)\n$/,
    ],
    [["help", "sttus"], /^laplas: unknown command 'sttus' \(Did you mean status\?\)\n/],
    [["status", "--foo"], /^laplas: unknown option '--foo'\n\(laplas status --help says how\)\n$/],
    [["serve", "--log", "xml"], /Allowed choices are json, text, off/],
    [["chat", "-m", "dall-e-3", "Hi"], /dall-e-3 is an image model\. Use it with: laplas image$/m],
    [["image", "-m", "gpt-4o", "x"], /gpt-4o is a chat model\. Use it with: laplas chat$/m],
    [["image", "x", "-o", "no/where/a.png"], /a\.png can't be written: ENOENT, there is no such file or folder/],
    [["embed", ".", "-o", "/dev/full"], /There is no text in \.\./],
    [["litellm-config", "--base-url", "http://user:secret-1@h/v1"], /--base-url holds a user or password/],
    [["check", "--max-tokens", "many"], /--max-tokens[\s\S]*must be a whole number, 1 or more/],
    [["models", "--modality", "video"], /Allowed choices are chat, embedding, image/],
    [["embed", "docs"], /required option '-o, --output/],
    [["chat", "Hi", "--tier", "gold"], /tier.*"gold"/],
    [["status", "--ledger", "floppy"], /ledger.*"floppy"/],
    [["plan", "nowhere.jsonl"], /nowhere\.jsonl can't be read: ENOENT, there is no such file or folder/],
    [["sandbox", "--port", "x"], /--port is "x"/],
  ])("%j is told with 2, in words of ours, and as JSON", async (args, message) => {
    const shell = await openShell();
    const { code, stderr } = await shell.run(args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |secret/);
    expect(code).toBe(2);
    expect(await shell.json(args)).toMatchObject({
      object: "error",
      error: { code: "invalid_options", message: expect.stringMatching(/\S/), retryable: false },
    });
    expect(shell.sandbox.counts().received).toBe(0);
  });

  it("names the line of a file that is no JSON, and never its text", async () => {
    const shell = await openShell();
    shell.write("body.json", `{\n  "model": "gpt-4o",\n  "prompt": "${PROMPT}",\n}`);
    shell.write("job.jsonl", `{"model": "gpt-4o"}\n{"prompt": "${PROMPT}"\n`);
    shell.write("binary.jsonl", Buffer.from([0xff, 0x00, 0x1b, 0x5b]));
    shell.write("empty", "");
    for (const [args, message] of [
      [["check", "body.json"], "body.json is not valid JSON from line 4 on."],
      [["plan", "job.jsonl"], "job.jsonl, line 2, is not valid JSON."],
      [["embed", "job.jsonl", "-o", "o"], 'job.jsonl, line 1, must have "id" and "text", both texts.'],
      [["plan", "binary.jsonl"], "binary.jsonl, line 1, is not valid JSON."],
      [["check", "empty"], "empty is empty, but must hold the body of a call as JSON."],
      [["check", "-"], "stdin is empty, but must hold the body of a call as JSON."],
      [["plan", "-"], "stdin is empty, but must hold the body of a call on each line, as JSON."],
      [["check", "."], ". can't be read: EISDIR, it is a folder."],
      [["embed", "empty", "-o", "o"], "There is no text in empty (empty: empty)."],
    ] as const) {
      expect(await shell.run(args)).toEqual({ code: 2, stdout: "", stderr: `laplas: ${message}\n` });
    }
    // As editors on Windows begin a file.
    shell.write("body.json", '\uFEFF{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}');
    expect((await shell.run(["check", "body.json"])).code).toBe(0);
  });

  test.each([[["chat", PROMPT]], [["embed", ".", "-o", "o"]], [["image", "a cat"]]])(
    "%j needs a key, or a sandbox",
    async (args) => {
      const { code, stderr } = await (await openShell()).run(args, { environment: { LAPLAS_API_KEY: "" } });
      expect(code).toBe(2);
      expect(stderr).toMatch(/^laplas: There is no key\. Set LAPLAS_API_KEY.*--sandbox.*\n$/);
    },
  );

  test.each([[["models"]], [["check", "-p", "Hello"]], [["plan", "job.jsonl"]], [["tier"]], [["status"]]])(
    "%j needs no key",
    async (args) => {
      const shell = await openShell();
      shell.write("job.jsonl", '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}\n');
      expect((await shell.run(args, { environment: { LAPLAS_API_KEY: "" } })).code).toBe(0);
    },
  );
});

describe("a terminal", () => {
  it("obeys nothing of what a server says: no control character reaches it", async () => {
    const evil = "\u001b]0;mine\u0007\u001b[2J\u009b1m\r\nlaplas: all is well";
    let refuses = false;
    const server = createServer((request, response) => {
      const stream = request.headers.accept?.includes("event-stream") === true || request.url?.includes("chat");
      request.resume().on("end", () => {
        if (!stream || refuses) {
          response.writeHead(400, { "content-type": "application/json" });
          response.end(JSON.stringify({ message: `no ${evil} ${request.headers.authorization}` }));
          return;
        }
        const delta = { content: `well ${evil}` };
        const chunk = { id: "1", object: "chat.completion.chunk", created: 1, model: `m${evil}` };
        response.writeHead(201, { "content-type": "text/event-stream" });
        response.end(
          `data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, delta, finish_reason: "stop" }] })}\n\ndata: [DONE]\n\n`,
        );
      });
    });
    onTestFinished(() => void server.close());
    const shell = await openShell();
    const environment = { LAPLAS_BASE_URL: await listening(server), NO_COLOR: "1", LAPLAS_LEDGER: "memory" };
    for (const args of [["chat", "Hi"], ["chat", "Hi", "--json"], ["doctor"]]) {
      for (refuses of [false, true]) {
        const run = shell.start(args, { environment, columns: 100 });
        await run.ended;
        expect(run.screen()).toMatch(/\S/);
        expect(run.screen()).not.toMatch(/[^\P{Cc}\n]/u);
        expect(run.screen()).not.toContain(KEY);
        if (refuses && args[0] === "chat")
          expect(run.screen()).toMatch(/^laplas: The upstream refused.* laplas: all is well/m);
      }
    }
  });

  test.each([
    [["status"]],
    [["models", "claude"]],
    [["models", "gpt-4o-mini"]],
    [["tier"]],
    [["doctor"]],
    [["plan", "docs"]],
    [["check", "-m", "gpt4o"]],
    [["help"]],
    [["help", "status"]],
    [["providers", "list"]],
    [["keys", "list"]],
  ])("that is narrow has room for %j", async (args) => {
    const shell = await openShell();
    shell.write("docs/one.md", "The heron waits by the mill.\n");
    const run = shell.start(args, { environment: { NO_COLOR: "1" }, columns: 40 });
    await run.ended;
    // Examples, and what must not be broken, stay as they are.
    const [text = ""] = run.screen().split(/^Examples:/m);
    expect(text).toMatch(/\S/);
    for (const line of text.split("\n")) {
      if (!/\S{25}/.test(line)) expect(line.length, line).toBeLessThanOrEqual(40);
    }
  });
});

describe("an output", () => {
  it.each([[["models"]], [["tier"]], [["status"]], [["chat", "Hello"]]])(
    "that nobody reads ends %j quietly",
    async (args) => {
      const { code, stderr } = await (await openShell()).run(args, { stdout: failing("EPIPE") });
      expect([code, stderr]).toEqual([0, ""]);
    },
  );

  it("that is full fails the run, and is told once", async () => {
    const settings: RunSettings = { stdout: failing("ENOSPC") };
    const { code, stderr } = await (await openShell()).run(["tier"], settings);
    expect([code, stderr]).toEqual([1, "laplas: the output can't be written: ENOSPC.\n"]);
  });
});

describe("an error that nobody expected", () => {
  it("is named, not shown, and ends the run at once", async () => {
    const shell = await openShell();
    for (const debug of ["", "1"]) {
      const held = holdAnswer(shell.sandbox);
      // What is under way goes on in this process, so it needs a ledger that outlives the test's folder.
      const environment = { LAPLAS_DEBUG: debug, LAPLAS_LEDGER: "memory" };
      const run = shell.start(["chat", "--json", PROMPT], { environment });
      await held.arrived;
      run.throwUncaught(new TypeError(`of ${KEY}`));
      expect(await run.ended).toBe(1);
      const message = "Something failed that should not have (TypeError). LAPLAS_DEBUG=1 shows where.";
      if (debug === "") expect(run.stderr()).toBe(`laplas: ${message}\n`);
      else expect(run.stderr()).toMatch(/^laplas: .*\nTypeError: [\s\S]*\n\s+at .*run-laplas\.test/);
      expect(JSON.parse(run.stdout())).toMatchObject({ error: { code: "failed", message, retryable: false } });
      held.release();
      await shell.sandbox.idle();
    }
  });
});

it("leaves nothing behind in the process, and takes nothing from it", async () => {
  const shell = await openShell();
  const events = new EventEmitter();
  const stdin = new PassThrough();
  stdin.end("Hello");
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const listeners = () => [
    ...[stdout, stderr].map((stream) => stream.listenerCount("error")),
    ...["SIGINT", "SIGTERM", "uncaughtException"].map((name) => events.listenerCount(name)),
    ...process.eventNames().map((name) => process.listenerCount(name)),
  ];
  const before = listeners();
  vi.stubEnv("LAPLAS_TIER", "paid");
  vi.stubEnv("FORCE_COLOR", "1");
  onTestFinished(() => void vi.unstubAllEnvs());
  const environment = {
    LAPLAS_API_KEY: KEY,
    LAPLAS_BASE_URL: shell.sandbox.baseURL,
    LAPLAS_LEDGER: "sqlite:own.sqlite",
  };
  const own = { stdin, stdout, stderr, environment, cwd: () => shell.folder, events };
  expect(await runLaplas(["chat"], own)).toBe(0);
  expect(String(stdout.read())).toMatch(/Hello there!/);
  expect(await runLaplas(["chat", "-m", "veo2", "Hello"], own)).toBe(1);
  expect(await runLaplas(["tier"], own)).toBe(0);
  expect(String(stdout.read())).toMatch(/^laplas free tier \(free\): /);
  expect(listeners()).toEqual(before);
  expect(process.exitCode).toBeUndefined();
  // From the folder that was handed in.
  expect(shell.read("own.sqlite")).toMatch(/^SQLite format 3/);
});
