import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { createLaplas, type Laplas } from "@laplas/core";
import { createSandbox, type Sandbox } from "@laplas/sandbox";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { holdAnswer } from "../packages/gateway/src/testing/hold-answer.ts";
import { COMMAND, type SpawnedProgram, spawnInTerminal, spawnLaplas, spawnProgram } from "./spawn-laplas.ts";

/**
 * The built command in processes of its own: signals, pipes, full disks, kills and real terminals. Everything else is tested
 * beside the source, in `packages/cli/src/command`.
 */

const KEY = "sk-never-show-this-key";
const CTRL_C = "\u0003";
const CTRL_D = "\u0004";
const ESCAPE = "\u001b";
/**
 * The command gives a call five seconds after Ctrl-C, and the engine reads an aborted one on for as long. A busy machine needs them for
 * less than that: here they are ten minutes, and what the test decides happens before them.
 */
const PATIENT = {
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(
    "const real = setTimeout; globalThis.setTimeout = (work, ms, ...more) => real(work, ms === 5_000 ? 600_000 : ms, ...more);",
  )}`,
};
/** An answer of more than 500 chunks. */
const LONG = "write 2000 words about mills";

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

/** An account in the test's folder. */
const account = (): { apiKey: string; baseURL: string; ledger: `sqlite:${string}` } => ({
  apiKey: KEY,
  baseURL: sandbox.baseURL,
  ledger: `sqlite:${folder}/ledger.sqlite`,
});

const surroundings = (more: Readonly<Record<string, string>> = {}) => {
  const { apiKey, baseURL, ledger } = account();
  const own = { LAPLAS_API_KEY: apiKey, LAPLAS_BASE_URL: baseURL, LAPLAS_LEDGER: ledger };
  return { folder, environment: { ...own, ...more } };
};

const laplas = (args: readonly string[], more?: Readonly<Record<string, string>>): SpawnedProgram =>
  spawnLaplas(args, surroundings(more));

const inTerminal = (args: readonly string[], more?: Readonly<Record<string, string>>, columns?: number) =>
  spawnInTerminal(args, surroundings(more), columns);

/** Runs to the end, with nothing on stdin. */
async function finish(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const run = laplas(args);
  run.child.stdin?.end();
  const code = await run.ended;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
}

/** An engine on the account of the commands, in this process. */
function openEngine(): Laplas {
  const engine = createLaplas(account());
  onTestFinished(() => engine.close());
  return engine;
}

const read = (name: string): string => readFileSync(join(folder, name), "utf8");

describe("the built command", () => {
  it("has the version of its package, and fails with 2 on misuse", async () => {
    const manifest = readFileSync(new URL("../packages/cli/package.json", import.meta.url), "utf8");
    const { version } = JSON.parse(manifest) as { version: string };
    expect(await finish(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    expect(await finish(["chta"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "laplas: unknown command 'chta' (Did you mean chat?)\n(laplas --help says how)\n",
    });
  });

  it("prints a warning once, in a line of our own, and none of Node's", async () => {
    const { code, stderr } = await finish(["chat", LONG]);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^laplas: An answer was cut at the tier's limit.*\n$/)]);
  });

  it("ends quietly when nobody reads on, and tells a full disk", async () => {
    for (const args of [["tier"], ["chat", "Hello"]]) {
      const run = laplas(args);
      run.child.stdin?.end();
      run.child.stdout?.destroy();
      expect(await run.ended).toBe(0);
      expect(run.stderr()).toBe("");
    }
    const line = `exec "$0" "$1" tier > /dev/full`;
    const full = spawnProgram("sh", ["-c", line, process.execPath, COMMAND], surroundings());
    expect(await full.ended).toBe(1);
    expect(full.stderr()).toBe("laplas: the output can't be written: ENOSPC.\n");
  });
});

describe("laplas status", () => {
  it("fits into its terminal, has colours there, draws over itself, and ends well on Ctrl-C", async () => {
    const watch = await inTerminal(["status", "--watch"], {}, 45);
    // Up by as many lines as were drawn.
    await watch.until("stdout", new RegExp(`${ESCAPE}\\[\\d+A${ESCAPE}\\[J`));
    watch.child.stdin?.write(CTRL_C);
    expect(await watch.ended).toBe(0);
    expect(watch.stdout()).toContain(`${ESCAPE}[1m50,000 API tokens left`);
    for (const line of stripVTControlCharacters(watch.stdout()).split("\r\n"))
      expect(line.length, line).toBeLessThanOrEqual(45);
  });
});

describe("laplas chat", () => {
  it("takes what is typed until Ctrl-D", async () => {
    const run = await inTerminal(["chat", "Explain:", "-"], { NO_COLOR: "1" });
    await run.until("stdout", /Reading what you type, until Ctrl-D\.\r\n/);
    run.child.stdin?.write(`some text\r${CTRL_D}`);
    expect(await run.ended).toBe(0);
    expect(sandbox.requests.at(-1)?.body).toMatchObject({ messages: [{ content: "Explain: \n\nsome text" }] });
  });

  /** Our account agrees with the server's, and the next call is admitted at once. */
  async function expectAccountKept(): Promise<void> {
    await sandbox.idle();
    expect(sandbox.used()).toBeGreaterThan(0);
    const engine = openEngine();
    expect(await engine.status()).toMatchObject({ windows: [{ used: sandbox.used(), held: 0 }], running: 0 });
    await engine.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
    expect(sandbox.counts().refused).toBe(0);
  }

  it.each([
    ["Ctrl-C", 130],
    ["SIGTERM", 143],
  ])("%s during an answer leaves the ledger as the server's account is", async (name, code) => {
    const held = holdAnswer(sandbox, { afterChunks: 100 });
    const run = await inTerminal(["chat", LONG], PATIENT);
    await run.until("stdout", /mills/);
    if (name === "Ctrl-C") run.child.stdin?.write(CTRL_C);
    else process.kill(run.pid, "SIGTERM");
    // The signal has arrived.
    await run.until("stdout", /Ending, as soon as it is known what that cost\. Ctrl-C ends it now\./);
    held.release();
    expect(await run.ended).toBe(code);
    await expectAccountKept();
  });

  it("a closed pipe during an answer leaves the ledger as the server's account is", async () => {
    const held = holdAnswer(sandbox, { afterChunks: 100 });
    const run = laplas(["chat", LONG], PATIENT);
    await run.until("stdout", /mills/);
    run.child.stdout?.destroy();
    held.release();
    expect(await run.ended).toBe(0);
    expect(run.stderr()).toBe("");
    await expectAccountKept();
  });

  it("converses in a terminal: remembers, changes the model, shows what is left, ends an answer, goes on after an error", async () => {
    const run = await inTerminal(["chat"], { NO_COLOR: "1" });
    const type = async (text: string, answer: RegExp): Promise<void> => {
      run.child.stdin?.write(text);
      await run.until("stdout", answer);
    };
    await run.until("stdout", /Ctrl-D leaves[\s\S]*› /);
    await type("Hello\r", /How can I help you today\?[\s\S]*16 API tokens · 49,984 left until/);
    await type("/model nonsense\r", /That is no chat model/);
    await type("/model google/gemma-3-27b-it\r", /Asking google\/gemma-3-27b-it/);
    await type("two\\\r", /… /);
    await type("lines\r", /0 API tokens · [\s\S]*› /);
    await type("/left\r", /Account +sqlite/);
    const held = holdAnswer(sandbox, { afterChunks: 100 });
    await type(`${LONG}\r`, /about mills[\r\n]+[\s\S]*mills/);
    await type(CTRL_C, /Ending/);
    held.release();
    sandbox.fault({ kind: "respond", status: 401, body: { message: "no" } });
    await type("Hello\r", /laplas: .*key/);
    await type("/new\r", /Forgotten/);
    run.child.stdin?.write(CTRL_D);
    expect(await run.ended).toBe(0);
    const asked = sandbox.requests.map(({ body }) => body as { model: string; messages: { content: string }[] });
    expect(asked[1]?.model).toBe("google/gemma-3-27b-it");
    expect(asked[1]?.messages.map(({ content }) => content)).toEqual([
      "Hello",
      "Hello there! How can I help you today?",
      "two\nlines",
    ]);
  });
});

describe("laplas embed", () => {
  const args = ["embed", "docs", "-o", "out.jsonl"];
  const texts: Record<string, string> = {};
  const linesOf = (name: string): string[] => read(name).trim().split("\n");

  beforeEach(() => {
    mkdirSync(join(folder, "docs", "more"), { recursive: true });
    for (let index = 0; index < 20; index += 1) {
      const id = `${index % 2 === 0 ? "" : "more/"}text-${String(index).padStart(3, "0")}.md`;
      texts[id] = `# Text ${index}\n\nThe heron waits by the mill number ${index}.\n`;
      writeFileSync(join(folder, "docs", id), texts[id]);
    }
  });

  /** The file that every interrupted run must lead to in the end. */
  async function wholeFile(): Promise<string> {
    const model = "text-embedding-3-small";
    const ids = Object.keys(texts).toSorted();
    const { data } = await openEngine().embed({ model, input: ids.map((id) => texts[id] ?? "") });
    const line = (id: string, index: number): string => {
      const sha256 = createHash("sha256")
        .update(texts[id] ?? "")
        .digest("hex");
      return `${JSON.stringify({ id, model, sha256, embedding: data[index]?.embedding })}\n`;
    };
    return ids.map(line).join("");
  }

  it("killed in the middle of a call and of a line, and started again, loses and repeats nothing", async () => {
    let calls = 0;
    const stalled = Promise.withResolvers<void>();
    sandbox.fault(
      { kind: "stall" },
      {
        when: () => {
          calls += 1;
          if (calls === 5) stalled.resolve();
          return calls === 5;
        },
      },
    );
    const killed = laplas([...args, "--batch", "3"]);
    await stalled.promise;
    killed.child.kill("SIGKILL");
    await killed.ended;
    await sandbox.idle();
    const before = read("out.jsonl");
    expect(linesOf("out.jsonl")).toHaveLength(12);
    // As a kill in the middle of writing leaves it.
    writeFileSync(join(folder, "out.jsonl"), before.slice(0, -500));

    const run = await finish([...args, "--batch", "3"]);
    expect(run.code).toBe(0);
    expect(run.stderr).toMatch(/^The last line was not whole[\s\S]*9 texts to embed, 11 done before/);
    // Only what was in the half line was asked for again.
    const asked = sandbox.requests.flatMap(({ outcome, aborted, body }) =>
      outcome === "answered" && !aborted ? (body as { input: string[] }).input : [],
    );
    expect(asked).toHaveLength(21);
    expect(new Set(asked).size).toBe(20);
    expect(sandbox.counts().refused).toBe(0);
    expect(read("out.jsonl")).toBe(await wholeFile());
  });

  it("tells a disk that is full with the file's name, and goes on once there is room", async () => {
    // The kernel lets the file grow to so many blocks, in the middle of a line.
    const line = `trap "" XFSZ; ulimit -f 30; exec "$0" "$@"`;
    const where = surroundings({ LAPLAS_LEDGER: "memory" });
    const words = ["-c", line, process.execPath, COMMAND, ...args, "--batch", "2"];
    const full = spawnProgram("bash", words, where);
    expect(await full.ended).toBe(1);
    expect(full.stderr()).toMatch(
      /Once this is fixed, the same command continues where it stopped:\nlaplas: out\.jsonl: EFBIG, the file may not become larger\.\n$/,
    );
    expect((await finish(args)).code).toBe(0);
    expect(read("out.jsonl")).toBe(await wholeFile());
  });

  it("on Ctrl-C writes what is paid for, then ends", async () => {
    let calls = 0;
    const isSecond = (): boolean => {
      calls += 1;
      return calls === 2;
    };
    const held = holdAnswer(sandbox, { when: isSecond });
    const run = await inTerminal([...args, "--batch", "1"], PATIENT);
    await run.until("stdout", /1 of 20 texts/);
    await held.arrived;
    run.child.stdin?.write(CTRL_C);
    await run.until("stdout", /Ending/);
    held.release();
    expect(await run.ended).toBe(130);
    expect(linesOf("out.jsonl")).toHaveLength(2);
    expect(sandbox.counts().received).toBe(2);
  });
});

