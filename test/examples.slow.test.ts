import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSandbox } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { examples, runExample, runExampleWith, runsTypeScript } from "./run-example.ts";

describe.runIf(runsTypeScript)("the demo", () => {
  it("goes on where a picture needs more API tokens than the tier allows", async () => {
    const sandbox = await createSandbox({ imagePrices: () => 900 });
    try {
      const variables = { LAPLAS_API_KEY: "a-real-key", LAPLAS_BASE_URL: sandbox.baseURL, LAPLAS_LEDGER: "memory" };
      const { stdout, stderr, code } = await runExampleWith(variables, "demo/main.ts");
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
      const { stdout, stderr } = await runExampleWith(variables, "demo/main.ts");
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
    const { stdout, code } = await runExample("demo/main.ts", folder, "When does the ferry leave?");
    expect(code).toBe(0);
    expect(stdout).toContain("leaves at seven every morning");
    expect(stdout).toContain("harbour.md");
    expect(stdout).toContain("→ search_documents: When does the ferry leave?");
  });

  it("asks about the titles of the user's documents where they ask nothing", async () => {
    const folder = await mkdtemp(join(tmpdir(), "laplas-own-"));
    await writeFile(join(folder, "a.md"), "# Ferry\n\nThe ferry to the island leaves at seven every morning.\n");
    await writeFile(join(folder, "bread.txt"), "Bread is baked with flour, water, salt and time.\n");
    const { stdout, code } = await runExample("demo/main.ts", folder);
    expect(code).toBe(0);
    expect(stdout).toContain('? What is "Ferry" about?');
    expect(stdout).toContain("leaves at seven every morning");
    expect(stdout).toContain("→ search_documents: bread");
    expect(stdout).toContain("flour, water, salt and time");
  });

  it.each([
    ["a folder that is not there", join(tmpdir(), "laplas-not-there"), "There is no folder"],
    ["a file in place of a folder", fileURLToPath(import.meta.url), "is a file. Name the folder"],
    ["a folder without texts", join(examples, "..", ".ci"), "holds no .md, .mdx or .txt file"],
  ])("says in one line what is wrong with %s", async (_, folder, message) => {
    const { stderr, code } = await runExample("demo/main.ts", folder);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
  });
});
