import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createSandbox } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const examples = fileURLToPath(new URL("../examples/", import.meta.url));

/** A bare environment: no key of whoever runs the tests, no colour. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: "1" };

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

async function example(file: string, ...args: string[]): Promise<Outcome> {
  return exampleWith({}, file, ...args);
}

async function exampleWith(variables: Record<string, string>, file: string, ...args: string[]): Promise<Outcome> {
  const options = { env: { ...env, ...variables }, cwd: tmpdir() };
  try {
    return { ...(await run(process.execPath, [join(examples, file), ...args], options)), code: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
    return { stdout, stderr, code };
  }
}

/** What stands in a file's second to fourth byte: of a PNG, its name. */
async function beginningOf(path: string): Promise<string> {
  return (await readFile(path)).toString("latin1", 1, 4);
}

// The examples are TypeScript run by Node itself, which Node 22 does not do by default.
const runsTypeScript = Number(process.versions.node.split(".")[0]) >= 24;

describe.runIf(runsTypeScript)("examples, each on the sandbox without a key", () => {
  it.each([
    ["chat.ts", ["Hello there!", "cost 16 API tokens; 49984 left"]],
    ["streaming.ts", ["the sea", "(asked in the middle of it: Hello there!"]],
    [
      "rag.ts",
      ["Books can be borrowed for four weeks. (lending.txt)", "On Sundays the library is not open. (opening.txt)"],
    ],
    [
      "limits-and-fallbacks.ts",
      ["max_tokens=512", "image_input: retryable false", "daily_quota: heals at", "the fallback: Hello"],
    ],
    [
      "budget-middleware.ts",
      ['third: gpt-4 said "Hello there!', 'fourth: gpt-4o-mini in place of gpt-4 (expected_cost) said "Hello there!'],
    ],
    ["openai-sdk.ts", ["Hello there!", "2 vectors of 1536", "400 free_tier_image_input"]],
    [
      "agent-with-tools.ts",
      ['calls get_weather({"city":"Lisbon"})', "answers: It is 18 degrees and sunny in Lisbon", "37 times 91 is 3367."],
    ],
    [
      "structured-output.ts",
      [
        "Grace Hopper complains about 6 x chair, urgency high",
        "{ name: 'Reykjavik', country: 'Iceland', inhabitants: 140000 }",
        "customer: 'Alan Turing'",
        "cut by the tier: false",
      ],
    ],
    [
      "langgraph.ts",
      [
        "{ sort: { department: 'books' } }",
        "costs 20 cents a day.",
        "{ sort: { department: 'rooms' } }",
        "six people.",
      ],
    ],
    [
      "images.ts",
      ["lighthouse.png, 512x512", "cost 512 API tokens; 49488 left", "animal.png", "Drew 1 picture", "balloons.png"],
    ],
  ])("%s prints what it is meant to show, and nothing to stderr", async (file, expected) => {
    const { stdout, stderr, code } = await example(file);
    for (const text of expected) expect(stdout).toContain(text);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });
});

describe.runIf(runsTypeScript)("the pictures of images.ts", () => {
  it("are PNG files where it says they are", async () => {
    const { stdout } = await example("images.ts");
    const paths = stdout.match(/^\/.+\.png/gm) ?? [];
    expect(paths).toHaveLength(3);
    for (const path of paths) expect(await beginningOf(path)).toBe("PNG");
  });
});

