import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";

const PACKAGE = new URL("../../", import.meta.url);

/** Packages whose code, and not only whose types, comes into the page with its sources. */
async function bundled(): Promise<string[]> {
  const page = new URL("src/page/", PACKAGE);
  const names = (await readdir(page, { recursive: true })).filter((name) => /(?<!\.test)\.tsx?$/.test(name));
  const found = new Set<string>();
  for (const name of names) {
    const text = await readFile(new URL(name, page), "utf8");
    for (const [, from = ""] of text.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^."][^"]*)";$/gm)) {
      if (!/^(?:node:|@laplas\/)/.test(from)) found.add(/^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? from);
    }
  }
  return [...found].sort();
}

it("has the licence of each package that the page holds, and the package brings it along", async () => {
  const names = await bundled();
  expect(names).toContain("preact");
  const text = await readFile(new URL("THIRD-PARTY.md", PACKAGE), "utf8");
  // Marked's licence has headings of its own, with capital letters.
  expect([...text.matchAll(/^## ([a-z].*)$/gm)].map(([, name]) => name)).toEqual(names);
  for (const name of names) {
    const licence = await readFile(new URL(`node_modules/${name}/LICENSE`, PACKAGE), "utf8");
    expect(text).toContain(`\n## ${name}\n\n\`\`\`text\n${licence.trim()}\n\`\`\`\n`);
  }
  const { files } = JSON.parse(await readFile(new URL("package.json", PACKAGE), "utf8"));
  expect(files).toContain("THIRD-PARTY.md");
});
