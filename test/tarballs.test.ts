import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const names = ["core", "sandbox", "langchain"];

/** What a stranger's program does with the packed packages. */
const program = `
const sandbox = await createSandbox();
const settings = { apiKey: "k", baseURL: sandbox.baseURL, ledger: "memory" };
const laplas = createLaplas(settings);
const answer = await laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
const message = await new ChatLaplas({ model: "gpt-4o-mini", ...settings }).invoke("Hello");
console.log(answer.choices[0].message.content === message.text, sandbox.counts().refused);
await laplas.close();
await sandbox.close();
`;

describe("the packed packages in an empty project", () => {
  let project: string;

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), "laplas-tarballs-"));
    // pnpm and not npm packs: it writes the version in place of "workspace:".
    for (const name of names) {
      await run("npx", ["--yes", "pnpm@12", "pack", "--pack-destination", project], {
        cwd: join(root, "packages", name),
      });
    }
    const tarballs = (await readdir(project)).filter((file) => file.endsWith(".tgz"));
    expect(tarballs).toHaveLength(names.length);
    const file = (name: string): string =>
      `file:./${tarballs.find((tarball) => tarball.startsWith(`laplas-${name}-`))}`;
    const dependencies = Object.fromEntries(names.map((name) => [`@laplas/${name}`, file(name)]));
    const manifest = { private: true, type: "module", dependencies: { ...dependencies, "@langchain/core": "1.4.0" } };
    await writeFile(join(project, "package.json"), JSON.stringify(manifest));
    await run("npm", ["install", "--no-audit", "--no-fund"], { cwd: project });
  }, 120_000);

  afterAll(() => rm(project, { recursive: true, force: true }));

  it("are imported as ES modules", async () => {
    const imports = `
      import { createLaplas } from "@laplas/core";
      import { createSandbox } from "@laplas/sandbox";
      import { ChatLaplas } from "@laplas/langchain";`;
    await writeFile(join(project, "esm.mjs"), imports + program);
    const { stdout, stderr } = await run(process.execPath, ["esm.mjs"], { cwd: project });
    expect(stdout).toBe("true 0\n");
    expect(stderr).toBe("");
  });

  it("are required as CommonJS", async () => {
    const requires = `
      const { createLaplas } = require("@laplas/core");
      const { createSandbox } = require("@laplas/sandbox");
      const { ChatLaplas } = require("@laplas/langchain");
      const { AIMessage } = require("@langchain/core/messages");`;
    const check = `const one = new ChatLaplas({ model: "gpt-4o-mini", ...settings });`;
    const body = program
      .replace("const message =", `${check}\nconst message =`)
      .replace(".refused)", `.refused, message instanceof AIMessage)`);
    await writeFile(join(project, "cjs.cjs"), `${requires}\n(async () => {${body}})();`);
    const { stdout, stderr } = await run(process.execPath, ["cjs.cjs"], { cwd: project });
    // The last: both sides met the same copy of @langchain/core.
    expect(stdout).toBe("true 0 true\n");
    expect(stderr).toBe("");
  });

  it.each(names)("hold only what is published: %s", async (name) => {
    const files = await readdir(join(project, "node_modules", "@laplas", name));
    expect(files.sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
    const built = await readdir(join(project, "node_modules", "@laplas", name, "dist"), { recursive: true });
    expect(built.filter((file) => /\.test\.|testing/.test(file))).toEqual([]);
  });
});
