import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSandbox, type Sandbox, type SandboxOptions } from "@laplas/sandbox";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, test } from "vitest";

const COMMAND = fileURLToPath(new URL("../packages/gateway/dist/laplas.js", import.meta.url));
const KEY = "sk-never-show-this-key";
const PROMPT = "Where does the heron of the mill sleep?";

interface Run {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves once it is printed, on either. @throws Error if the program ends first */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  readonly ended: Promise<number | null>;
}

let home: string;
let folder: string;
let sandbox: Sandbox;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "laplas-commands-"));
  sandbox = await createSandbox();
});
beforeEach(() => {
  folder = mkdtempSync(join(home, "test-"));
  sandbox.reset();
});
afterAll(async () => {
  await sandbox.close();
  rmSync(home, { recursive: true, force: true });
});

async function open(options: SandboxOptions): Promise<Sandbox> {
  const opened = await createSandbox(options);
  onTestFinished(() => opened.close());
  return opened;
}

/** The variables of a command: nothing of whoever runs the tests, an account in the test's folder. */
function environmentOf(more: Record<string, string>): Record<string, string> {
  const own = {
    LAPLAS_API_KEY: KEY,
    LAPLAS_BASE_URL: sandbox.baseURL,
    LAPLAS_LEDGER: `sqlite:${folder}/ledger.sqlite`,
  };
  return { PATH: process.env.PATH ?? "", HOME: folder, XDG_STATE_HOME: folder, ...own, ...more };
}

function follow(child: ChildProcess): Run {
  const text = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (piece: string) => {
      text[name] += piece;
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
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    ended,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(text.stdout) ?? pattern.exec(text.stderr);
          if (match !== null) resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`ended before ${pattern}:\n${text.stdout}${text.stderr}`)));
      }),
  };
}

function laplas(args: readonly string[], environment: Record<string, string> = {}): Run {
  const run = follow(spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env: environmentOf(environment) }));
  run.child.stdin?.on("error", () => {});
  return run;
}

/** Runs to the end, with what is piped in. */
async function finish(
  args: readonly string[],
  environment: Record<string, string> = {},
  input = "",
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const run = laplas(args, environment);
  run.child.stdin?.end(input);
  const code = await run.ended;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
}

async function json(args: readonly string[], environment: Record<string, string> = {}): Promise<unknown> {
  return JSON.parse((await finish([...args, "--json"], environment)).stdout);
}

/** In a terminal of its own, made by util-linux's `script`, which every Debian has. */
function inTerminal(args: readonly string[], environment: Record<string, string> = {}, columns = 100): Run {
  const line = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(" ");
  const env = { TERM: "xterm-256color", LANG: "C.UTF-8", ...environmentOf(environment) };
  return follow(
    spawn("script", ["-qec", `stty cols ${columns} rows 40; exec ${line}`, "/dev/null"], { cwd: folder, env }),
  );
}

const ESCAPE = "\u001b";

