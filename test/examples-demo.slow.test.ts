import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "@laplas/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tierOfDay } from "../examples/demo/tier-of-day.ts";
import { demoInPipe, demoInTerminal, folderOf } from "./demo.ts";
import { runExample, runExampleWith, runsTypeScript } from "./run-example.ts";

const CTRL_C = "\u0003";
const ESCAPE = "\u001b";

describe.runIf(runsTypeScript)("a folder of the user's", () => {
  it("can be followed by a question without quotes", async () => {
    const folder = await folderOf({ "ferry.md": "The ferry to the island leaves at seven.\n" });
    const { stdout } = await runExample("demo/main.ts", folder, "When", "does", "the", "ferry", "leave?");
    expect(stdout).toContain("? When does the ferry leave?");
  });

  it("that holds nothing but blank files is a usage error that lists them, by reason where they are many", async () => {
    const files = Array.from({ length: 25 }, (_, index) => [`blank-${String(index).padStart(2, "0")}.md`, ""]);
    const folder = await folderOf(Object.fromEntries(files));
    const { stderr, code } = await runExample("demo/main.ts", folder);
    expect(code).toBe(2);
    expect(stderr).toContain(`✗ ${folder} holds no text that can be read:\n    blank-00.md: blank\n`);
    expect(stderr).toContain("blank-19.md: blank\n    and 5 more: blank\n");
  });

  it("in Chinese or Japanese has its passages found, in the middle of paragraphs without blanks", async () => {
    const filler = "市场每周六在教堂前的广场上举行，卖鱼、蔬菜和鲜花。".repeat(20);
    const folder = await folderOf({
      "港口.md": `# 时刻表\n\n${filler}去岛上的渡轮每天早上七点从北码头出发。${filler}\n`,
      "図書館.txt": "図書館の本は四週間借りることができます。延滞料は一日十円です。\n",
    });
    const chinese = await runExample("demo/main.ts", folder, "渡轮几点出发？");
    expect(chinese.stdout.match(/^ {4}去岛上的渡轮每天早上七点从北码头出发。$/gm)).toHaveLength(2);
    const japanese = await runExample("demo/main.ts", folder, "本はどのくらい借りられますか？");
    expect(japanese.stdout.match(/^ {4}図書館の本は四週間借りることができます。$/gm)).toHaveLength(2);
    expect(japanese.stdout).toContain("from 図書館.txt");
  });
});