describe.runIf(runsTypeScript)("the demo", () => {
  it("answers from the project's own documentation, meets each limit, and is refused nothing", async () => {
    const { stdout, stderr, code } = await example("demo/main.ts");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toContain("kept between runs in an SQLite file");
    expect(stdout).toContain("max_tokens=512");
    expect(stdout).toContain("fatal (image_input)");
    expect(stdout).toContain("five calls at once");
    expect(stdout).toContain("fatal (daily_quota)");
    expect(stdout).toMatch(/Refused by the upstream\s+0\n/);
  });

  it("has an agent that searches the documents, and draws a picture that can be opened", async () => {
    const { stdout } = await example("demo/main.ts");
    expect(stdout).toContain("→ search_documents: What becomes of a tool call");
    expect(stdout).toMatch(/found passages in .*packages\/langchain\/README\.md/);
    expect(stdout).toContain("cut at the output limit is in `invalid_tool_calls`");
    const [, path = ""] = /drawn and saved as (.+\.png)/.exec(stdout) ?? [];
    expect(await beginningOf(path)).toBe("PNG");
  });

  it("goes on where a picture needs more API tokens than the tier allows", async () => {
    const sandbox = await createSandbox({ imagePrices: () => 900 });
    try {
      const variables = { LAPLAS_API_KEY: "a-real-key", LAPLAS_BASE_URL: sandbox.baseURL, LAPLAS_LEDGER: "memory" };
      const { stdout, stderr, code } = await exampleWith(variables, "demo/main.ts");
      expect([stderr, code]).toEqual(["", 0]);
      expect(stdout).toContain("Fatal: do not retry.");
      expect(stdout).not.toContain("drawn and saved");
      expect(stdout).toContain("The account");
      expect(sandbox.counts()).toMatchObject({ refused: 0, probe: 1 });
    } finally {
      await sandbox.close();
    }
  });

  it("runs against whatever LAPLAS_BASE_URL names when there is a key, and spends little of its day", async () => {
    const sandbox = await createSandbox({ apiKeys: ["a-real-key"] });
    try {
      const ledger = join(await mkdtemp(join(tmpdir(), "laplas-real-")), "ledger.sqlite");
      const variables = {
        LAPLAS_API_KEY: "a-real-key",
        LAPLAS_BASE_URL: sandbox.baseURL,
        LAPLAS_LEDGER: `sqlite:${ledger}`,
      };
      const { stdout, stderr } = await exampleWith(variables, "demo/main.ts");
      expect(stderr).toBe("");
      expect(stdout).toContain("against the real API");
      expect(stdout).not.toContain("a-real-key");
      expect(sandbox.counts()).toMatchObject({ refused: 0, probe: 0 });
      expect(sandbox.used()).toBeLessThan(5_000);
    } finally {
      await sandbox.close();
    }
  });

  it("answers a question about the user's own folder, naming the source", async () => {
    const folder = await mkdtemp(join(tmpdir(), "laplas-own-"));
    await writeFile(
      join(folder, "harbour.md"),
      "# Harbour\n\nThe ferry to the island leaves at seven every morning.\n",
    );
    await writeFile(join(folder, "bread.txt"), "Bread is baked with flour, water, salt and time.\n");
    const { stdout, code } = await example("demo/main.ts", folder, "When does the ferry leave?");
    expect(code).toBe(0);
    expect(stdout).toContain("leaves at seven every morning");
    expect(stdout).toContain("harbour.md");
    expect(stdout).toContain("→ search_documents: When does the ferry leave?");
  });

  it("asks about the titles of the user's documents where they ask nothing", async () => {
    const folder = await mkdtemp(join(tmpdir(), "laplas-own-"));
    await writeFile(join(folder, "a.md"), "# Ferry\n\nThe ferry to the island leaves at seven every morning.\n");
    await writeFile(join(folder, "bread.txt"), "Bread is baked with flour, water, salt and time.\n");
    const { stdout, code } = await example("demo/main.ts", folder);
    expect(code).toBe(0);
    expect(stdout).toContain("? What do the documents say about Ferry?");
    expect(stdout).toContain("leaves at seven every morning");
    expect(stdout).toContain("→ search_documents: What do the documents say about bread?");
    expect(stdout).toContain("flour, water, salt and time");
  });

  it("ends with one line about a wrong setting, the sandbox closed", async () => {
    const { stderr, code } = await exampleWith({ LAPLAS_TIER: "fre" }, "demo/main.ts");
    expect(stderr).toContain('Option "tier" (LAPLAS_TIER) is "fre"');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(1);
  });

  it.each([
    ["a folder that is not there", join(tmpdir(), "laplas-not-there"), "There is no folder"],
    ["a file in place of a folder", fileURLToPath(import.meta.url), "is a file. Name the folder"],
    ["a folder without texts", join(examples, "..", ".ci"), "holds no .md, .mdx or .txt file"],
  ])("says in one line what is wrong with %s", async (_, folder, message) => {
    const { stderr, code } = await example("demo/main.ts", folder);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
  });
});