describe("every command", () => {
  const names = [
    "chat",
    "embed",
    "image",
    "status",
    "models",
    "tier",
    "check",
    "plan",
    "serve",
    "sandbox",
    "doctor",
    "litellm-config",
  ];

  it.each(names)("%s has help with examples, in 80 columns", async (name) => {
    const { code, stdout } = await finish([name, "--help"]);
    expect(code).toBe(0);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(stdout).toContain("--json");
    expect(stdout).toContain(`Usage: laplas ${name}`);
    expect(stdout).toMatch(new RegExp(`Examples:\n {2}.*laplas ${name}`));
    expect(stdout).not.toContain(ESCAPE);
  });

  it("stands in the list, which fits into 80 columns", async () => {
    const { stdout } = await finish(["--help"]);
    for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name} {2,}\\w`, "m"));
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect((await finish(["help", "embed"])).stdout).toContain("Usage: laplas embed");
    const nothing = await finish([]);
    expect([nothing.code, nothing.stdout]).toEqual([2, ""]);
    expect(nothing.stderr).toMatch(/^Usage: laplas/);
    expect((await finish(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each<[readonly string[], RegExp]>([
    [["chta", "Hi"], /^laplas: unknown command 'chta' \(Did you mean chat\?\)\n\(laplas --help says how\)\n$/],
    [["help", "sttus"], /^laplas: unknown command 'sttus' \(Did you mean status\?\)\n/],
    [["status", "--foo"], /^laplas: unknown option '--foo'\n\(laplas status --help says how\)\n$/],
    [["serve", "--log", "xml"], /Allowed choices are json, text, off/],
    [["chat", "-m", "dall-e-3", "Hi"], /dall-e-3 draws images: laplas image asks it\./],
    [["image", "-m", "gpt-4o", "x"], /gpt-4o answers in a chat: laplas chat asks it\./],
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
  ])("%j is misuse: 2, in words of ours", async (args, message) => {
    const { code, stderr } = await finish(args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at |secret/);
    expect(code).toBe(2);
    expect(await json(args)).toMatchObject({
      object: "error",
      error: { code: "invalid_options", message: expect.stringMatching(/\S/), retryable: false },
    });
    expect(sandbox.counts().received).toBe(0);
  });

  it("names the line of a file that is no JSON, and never its text", async () => {
    writeFileSync(join(folder, "body.json"), `{\n  "model": "gpt-4o",\n  "prompt": "${PROMPT}",\n}`);
    writeFileSync(join(folder, "job.jsonl"), `{"model": "gpt-4o"}\n{"prompt": "${PROMPT}"\n`);
    writeFileSync(join(folder, "binary.jsonl"), Buffer.from([0xff, 0x00, 0x1b, 0x5b]));
    writeFileSync(join(folder, "empty"), "");
    for (const [args, message] of [
      [["check", "body.json"], "body.json is no JSON from line 4 on."],
      [["plan", "job.jsonl"], "job.jsonl, line 2, is no JSON."],
      [["embed", "job.jsonl", "-o", "o"], 'job.jsonl, line 1, must have "id" and "text", both texts.'],
      [["plan", "binary.jsonl"], "binary.jsonl, line 1, is no JSON."],
      [["check", "empty"], "empty is empty, but must hold the body of a call as JSON."],
      [["check", "-"], "stdin is empty, but must hold the body of a call as JSON."],
      [["plan", "-"], "stdin is empty, but must hold the body of a call on each line, as JSON."],
      [["check", "."], ". can't be read: EISDIR, it is a folder."],
      [["embed", "empty", "-o", "o"], "There is no text in empty (empty: empty)."],
    ] as const) {
      expect(await finish(args)).toEqual({ code: 2, stdout: "", stderr: `laplas: ${message}\n` });
    }
    // As editors on Windows begin a file.
    writeFileSync(join(folder, "body.json"), '\uFEFF{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}');
    expect((await finish(["check", "body.json"])).code).toBe(0);
  });

  it("obeys nothing of what a server says: no control character reaches the terminal", async () => {
    const evil = "\u001b]0;mine\u0007\u001b[2J\u009b1m\r\nlaplas: all is well";
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
    let refuses = false;
    const environment = { LAPLAS_BASE_URL: await listening(server), NO_COLOR: "1", LAPLAS_LEDGER: "memory" };
    const raw = /[^\P{Cc}\r\n]/u;
    for (const args of [["chat", "Hi"], ["chat", "Hi", "--json"], ["doctor"]]) {
      for (refuses of [false, true]) {
        const run = inTerminal(args, environment);
        await run.ended;
        expect(run.stdout()).not.toMatch(raw);
        expect(run.stdout()).not.toContain(KEY);
        if (refuses && args[0] === "chat")
          expect(run.stdout()).toMatch(/^laplas: The upstream refused.* laplas: all is well/m);
      }
    }
  });

  test.each([[["chat", PROMPT]], [["embed", ".", "-o", "o"]], [["image", "a cat"]], [["status"]]])(
    "%j needs a key, or a sandbox",
    async (args) => {
      const { code, stderr } = await finish(args, { LAPLAS_API_KEY: "" });
      expect(code).toBe(2);
      expect(stderr).toMatch(/^laplas: There is no key\. Set LAPLAS_API_KEY.*--sandbox.*\n$/);
    },
  );

  test.each([[["models"]], [["check"]], [["plan", "job.jsonl"]], [["tier"]]])("%j needs no key", async (args) => {
    writeFileSync(
      join(folder, "job.jsonl"),
      '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}\n',
    );
    expect((await finish(args, { LAPLAS_API_KEY: "" })).code).toBe(0);
  });

  it("ends quietly when nobody reads on, and tells a full disk", async () => {
    for (const args of [["models"], ["tier"], ["status"], ["chat", "Hello"]]) {
      const run = laplas(args);
      run.child.stdin?.end();
      run.child.stdout?.destroy();
      expect(await run.ended).toBe(0);
      expect(run.stderr()).toBe("");
    }
    const full = follow(
      spawn("sh", ["-c", `exec "$0" "$1" tier > /dev/full`, process.execPath, COMMAND], { env: environmentOf({}) }),
    );
    expect(await full.ended).toBe(1);
    expect(full.stderr()).toBe("laplas: the output can't be written: ENOSPC.\n");
  });
});

describe("laplas status", () => {
  it("tells what was used by whoever called, in the shape of /v1/quota", async () => {
    await finish(["chat", "Hello"]);
    expect(await json(["status"])).toMatchObject({
      object: "quota",
      tier: "free",
      windows: [{ rule: "daily_api_tokens", metric: "api_tokens", limit: 50_000, used: 16, held: 0, left: 49_984 }],
      running: 0,
      waiting: 0,
      blocked_until: null,
      calls: [],
    });
    const { code, stdout } = await finish(["status"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^laplas free tier\n\n {2}█░+ {2}49,984 API tokens left of 50,000\n.*16 used; all back in /);
    expect(stdout).not.toContain(ESCAPE);
  });

  it("has colours in a terminal, unless they are not wanted", async () => {
    const coloured = inTerminal(["status"]);
    expect(await coloured.ended).toBe(0);
    expect(coloured.stdout()).toContain(`${ESCAPE}[1m50,000 API tokens left`);
    const plain = inTerminal(["status"], { NO_COLOR: "1" });
    await plain.ended;
    expect(plain.stdout()).toMatch(/░ {2}50,000 API tokens left/);
    expect(plain.stdout()).not.toContain(ESCAPE);
  });

  it("watches until Ctrl-C: who runs, then what it cost", async () => {
    const slow = await open({ latencyMs: 300 });
    const environment = { LAPLAS_BASE_URL: slow.baseURL };
    const watch = laplas(["status", "--watch", "--json"], environment);
    await watch.until(/"used":0/);
    const call = finish(["chat", "-m", "gpt-4o", "Hello"], environment);
    await watch.until(/"used":[1-9]/);
    await call;
    watch.child.kill("SIGINT");
    expect(await watch.ended).toBe(0);
    for (const line of watch.stdout().trim().split("\n")) expect(JSON.parse(line)).toMatchObject({ object: "quota" });
  });

  it("fits into a narrow terminal, as the others do", async () => {
    writeTexts(2);
    for (const args of [
      ["status"],
      ["models", "claude"],
      ["models", "gpt-4o-mini"],
      ["tier"],
      ["doctor"],
      ["plan", "docs"],
      ["check", "-m", "gpt4o"],
      ["help"],
      ["help", "status"],
    ]) {
      const run = inTerminal(args, { NO_COLOR: "1" }, 45);
      await run.ended;
      // Examples, and what must not be broken, stay as they are.
      const [text = ""] = run.stdout().split(/^(?:Examples:|Add --sandbox)/m);
      for (const line of text.split("\r\n")) {
        if (!/\S{25}/.test(line)) expect(line.length, `${args.join(" ")}: ${line}`).toBeLessThanOrEqual(45);
      }
    }
  });

  it("draws over itself in a terminal", async () => {
    const watch = inTerminal(["status", "--watch"]);
    // Up by as many lines as were drawn.
    await watch.until(new RegExp(`${ESCAPE.replace("\u001b", "\\u001b")}\\[\\d+A\\u001b\\[J`));
    watch.child.stdin?.write("\u0003");
    expect(await watch.ended).toBe(0);
  });
});

describe("a spent budget", () => {
  it("is 3 and says when it heals, and which model still answers", async () => {
    const rule = { id: "daily_api_tokens", kind: "window", metric: "apiTokens", limit: 20, period: { type: "day" } };
    const evidence = { source: "the test", date: "2026-11-25", status: "assumed" };
    const tier = { name: "tiny", title: "tiny tier", extends: "free", rules: [{ ...rule, evidence }] };
    writeFileSync(join(folder, "laplas.config.json"), JSON.stringify({ tier }));
    for (let call = 0; call < 2; call += 1) expect((await finish(["chat", "Hello"])).code).toBe(0);
    const chat = await finish(["chat", "Hello"]);
    expect(chat.code).toBe(3);
    expect(chat.stderr).toMatch(/^laplas: tiny tier: .* costs 0\. Again in .* \(\d\d:\d\d .*\)\.\n$/);
    const status = await finish(["status"]);
    expect(status.code).toBe(3);
    expect(status.stdout).toMatch(/█{32} {2}0 API tokens left of 20/);
    const check = await finish(["check", "--json"]);
    expect(check.code).toBe(3);
    expect(JSON.parse(check.stdout)).toMatchObject({
      object: "check",
      verdict: "refuse",
      error: { code: "daily_quota", resets_at: expect.stringMatching(/^\d{4}-/), rule: "daily_api_tokens" },
    });
    expect((await finish(["doctor"])).stdout).toMatch(/warning {2}budget .*is spent; all back in /);
    expect(sandbox.counts().refused).toBe(0);
  });
});

describe("laplas models", () => {
  it("sorts, searches and filters, with the calls left", async () => {
    const { data } = (await json(["models", "--sort", "calls", "--modality", "chat"])) as {
      data: Record<string, unknown>[];
    };
    expect(data[0]).toMatchObject({
      object: "model",
      modality: "chat",
      cost_per_call: 0,
      calls_left: null,
      unlimited: true,
    });
    const counts = data.flatMap(({ calls_left: left }) => (typeof left === "number" ? [left] : []));
    expect(counts.length).toBeGreaterThan(50);
    expect(counts).toEqual(counts.toSorted((one, other) => other - one));
    const { stdout } = await finish(["models", "anthropic", "--tools"]);
    expect(stdout).toMatch(/^MODEL +KIND +CALLS LEFT +PER CALL +CONTEXT +VENDOR\nclaude-/);
    expect(stdout).not.toContain("gpt");
  });

  it("tells all of one, and what was perhaps meant", async () => {
    expect((await finish(["models", "gpt-4o-mini"])).stdout).toMatch(
      /^gpt-4o-mini\n[\s\S]*Also +gpt-4o-mini-2024-07-18\n[\s\S]*Calls left +3,125\n[\s\S]*Documented +tools/,
    );
    const wrong = await finish(["models", "gpt4o-mni"]);
    expect([wrong.code, wrong.stdout]).toEqual([1, ""]);
    expect(await finish(["models", "gpt4o-mni", "--json"])).toMatchObject({
      code: 1,
      stdout: '{"object":"list","data":[]}\n',
    });
    expect(wrong.stderr).toMatch(/Did you mean gpt-4o-mini/);
    expect((await finish(["models", "veo2"])).stderr).toMatch(/a model for video, which is not on this tier/);
  });
});

describe("laplas tier", () => {
  it("prints the rules with their evidence", async () => {
    const { stdout } = await finish(["tier", "--tier", "playground"]);
    expect(stdout).toMatch(
      /daily_requests\n {4}10 requests for each regular model a day.*\n {4}assumed, 2025-04-16\. /,
    );
    expect(await json(["tier"])).toMatchObject({
      object: "tier",
      name: "free",
      rules: expect.arrayContaining([expect.objectContaining({ id: "output_tokens", on_excess: "adjust" })]),
    });
  });
});

describe("laplas check", () => {
  it("says what would be changed and what it would cost, and sends nothing", async () => {
    const { code, stdout } = await finish(["check", "-m", "gpt-4o", "-p", PROMPT, "--max-tokens", "4000"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Would be sent at once\.\n\n {2}Model +gpt-4o\n {2}Changed +max_tokens=512 \(output_tokens\)\n {2}Cost +about [\d,]+ API tokens, at most [\d,]+\n$/,
    );
    expect(sandbox.counts().received).toBe(0);
  });

  it("takes a body from a file or a pipe, with a model in place of its own", async () => {
    const part = { type: "image_url", image_url: { url: "https://example.org/a.png" } };
    const body = { model: "gpt-4o", messages: [{ role: "user", content: [part] }] };
    writeFileSync(join(folder, "body.json"), JSON.stringify(body));
    const refused = await finish(["check", "body.json"]);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(
      /^Would not be sent\.\n[\s\S]*Why +laplas free tier: [\s\S]*Passes +never, on this tier/,
    );
    const piped = await finish(["check", "-", "--json", "--model", "veo2"], {}, JSON.stringify(body));
    expect(JSON.parse(piped.stdout)).toMatchObject({ verdict: "refuse", error: { code: "model_not_on_tier" } });
    const broken = await finish(["check", "-"], {}, `{"prompt": "${PROMPT}"`);
    expect([broken.code, broken.stderr]).toEqual([2, "laplas: stdin is no JSON from line 1 on.\n"]);
  });
});

describe("laplas plan", () => {
  it("plans a file, and names the lines that can never be called", async () => {
    const body = { model: "gpt-4o", messages: [{ role: "user", content: PROMPT }] };
    const lines = [
      { request: body, count: 400 },
      { custom_id: "a", body: { ...body, model: "veo2" } },
    ];
    writeFileSync(join(folder, "job.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
    const run = await finish(["plan", "job.jsonl", "--json"]);
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      object: "plan",
      calls: 400,
      fits_today: false,
      bound_by: "daily_api_tokens",
      refused: [{ index: 1, name: "line 2", error: { code: "model_not_on_tier" } }],
      fitting: expect.arrayContaining([{ model: "google/gemma-3-27b-it", api_tokens: 0 }]),
    });
    const later = await finish(["plan", "-"], {}, JSON.stringify(lines[0]));
    expect(later.code).toBe(3);
    expect(later.stdout).toMatch(
      /^Takes \d+ days\.\n[\s\S]*Held up by +daily_api_tokens\n[\s\S]*All of it would fit into today with:\n {2}\S/,
    );
  });

  it("plans a folder, to embed it or to ask about each text", async () => {
    writeTexts(3);
    expect(await json(["plan", "docs"])).toMatchObject({ calls: 1, days: 1, fits_today: true, refused: [] });
    expect(await json(["plan", "docs", "--ask", "What is this?", "-m", "gpt-4o-mini"])).toMatchObject({ calls: 3 });
    expect(sandbox.counts().received).toBe(0);
  });
});

describe("laplas chat", () => {
  it("prints the answer and nothing else into a pipe", async () => {
    const { code, stdout, stderr } = await finish(["chat", "Hello"]);
    expect([code, stdout, stderr]).toEqual([0, "Hello there! How can I help you today?\n", ""]);
  });

  it("asks what is piped in, beside words only where - stands", async () => {
    await finish(["chat", "-s", "Be brief."], {}, "Hello\n");
    await finish(["chat", "Explain:", "-"], {}, "some text\n");
    // An open pipe that never ends is left alone.
    const loop = laplas(["chat", "Hello"]);
    expect(await loop.ended).toBe(0);
    expect(sandbox.requests.map(({ body }) => (body as { messages: unknown }).messages)).toEqual([
      [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hello" },
      ],
      [{ role: "user", content: "Explain: \n\nsome text" }],
      [{ role: "user", content: "Hello" }],
    ]);
    expect((await finish(["chat"])).code).toBe(2);
  });

  it("says in a terminal that it waits for what is typed", async () => {
    const run = inTerminal(["chat", "Explain:", "-"], { NO_COLOR: "1" });
    await run.until(/Reading what you type, until Ctrl-D\./);
    run.child.stdin?.write("some text\r\u0004");
    expect(await run.ended).toBe(0);
    expect(sandbox.requests.at(-1)?.body).toMatchObject({ messages: [{ content: "Explain: \n\nsome text" }] });
  });

  it("is an object as JSON", async () => {
    expect(await json(["chat", "Hello", "--max-tokens", "9000"])).toMatchObject({
      object: "chat",
      model: expect.stringContaining("gpt-4o-mini"),
      content: "Hello there! How can I help you today?",
      reasoning: null,
      finish_reason: "stop",
      report: {
        api_tokens: 16,
        estimated: false,
        adjusted: ["max_tokens=512"],
        remaining: 49_984,
        truncated_by_tier: false,
      },
    });
  });

  it("says after an answer that it was cut", async () => {
    const { stdout, stderr } = await finish(["chat", "write 2000 words about mills"]);
    expect(stdout).toMatch(/\S\n$/);
    expect(stderr).toMatch(/^laplas: An answer was cut at the tier's limit of output tokens\..*\n$/);
  });

  it("fails with 1 for good and 3 for now, as JSON too, and never with a stack, the key or the prompt", async () => {
    const fatal = await finish(["chat", "-m", "veo2", "--json", PROMPT]);
    expect(fatal.code).toBe(1);
    expect(JSON.parse(fatal.stdout)).toMatchObject({
      object: "error",
      error: { code: "model_not_on_tier", retryable: false, retry_after_ms: null },
    });
    sandbox.fault({ kind: "serverError" }, { times: 3 });
    const later = await finish(["chat", PROMPT]);
    expect(later.code).toBe(3);
    sandbox.fault({ kind: "respond", status: 401, body: { message: `bad key ${KEY} for "${PROMPT}"` } });
    const refused = await finish(["chat", PROMPT]);
    expect(refused.code).toBe(1);
    for (const { stdout, stderr } of [fatal, later, refused]) {
      expect(stderr).toMatch(/^laplas: .*\n$/);
      expect(stdout + stderr).not.toContain(KEY);
      expect(stdout + stderr).not.toContain(PROMPT);
    }
  });

  it.each([
    ["Ctrl-C", (run: Run) => run.child.stdin?.write("\u0003"), 130],
    ["SIGTERM", (run: Run) => run.child.kill("SIGTERM"), 143],
    ["a closed pipe", (run: Run) => run.child.stdout?.destroy(), 0],
  ])("%s during an answer leaves the ledger as the server's account is", async (name, interrupt, code) => {
    const slow = await open({ chunkDelayMs: 2 });
    const environment = { LAPLAS_BASE_URL: slow.baseURL };
    const start = name === "Ctrl-C" ? inTerminal : laplas;
    const run = start(["chat", "write 2000 words about mills"], environment);
    await run.until(/mills/);
    interrupt(run);
    expect(await run.ended).toBe(code);
    expect(run.stderr()).toBe("");
    await slow.idle();
    expect(slow.used()).toBeGreaterThan(0);
    expect(await json(["status"], environment)).toMatchObject({
      windows: [{ used: slow.used(), held: 0 }],
      running: 0,
    });
    // The next call is let in at once: nothing is left behind, here or there.
    expect((await finish(["chat", "Hello"], environment)).code).toBe(0);
    expect(slow.counts().refused).toBe(0);
  });

  it("converses in a terminal: remembers, changes the model, shows what is left, ends an answer, goes on after an error", async () => {
    const slow = await open({ chunkDelayMs: 1 });
    const run = inTerminal(["chat"], { LAPLAS_BASE_URL: slow.baseURL, NO_COLOR: "1" });
    const type = async (text: string, answer: RegExp): Promise<void> => {
      run.child.stdin?.write(text);
      await run.until(answer);
    };
    await run.until(/Ctrl-D leaves[\s\S]*› /);
    await type("Hello\r", /How can I help you today\?[\s\S]*16 API tokens · 49,984 left until/);
    await type("/model nonsense\r", /That is no chat model/);
    await type("/model google/gemma-3-27b-it\r", /Asking google\/gemma-3-27b-it/);
    await type("two\\\r", /… /);
    await type("lines\r", /0 API tokens · [\s\S]*› /);
    await type("/left\r", /Account +sqlite/);
    await type("write 2000 words about mills\r", /mills looks|mills re|mills has|about mills h/);
    await type("\u0003", /Ending/);
    slow.fault({ kind: "respond", status: 401, body: { message: "no" } });
    await type("Hello\r", /laplas: .*key/);
    await type("/new\r", /Forgotten/);
    run.child.stdin?.write("\u0004");
    expect(await run.ended).toBe(0);
    const asked = slow.requests.map(({ body }) => body as { model: string; messages: { content: string }[] });
    expect(asked[1]?.model).toBe("google/gemma-3-27b-it");
    expect(asked[1]?.messages.map(({ content }) => content)).toEqual([
      "Hello",
      "Hello there! How can I help you today?",
      "two\nlines",
    ]);
  });
});

function writeTexts(count: number): void {
  mkdirSync(join(folder, "docs", "more"), { recursive: true });
  for (let index = 0; index < count; index += 1) {
    const name = `${index % 2 === 0 ? "" : "more/"}text-${String(index).padStart(3, "0")}.md`;
    writeFileSync(join(folder, "docs", name), `# Text ${index}\n\nThe heron waits by the mill number ${index}.\n`);
  }
}

/** Texts in the requests that were answered. */
function embedded(from: Sandbox): string[] {
  return from.requests.flatMap(({ outcome, aborted, body }) =>
    outcome === "answered" && !aborted ? (body as { input: string[] }).input : [],
  );
}

describe("laplas embed", () => {
  const read = (name: string): string => readFileSync(join(folder, name), "utf8");

  it("writes a line for each text, shows how far it is in a terminal, and does nothing twice", async () => {
    writeTexts(5);
    writeFileSync(join(folder, "docs", "pic.png"), Buffer.from([0x89, 0x50, 0xff]));
    const run = inTerminal(["embed", "docs", "-o", "out.jsonl", "--batch", "2"]);
    expect(await run.ended).toBe(0);
    expect(run.stdout()).toMatch(
      /5 texts to embed; about \d+ API tokens\.\r\n {2}left out: pic\.png: no text in UTF-8/,
    );
    expect(run.stdout()).toMatch(/█+░+\S* +40 % {2}2 of 5 texts/);
    expect(run.stdout()).toMatch(/Done\.\S* 5 texts embedded into out\.jsonl, for \d+ API tokens\./);
    const lines = read("out.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id }) => id)).toEqual([
      "more/text-001.md",
      "more/text-003.md",
      "text-000.md",
      "text-002.md",
      "text-004.md",
    ]);
    expect(lines[0]).toMatchObject({
      model: "text-embedding-3-small",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(lines[0].embedding).toHaveLength(1536);

    writeFileSync(join(folder, "docs", "text-000.md"), "changed");
    const again = await finish(["embed", "docs", "-o", "out.jsonl"]);
    expect([again.code, again.stdout]).toEqual([0, ""]);
    expect(again.stderr).toMatch(
      /1 text changed since it was embedded \(text-000\.md\)[\s\S]*Nothing to do: out\.jsonl has all 5 texts\.\n$/,
    );
    expect(sandbox.counts().received).toBe(3);
    expect((await finish(["embed", "docs", "-o", "out.jsonl", "-m", "text-embedding-3-large"])).code).toBe(2);
  });

  it("killed in the middle of a call and of a line, and started again, loses and repeats nothing", async () => {
    writeTexts(20);
    let calls = 0;
    let stall = (): void => {};
    const stalled = new Promise<void>((resolve) => {
      stall = resolve;
    });
    sandbox.fault(
      { kind: "stall" },
      {
        when: () => {
          calls += 1;
          if (calls === 5) stall();
          return calls === 5;
        },
      },
    );
    const killed = laplas(["embed", "docs", "-o", "out.jsonl", "--batch", "3"]);
    await stalled;
    killed.child.kill("SIGKILL");
    await killed.ended;
    await sandbox.idle();
    const before = read("out.jsonl");
    expect(before.trim().split("\n")).toHaveLength(12);
    // As a kill in the middle of writing leaves it.
    writeFileSync(join(folder, "out.jsonl"), before.slice(0, -500));

    const run = await finish(["embed", "docs", "-o", "out.jsonl", "--batch", "3"]);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/^The last line was not whole[\s\S]*9 texts to embed, 11 done before/);
    // Only what was in the half line was asked for again.
    const asked = embedded(sandbox);
    expect(asked).toHaveLength(21);
    expect(new Set(asked).size).toBe(20);
    expect(sandbox.counts().refused).toBe(0);

    await finish(["embed", "docs", "-o", "whole.jsonl"]);
    expect(read("out.jsonl")).toBe(read("whole.jsonl"));
  });

  it("ends with 3 on a spent budget, says how to go on, and goes on", async () => {
    writeTexts(12);
    const poor = await open({ rules: { dailyApiTokens: 2 } });
    const args = ["embed", "docs", "-o", "out.jsonl", "--batch", "2", "--json"];
    const spent = await finish(args, { LAPLAS_BASE_URL: poor.baseURL, LAPLAS_LEDGER: "memory" });
    expect(spent.code).toBe(3);
    expect(spent.stderr).toMatch(/Run the same command again: it goes on where it stopped\.\nlaplas: .*\n$/);
    const [summary = "", error = ""] = spent.stdout.trim().split("\n");
    expect(JSON.parse(summary)).toMatchObject({
      object: "embed",
      texts: 12,
      already: 0,
      embedded: 4,
      left: 8,
      api_tokens: 2,
    });
    expect(JSON.parse(error)).toMatchObject({
      object: "error",
      error: { code: "daily_quota", resets_at: expect.any(String) },
    });
    const rest = await finish(args, { LAPLAS_LEDGER: "memory" });
    expect(JSON.parse(rest.stdout)).toMatchObject({ already: 4, embedded: 8, left: 0, changed: [], skipped: [] });
    await finish(["embed", "docs", "-o", "whole.jsonl"]);
    expect(read("out.jsonl")).toBe(read("whole.jsonl"));
  });

  it("tells a disk that is full with the file's name, and goes on once there is room", async () => {
    writeTexts(12);
    const args = ["embed", "docs", "-o", "out.jsonl", "--batch", "2"];
    // The kernel lets the file grow to so many blocks, in the middle of a line.
    const line = `trap "" XFSZ; ulimit -f 30; exec "$0" "$@"`;
    const environment = environmentOf({ LAPLAS_LEDGER: "memory" });
    const full = follow(
      spawn("bash", ["-c", line, process.execPath, COMMAND, ...args], { cwd: folder, env: environment }),
    );
    expect(await full.ended).toBe(1);
    expect(full.stderr()).toMatch(
      /Once this is mended, the same command goes on where it stopped:\nlaplas: out\.jsonl: EFBIG, the file may not become larger\.\n$/,
    );
    expect((await finish(args)).code).toBe(0);
    await finish(["embed", "docs", "-o", "whole.jsonl"]);
    expect(read("out.jsonl")).toBe(read("whole.jsonl"));
  });

  it("on Ctrl-C writes what is paid for, then ends", async () => {
    writeTexts(6);
    const slow = await open({ latencyMs: 200 });
    const run = inTerminal(["embed", "docs", "-o", "out.jsonl", "--batch", "1"], { LAPLAS_BASE_URL: slow.baseURL });
    await run.until(/1 of 6 texts/);
    run.child.stdin?.write("\u0003");
    expect(await run.ended).toBe(130);
    expect(read("out.jsonl").trim().split("\n")).toHaveLength(slow.counts().answered);
    expect(slow.counts().answered).toBeLessThan(6);
  });

  it("splits long texts, keeps them beside the vectors, and names those that can't be embedded", async () => {
    writeTexts(1);
    writeFileSync(join(folder, "docs", "long.md"), "One sentence. ".repeat(100));
    const args = ["embed", "docs", "-o", "out.jsonl", "--chunk", "500", "--text", "-m", "textembedding-gecko@001"];
    expect((await finish(args)).code).toBe(0);
    const lines = read("out.jsonl")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id }) => id)).toEqual(["long.md#1", "long.md#2", "long.md#3", "text-000.md"]);
    expect(lines[0].text).toMatch(/^One sentence\. [\s\S]*sentence\.$/);
  });
});

describe("laplas image", () => {
  const isPng = (name: string): boolean => readFileSync(join(folder, name)).subarray(1, 4).toString() === "PNG";

  it("draws into a file, several one after another, and over none that is there", async () => {
    const one = await finish(["image", "a lighthouse at dusk"]);
    expect([one.code, one.stdout]).toEqual([0, "a-lighthouse-at-dusk.png\n"]);
    expect(isPng("a-lighthouse-at-dusk.png")).toBe(true);
    const several = await finish(["image", "a red boat", "--count", "3", "-o", "boat.png"]);
    expect(several.stdout).toBe("boat-1.png\nboat-2.png\nboat-3.png\n");
    expect(["boat-1.png", "boat-2.png", "boat-3.png"].every(isPng)).toBe(true);
    const { received } = sandbox.counts();
    const taken = await finish(["image", "a red boat", "-o", "boat-2.png"]);
    expect([taken.code, taken.stderr]).toEqual([2, "laplas: boat-2.png is there already. --force writes over it.\n"]);
    expect(sandbox.counts()).toMatchObject({ received, refused: 0 });
    const forced = (await json([
      "image",
      "a cat",
      "-o",
      "boat-2.png",
      "--force",
      "-m",
      "dall-e-3",
      "--size",
      "1024x1024",
    ])) as object;
    expect(forced).toMatchObject({
      object: "image",
      files: [{ path: "boat-2.png", type: "image/png" }],
      report: { adjusted: ["size=512x512"] },
    });
  });

  it("on Ctrl-C writes the picture that is paid for, then ends", async () => {
    const slow = await open({ latencyMs: 500 });
    const environment = { LAPLAS_BASE_URL: slow.baseURL };
    const run = inTerminal(["image", "a boat", "-n", "3", "-o", "boat.png"], environment);
    await expect.poll(() => slow.counts().received).toBe(1);
    run.child.stdin?.write("\u0003");
    expect(await run.ended).toBe(130);
    const files = ["boat-1.png", "boat-2.png", "boat-3.png"].filter((name) => existsSync(join(folder, name)));
    expect(files.length * 512).toBe(slow.used());
    expect(files.length).toBeGreaterThan(0);
    expect(await json(["status"], environment)).toMatchObject({
      windows: [{ used: slow.used(), held: 0 }],
      running: 0,
    });
  });

  it("keeps what was drawn before a failure", async () => {
    let calls = 0;
    sandbox.fault(
      { kind: "respond", status: 400, body: { message: "no" } },
      { when: ({ method }) => method === "POST" && ++calls === 2 },
    );
    const run = await finish(["image", "a boat", "-n", "3", "-o", "boat.png"]);
    expect([run.code, run.stdout]).toEqual([1, "boat-1.png\n"]);
    expect(existsSync(join(folder, "boat-2.png"))).toBe(false);
  });
});

describe("laplas doctor", () => {
  it("finds all well on a sandbox", async () => {
    const { code, stdout } = await finish(["doctor"], { LAPLAS_API_KEY: "", LAPLAS_BASE_URL: "" }, "");
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/FAULT +key +there is none\n +Set LAPLAS_API_KEY/);
    const well = await finish(["doctor", "--sandbox"], { LAPLAS_API_KEY: "" });
    expect([well.code, well.stdout.trim().split("\n").at(-1)]).toEqual([0, "All is well."]);
    expect(await json(["doctor"])).toMatchObject({
      object: "doctor",
      ok: true,
      findings: ["node", "packages", "key", "base URL", "clock", "tier", "ledger", "budget"].map((name) => ({
        name,
        state: "ok",
        remedy: null,
      })),
    });
    expect(sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
  });

  test.each<[string, () => Promise<Record<string, string>>, number, RegExp]>([
    [
      "a server that is not there",
      async () => ({ LAPLAS_BASE_URL: await closedServer() }),
      3,
      /FAULT +base URL .*can't be reached \(ECONNREFUSED\)/,
    ],
    [
      "a key that is not accepted",
      async () => ({ LAPLAS_BASE_URL: await serverOf(401) }),
      1,
      /FAULT +base URL .*does not accept the key \(401\)/,
    ],
    [
      "a path that is none",
      async () => ({ LAPLAS_BASE_URL: `${sandbox.url}/v2` }),
      0,
      /warning +base URL .*not with a list of models \(404\)/,
    ],
    [
      "a clock that is off",
      async () => ({ LAPLAS_BASE_URL: await serverOf(200, -3_600_000) }),
      1,
      /FAULT +clock +is (1 h|59 min \d+ s|1 h \d+ s) ahead/,
    ],
    [
      "a ledger that can't be written",
      async () => ({ LAPLAS_LEDGER: "sqlite:/proc/none/ledger" }),
      0,
      /warning +ledger +The ledger \/proc\/none\/ledger can't be used/,
    ],
    [
      "a file that is wrong",
      async () => ({ LAPLAS_CONFIG: "no.json" }),
      1,
      /FAULT +configuration .*no\.json can't be read/,
    ],
    ["a wrong tier", async () => ({ LAPLAS_TIER: "gold" }), 1, /FAULT +options .*gold/],
  ])("finds %s", async (_, environment, code, message) => {
    const run = await finish(["doctor"], await environment());
    expect(run.stdout.replace(/\n {20,}/g, " ")).toMatch(message);
    expect(run.stderr).toBe("");
    expect(run.code).toBe(code);
  });

  it("finds an account that is kept twice, behind a gateway of ours", async () => {
    const gateway = laplas(["serve", "--sandbox", "--port", "0"]);
    const [, baseURL = ""] = await gateway.until(/Base URL +(\S+)/);
    const twice = await finish(["doctor"], { LAPLAS_BASE_URL: baseURL });
    expect(twice.stdout.replace(/\n {20,}/g, " ")).toMatch(/warning +gateway .*keeps the account.*Use --tier paid/);
    const once = await finish(["doctor", "--tier", "paid"], { LAPLAS_BASE_URL: baseURL });
    expect(once.stdout).toMatch(/ok +gateway +the base URL is a laplas gateway/);
  });
});

/** A server with an answer, and a time, of its own. */
async function serverOf(status: number, offMs = 0): Promise<string> {
  const server = createServer((_, response) => {
    response.sendDate = false;
    response.writeHead(status, { date: new Date(Date.now() + offMs).toUTCString() });
    response.end('{"object":"list","data":[]}');
  });
  onTestFinished(() => void server.close());
  return listening(server);
}

async function closedServer(): Promise<string> {
  const server = createServer();
  const baseURL = await listening(server);
  server.close();
  await once(server, "close");
  return baseURL;
}

async function listening(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}/v1`;
}

describe("laplas sandbox", () => {
  it("serves, tells of each request, and how many there were", async () => {
    const run = laplas(["sandbox", "--port", "0", "--budget", "10", "--json"]);
    const [, baseURL = ""] = await run.until(/"base_url":"(\S+?)"/);
    const environment = { LAPLAS_BASE_URL: baseURL, LAPLAS_LEDGER: "memory" };
    expect((await finish(["chat", "Hello"], environment)).code).toBe(0);
    expect((await finish(["chat", "Hello"], environment)).code).toBe(3);
    await run.until(/"outcome":"refused"/);
    run.child.kill("SIGINT");
    expect(await run.ended).toBe(0);
    const lines = run
      .stdout()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { object: "sandbox", daily_api_tokens: 10 },
      { object: "sandbox.request", model: "gpt-4o-mini", status: 201, outcome: "answered", api_tokens: 16 },
      { object: "sandbox.request", status: 403, outcome: "refused" },
      { object: "sandbox.counts", received: 2, answered: 1, refused: 1, api_tokens: 16 },
    ]);
  });

  it("says in a terminal how to reach it", async () => {
    const run = inTerminal(["sandbox", "--port", "0"]);
    await run.until(/export LAPLAS_BASE_URL=http:\/\/127\.0\.0\.1:\d+\/v1 LAPLAS_API_KEY=any[\s\S]*Ctrl-C/);
    run.child.stdin?.write("\u0003");
    expect(await run.ended).toBe(0);
    expect(run.stdout()).toMatch(/0 requests: 0 answered, 0 refused/);
  });
});

describe("laplas serve", () => {
  it("tells with --json in its log where it listens, and why it does not", async () => {
    const run = laplas(["serve", "--sandbox", "--port", "0", "--json"]);
    await run.until(/Ctrl-C stops it/);
    expect(JSON.parse(run.stdout())).toMatchObject({
      msg: "listening",
      url: expect.stringMatching(/^http/),
      sandbox: true,
    });
    run.child.kill("SIGINT");
    expect(await run.ended).toBe(0);
    expect(await json(["serve", "--host", "0.0.0.0"])).toMatchObject({
      object: "error",
      error: { code: "invalid_options" },
    });
  });
});

describe("laplas litellm-config", () => {
  it("is an object with --json, and writes over no file that is there", async () => {
    const args = ["litellm-config", "--models", "gpt-4o-mini"];
    const { stdout } = await finish(args);
    expect(await json(args)).toEqual({ object: "litellm_config", output: null, config: stdout });
    expect((await finish([...args, "-o", "c.yaml"])).code).toBe(0);
    const taken = await finish([...args, "-o", "c.yaml"]);
    expect([taken.code, taken.stderr]).toEqual([2, "laplas: c.yaml is there already. --force writes over it.\n"]);
    expect(readFileSync(join(folder, "c.yaml"), "utf8")).toBe(stdout);
  });
});

describe("docs/command-line.md", () => {
  const page = fileURLToPath(new URL("../docs/command-line.md", import.meta.url));
  const text = readFileSync(page, "utf8");

  /** What is left, of how much, and what is used, as `status` tells it; zeros where it is not told. */
  const figures = (output: string): [left: number, limit: number, used: number] => {
    const [, left, limit, used] = /([\d,]+) API tokens left of ([\d,]+)\n.*?([\d,]+) used/.exec(output) ?? [];
    const number = (digits = "0"): number => Number(digits.replaceAll(",", ""));
    return [number(left), number(limit), number(used)];
  };
  /** The hour of the day is the reader's, and an answer's length the sandbox's. */
  const withoutFigures = (output: string): string =>
    output
      .replace(/[\d,]+(?= API tokens left of)/, "N")
      .replace(/[\d,]+(?= used)/, "N")
      .replace(/back in .+ \(\d\d:\d\d [^)]+\)$/m, "back");

  it("has commands that run, and prints what they print", async () => {
    writeFileSync(join(folder, "laplas"), `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`, { mode: 0o755 });
    const env = environmentOf({ PATH: `${folder}:${process.env.PATH}` });
    for (const [, kind, block = ""] of text.matchAll(/^```(sh|console)\n([\s\S]*?)^```/gm)) {
      const [, command = "", output = ""] = kind === "sh" ? [] : (/^\$ (.*)\n([\s\S]*)$/.exec(block) ?? []);
      const run = follow(spawn("sh", ["-euc", kind === "sh" ? block : command], { cwd: folder, env }));
      run.child.stdin?.end();
      expect(await run.ended, run.stderr()).toBe(0);
      if (kind !== "console") continue;
      expect(withoutFigures(run.stdout())).toBe(withoutFigures(output));
      for (const shown of [run.stdout(), output]) {
        const [left, limit, used] = figures(shown);
        expect(left + used).toBe(limit);
      }
      // As the server has it: what the commands before have cost.
      expect(figures(run.stdout())[2]).toBe(command === "laplas status" ? sandbox.used() : 0);
    }
    expect(sandbox.counts().refused).toBe(0);
  });

  it("names every command, and links to files that are there", async () => {
    const listed = [...(await finish(["--help"])).stdout.matchAll(/^ {2}([a-z-]+) {2,}\w/gm)].map(([, name]) => name);
    for (const name of listed) expect(text).toContain(`\`laplas ${name}`);
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      expect(existsSync(join(page, "..", target))).toBe(true);
    expect(text.split("\n").length).toBeLessThanOrEqual(151);
  });
});
