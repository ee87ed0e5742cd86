import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { afterwards, blocksOf, promisesOf, runProgram } from "./readme-blocks.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const TEXTS = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/architecture.md",
  "docs/benchmarks.md",
  "docs/litellm.md",
  "docs/long-answers.md",
  "docs/mcp.md",
  "docs/messages.md",
  "docs/observability.md",
  "docs/provider-signals.md",
  "docs/providers.md",
  "docs/requests.md",
  "docs/responses.md",
  "docs/runtimes.md",
  "docs/several-providers.md",
  "packages/core/README.md",
  "packages/cli/README.md",
  "packages/gateway/README.md",
  "packages/providers/README.md",
];

function read(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** The headings of a text, as its links name them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
}

describe.each(TEXTS)("%s", (file) => {
  it.each(blocksOf(read(file), "ts"))("block %i runs, and prints what its comments say", async (_, code) => {
    const { stdout, refused } = await runProgram(code);
    for (const promised of promisesOf(code)) expect(stdout).toContain(promised);
    expect(refused).toBe(0);
  });

  it.each(blocksOf(read(file), "diff"))("diff %i runs afterwards", async (_, diff) => {
    const { refused } = await runProgram(afterwards(diff));
    expect(refused).toBe(0);
  });

  it("links to files that are there", () => {
    for (const [, target = ""] of read(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(existsSync(join(root, dirname(file), target)), target).toBe(true);
    }
  });

  it("links to headings that are there", () => {
    for (const [, target = "", anchor = ""] of read(file).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/g)) {
      const path = target === "" ? file : join(dirname(file), target);
      const text = read(path.endsWith(".md") ? path : join(path, "README.md"));
      expect(anchorsOf(text), `${target}#${anchor}`).toContain(anchor);
    }
  });
});

it("no README promises more than one screen can hold: 150 lines", () => {
  const readmes = [
    ...TEXTS,
    ...["langchain", "langflow", "litellm", "sandbox"].map((name) => `packages/${name}/README.md`),
  ];
  for (const file of readmes.filter((name) => name !== "docs/benchmarks.md"))
    expect(read(file).split("\n").length).toBeLessThanOrEqual(151);
});