describe("laplas image", () => {
  it("on Ctrl-C writes the picture that is paid for, then ends", async () => {
    const held = holdAnswer(sandbox);
    const run = await inTerminal(["image", "a boat", "-n", "3", "-o", "boat.png"], PATIENT);
    await held.arrived;
    run.child.stdin?.write(CTRL_C);
    await run.until("stdout", /Ending/);
    held.release();
    expect(await run.ended).toBe(130);
    const files = ["boat-1.png", "boat-2.png", "boat-3.png"].filter((name) => existsSync(join(folder, name)));
    expect(files.length * 512).toBe(sandbox.used());
    expect(files.length).toBeGreaterThan(0);
    expect(await openEngine().status()).toMatchObject({ windows: [{ used: sandbox.used(), held: 0 }], running: 0 });
  });
});

describe("laplas sandbox", () => {
  it("serves until Ctrl-C, and tells of each request and how many there were", async () => {
    const run = laplas(["sandbox", "--port", "0", "--json"]);
    const [, baseURL = ""] = await run.until("stdout", /"base_url":"(\S+?)".*\n/);
    expect((await fetch(`${baseURL}/models`)).status).toBe(200);
    await run.until("stdout", /"object":"sandbox.request".*"status":200.*\n/);
    run.child.kill("SIGINT");
    expect(await run.ended).toBe(0);
    expect(JSON.parse(run.stdout().trim().split("\n").at(-1) ?? "")).toMatchObject({
      object: "sandbox.counts",
      received: 1,
      answered: 1,
    });
  });
});