describe.runIf(runsTypeScript)("the demo", () => {
  it.each([
    ["a dumb terminal", { TERM: "dumb" }, /#{30} \d+ of \d+ pieces\r\n/],
    ["one without colors", { NO_COLOR: "1" }, /█{30} \d+ of \d+ pieces\r\n/],
  ])("on %s has no styles, and a dumb one nothing that is drawn over", async (_, variables, bar) => {
    const folder = await folderOf({ "ferry.md": "The ferry to the island leaves at seven.\n" });
    const run = await demoInTerminal([folder], 80, variables);
    expect(await run.ended).toBe(0);
    expect(run.stdout()).toMatch(bar);
    const codes = run
      .stdout()
      .split(ESCAPE)
      .slice(1)
      .map((text) => text.slice(0, 2));
    expect(new Set(codes)).toEqual(new Set("TERM" in variables ? [] : ["[K"]));
  });

  it.each([
    ["while it reads", /Reading/],
    ["while it embeds", /1,000 of/],
    ["while it answers", /Asking/],
    ["while the tier is met", /five calls at once/],
  ])("ends in one line at Ctrl-C %s, and leaves no file", async (_, moment) => {
    const text = "The ferry leaves the northern pier at seven every morning. ".repeat(12_000);
    const run = await demoInTerminal([await folderOf({ "long.txt": text })], 80);
    await run.until("stdout", moment);
    // npm's script passes it on to a program that the terminal has sent it to already.
    run.child.stdin?.write(CTRL_C + CTRL_C);
    expect(await run.ended).toBe(130);
    expect(run.stdout()).toMatch(/[^\r\n]\r\n(?:\r\n)?(?:\^C)*(?:\r\n)?Stopped\.\r\n$/);
    expect(run.stdout().split("Stopped.")).toHaveLength(2);
    expect(run.stdout()).not.toMatch(/^\s+at /m);
    expect(run.stderr()).toBe("");
    expect((await readdir(run.folder)).filter((name) => name.startsWith("laplas-example"))).toEqual([]);
  });

  it("ends without a word once nobody reads on, as after head", async () => {
    const run = await demoInPipe();
    await run.until("stdout", /\n/);
    run.child.stdout?.destroy();
    expect(await run.ended).toBe(0);
    expect(run.stdout()).toMatch(/^No model answers/);
    expect(run.stderr()).toBe("");
    expect(await readdir(run.folder)).toEqual([]);
  });
});

describe.runIf(runsTypeScript)("a folder of 240 files and 14,000 pieces", () => {
  const QUESTION = "What is the keeper of the northern lighthouse called?";
  const ANSWER = "The keeper of the northern lighthouse is called Matilda Quist.";
  let folder: string;
  let sandbox: Sandbox;
  beforeAll(async () => {
    const paragraph = (file: number, index: number) =>
      `${`File-${file} has bread, boats and gardens in paragraph ${index}. `.repeat(8)}\n\n`;
    const textOf = (file: number) => Array.from({ length: 58 }, (_, index) => paragraph(file, index)).join("");
    folder = await folderOf(Object.fromEntries(Array.from({ length: 239 }, (_, file) => [`${file}.md`, textOf(file)])));
    await writeFile(join(folder, "zuletzt.txt"), `${textOf(239)}${ANSWER}\n`);
    sandbox = await createSandbox({ apiKeys: ["a-real-key"] });
  });
  afterAll(() => sandbox.close());

  /** The demo with a key. */
  const withKey = (variables: Record<string, string> = {}) => {
    const key = { LAPLAS_API_KEY: "a-real-key", LAPLAS_BASE_URL: sandbox.baseURL, LAPLAS_LEDGER: "memory" };
    return runExampleWith({ ...key, ...variables }, "demo/main.ts", folder, QUESTION);
  };

  it("is embedded whole on the sandbox, and asked to its last line", async () => {
    const { stdout, stderr, code } = await runExample("demo/main.ts", folder, QUESTION);
    expect([stderr, code]).toEqual(["", 0]);
    expect(stdout).toMatch(/^ {2}240 files below .+\n\nEmbedding\n {2}1[34],\d{3} pieces of text, all of them\n/m);
    expect(stdout).toMatch(/^ {2}This would take 2 days of the free tier \(about \d\d,\d{3} API tokens\)\./m);
    expect(stdout).toContain(`\n    ${ANSWER}\n    from zuletzt.txt`);
    expect(stdout).toMatch(/Refused upstream\s+0\n/);
  });

  it("has with a key its share and its cost told before anything is sent", async () => {
    const tier = join(await folderOf({}), "tier.json");
    await writeFile(tier, JSON.stringify(tierOfDay("small", 1_000)));
    const { stdout, stderr, code } = await withKey({ LAPLAS_TIER: tier });
    expect(code).toBe(1);
    expect(stdout).toMatch(/700 of 1[34],\d{3} pieces of text \(5 %\), as many from each file\./);
    expect(stdout).toMatch(/will cost about [\d,]+ API tokens\. 1,000 of 1,000 API tokens are left today\.\n$/);
    expect(stderr).toMatch(
      /^\n✗ Today's quota is too small for this run \(rule daily_api_tokens\)\. It resets in 1?\d h \d+ min\..+\n$/,
    );
    expect(sandbox.counts().received).toBe(0);
  });

  it("gives with a key as many pieces of each file, at about the cost that was told", async () => {
    const { stdout, code } = await withKey();
    expect(code).toBe(0);
    const told = Number(/will cost about ([\d,]+) API tokens/.exec(stdout)?.[1]?.replace(",", ""));
    const [, used = ""] = /API tokens used\s+([\d,]+)\n/.exec(stdout) ?? [];
    expect(Number(used.replace(",", ""))).toBe(sandbox.used());
    expect(sandbox.used()).toBeLessThan(told);
    expect(sandbox.used()).toBeGreaterThan(told / 2);
    expect(stdout).not.toContain("counted");

    const inputs = sandbox.requests.flatMap(({ body }) => (body as { input?: unknown }).input ?? []).flat();
    const counts = Map.groupBy(inputs, (text) => /File-(\d+)/.exec(String(text))?.[1]);
    counts.delete(undefined);
    expect(counts.size).toBe(240);
    for (const texts of counts.values()) expect([2, 3]).toContain(texts.length);
  });
});
