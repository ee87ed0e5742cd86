import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createSandbox } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";
import { openGateway } from "./clients/open-gateway.ts";
import { swaps } from "./clients/swap-it-in.ts";
import { afterwards, blocksOf, promisesOf, runProgram } from "./readme-blocks.ts";
import { COMMAND, spawnLaplas, spawnProgram } from "./spawn-laplas.ts";

/**
 * What the READMEs and pages of the first edition told people to write. `first-edition/` holds their blocks, under their headings, as
 * they were, and is never brought up to date.
 */

const run = promisify(execFile);
const page = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`first-edition/${name}.blocks`, import.meta.url)), "utf8");
const warnings = (stderr: string): string[] =>
  [...stderr.matchAll(/LaplasWarning: (.*)$/gm)].map(([, text = ""]) => text);

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "laplas-first-edition-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe.each([
  ["readme", 2],
  ["core", 4],
  ["gateway", 1],
  ["langchain", 3],
  ["sandbox", 1],
])("the programs of %s", (name, count) => {
  const programs = [
    ...blocksOf(page(name), "ts").map(([, code]) => code),
    ...blocksOf(page(name), "diff").map(([, diff]) => afterwards(diff)),
  ];

  it("are all there", () => expect(programs).toHaveLength(count));

  it.each(programs.map((code, index) => [index + 1, code] as const))(
    "number %i runs, and warns of the words of its tier alone",
    async (_, code) => {
      const { stdout, stderr, refused } = await runProgram(code, { OPENROUTER_API_KEY: "of-another-provider" });
      // Figures alone: a comment may leave the rest out.
      for (const promised of promisesOf(code)) {
        const told = promised.includes("{") ? (promised.match(/apiTokens: \d+|remaining: \d+/g) ?? []) : [promised];
        for (const text of told) expect(stdout).toContain(text);
      }
      const words = code.includes('metric: "apiTokens"') ? [expect.stringContaining('write "meter": "credits".')] : [];
      expect(warnings(stderr)).toEqual(words);
      expect(refused).toBe(0);
    },
  );
});

describe("the page about swapping it in", () => {
  const text = page("swap-it-in");

  it.each(swaps("js", text))("$title: runs afterwards, by the $way", async ({ way, after }) => {
    const door = await openGateway();
    const { stdout, stderr } = await runProgram(after(door.baseURL), { LAPLAS_BASE_URL: door.sandbox.baseURL });
    expect(stdout).toContain("Hello there!");
    expect(warnings(stderr)).toEqual([]);
    expect(door.statuses()).toEqual(way === "gateway" ? [200] : []);
  });

  it.each(swaps("shell", text))("$title: runs afterwards", async ({ after }) => {
    const door = await openGateway();
    expect((await run("sh", ["-c", after(door.baseURL)])).stdout).toContain("Hello there!");
  });
});

it("the page about the command line has commands that run", async () => {
  const folder = temporaryFolder();
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  writeFileSync(join(folder, "laplas"), `#!/bin/sh\nexec "${process.execPath}" "${COMMAND}" "$@"\n`, { mode: 0o755 });
  const environment = {
    PATH: `${folder}:${process.env.PATH}`,
    LAPLAS_API_KEY: "first-edition",
    LAPLAS_BASE_URL: sandbox.baseURL,
    LAPLAS_LEDGER: `sqlite:${folder}/ledger.sqlite`,
  };
  const commands = [...page("command-line").matchAll(/^```(?:sh|console)\n([\s\S]*?)^```/gm)].map(([, block = ""]) =>
    block.startsWith("$ ") ? (block.slice(2).split("\n")[0] ?? "") : block,
  );
  expect(commands).toHaveLength(6);
  for (const command of commands) {
    const program = spawnProgram("sh", ["-euc", command], { folder, environment });
    program.child.stdin?.end();
    expect(await program.ended, program.stderr()).toBe(0);
    expect(program.stderr()).not.toContain("Warning");
  }
  expect(sandbox.counts().refused).toBe(0);
});

describe("the gateway", () => {
  const [, config = ""] = blocksOf(page("gateway"), "json")[0] ?? [];
  const serve = async (more: object) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "laplas.config.json"), JSON.stringify({ ...JSON.parse(config), port: 0, ...more }));
    const served = spawnLaplas(["serve", "--sandbox", "--log", "off"], { folder });
    const [, baseURL = ""] = await served.until("stderr", /Base URL {2}(http:\/\/127\.0\.0\.1:\d+\/v1)\n/);
    await served.until("stderr", /Ctrl-C stops it\.\n/);
    return { served, baseURL };
  };
  const ask = ([, command = ""]: [number, string], baseURL: string) =>
    run("sh", [
      "-c",
      `${command.trimEnd().replaceAll("http://127.0.0.1:4114/v1", baseURL)} --header "authorization: Bearer choose-something-long"`,
    ]);

  it("serves by its configuration, and answers the call beside it", async () => {
    const [, curl] = blocksOf(page("gateway"), "sh").slice(-2);
    const { served, baseURL } = await serve({});
    expect((await ask(curl ?? [0, ""], baseURL)).stdout).toContain('"content":');
    expect(served.stderr()).not.toContain("is called");
  });

  it("reads the options by their old names, and says each new name once", async () => {
    const { served } = await serve({ reserve: "worst", synchronous: "full" });
    expect(served.stderr().match(/Option "reserve" is called "admission" now/g)).toHaveLength(1);
    expect(served.stderr().match(/Option "synchronous" is called "durability" now/g)).toHaveLength(1);
  });
});

describe("the old names of options", () => {
  const renamed = [
    'Option "synchronous" is called "durability" now: "normal" is "process", "full" is "power".',
    'Option "reserve" is called "admission" now: "worst" is "worst-case".',
  ];

  it("are read by engines, with one warning each for a process", async () => {
    const { stdout, stderr, refused } = await runProgram(`
      import { createLaplas } from "@laplas/core";
      for (let engine = 0; engine < 2; engine += 1) {
        const laplas = createLaplas({ reserve: "worst", synchronous: "full" });
        await laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
        const { cost } = await laplas.check({ model: "gpt-4", messages: [{ role: "user", content: "Hello" }] });
        console.log(cost.expected === cost.worst);
        await laplas.close();
      }
    `);
    expect(stdout).toBe("true\ntrue\n");
    expect(warnings(stderr).sort()).toEqual(renamed.toSorted());
    expect(refused).toBe(0);
  });

  it("are read by LangChain's classes", async () => {
    const { stdout, stderr } = await runProgram(`
      import { ChatLaplas } from "@laplas/langchain";
      const model = new ChatLaplas({ model: "gpt-4o-mini", reserve: "worst" });
      console.log((await model.invoke("Hello")).text);
      const { cost } = await new ChatLaplas({ model: "gpt-4", reserve: "worst" }).check("Hello");
      console.log(cost.expected === cost.worst);
    `);
    expect(stdout).toContain("true");
    expect(warnings(stderr)).toEqual([renamed[1]]);
  });
});