describe("packages/cli/README.md", () => {
  const page = fileURLToPath(new URL("../packages/cli/README.md", import.meta.url));
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
    // In place of what npx would download.
    writeFileSync(join(folder, "npx"), `#!/bin/sh\nprogram=$1\nshift\nexec "$program" "$@"\n`, { mode: 0o755 });
    const where = surroundings({ PATH: `${folder}:${process.env.PATH}` });
    for (const [, kind, block = ""] of text.matchAll(/^```(sh|console)\n([\s\S]*?)^```/gm)) {
      const [, command = "", output = ""] = kind === "sh" ? [] : (/^\$ (.*)\n([\s\S]*)$/.exec(block) ?? []);
      const run = spawnProgram("sh", ["-euc", kind === "sh" ? block : command], where);
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

  it("links to files that are there, and is no longer than a page", () => {
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      expect(existsSync(join(page, "..", target))).toBe(true);
    expect(text.split("\n").length).toBeLessThanOrEqual(151);
  });
});

describe("the command on an older Node", () => {
  const [old] = ["/usr/bin/node", "/usr/local/bin/node"].filter((path) => {
    if (!existsSync(path)) return false;
    const [major] = spawnSync(path, ["--version"], { encoding: "utf8" }).stdout.slice(1).split(".").map(Number);
    return major !== undefined && major < 22;
  });

  it.skipIf(old === undefined)(
    "says in one sentence which it needs (skipped where the machine has no older Node)",
    async () => {
      const program = spawnProgram(old ?? "", [COMMAND, "--version"], { folder });
      expect(await program.ended).toBe(1);
      expect(program.stderr()).toMatch(/^laplas: Node \S+ is too old\. It needs Node 22\.16 or later: \S+\n$/);
      expect(program.stdout()).toBe("");
    },
  );
});
