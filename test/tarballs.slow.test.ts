import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type BuildOptions, type BuildResult, build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const libraries = ["core", "sandbox", "providers", "langchain", "gateway"];
/** What the packages are called, by their folders. */
const names = new Map([...libraries.map((name) => [name, `@laplas/${name}`] as const), ["cli", "laplas"]]);

/** What a stranger's program does with the packed packages. */
const program = `
const sandbox = await createSandbox();
const settings = { apiKey: "k", baseURL: sandbox.baseURL, ledger: "memory" };
const laplas = createLaplas(settings);
const answer = await laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
const message = await new ChatLaplas({ model: "gpt-4o-mini", ...settings }).invoke("Hello");
// The headers of \`fetch\`, which undici's own interface does not send.
const fetched = sandbox.requests.filter(({ headers }) => "sec-fetch-mode" in headers).length;
console.log(answer.choices[0].message.content === message.text, fetched, sandbox.counts().refused);
await laplas.close();
await sandbox.close();
`;

describe("the packed packages in an empty project", () => {
  let project: string;

  beforeAll(async () => {
    project = await mkdtemp(join(tmpdir(), "laplas-tarballs-"));
    // pnpm and not npm packs: it writes the version in place of "workspace:".
    for (const folder of names.keys()) {
      await run("npx", ["--yes", "pnpm@12", "pack", "--pack-destination", project], {
        cwd: join(root, "packages", folder),
      });
    }
    const tarballs = (await readdir(project)).filter((file) => file.endsWith(".tgz"));
    expect(tarballs).toHaveLength(names.size);
    const file = (name: string): string => {
      const prefix = name.replace("@", "").replace("/", "-");
      return `file:./${tarballs.find((tarball) => new RegExp(`^${prefix}-\\d`).test(tarball))}`;
    };
    const dependencies = Object.fromEntries([...names.values()].map((name) => [name, file(name)]));
    const others = { "@langchain/core": "1.4.0", "@types/node": "^24.0.0", langchain: "1.5.14" };
    const manifest = { private: true, type: "module", dependencies: { ...dependencies, ...others } };
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
    expect(stdout).toBe("true 0 0\n");
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
    expect(stdout).toBe("true 0 0 true\n");
    expect(stderr).toBe("");
  });

  it("bring the entry points for agents and for initChatModel", async () => {
    const code = `
      import "@laplas/langchain/register";
      import { laplasBudgetMiddleware } from "@laplas/langchain/middleware";
      import { createSandbox } from "@laplas/sandbox";
      import { initChatModel } from "langchain";
      const sandbox = await createSandbox();
      const settings = { apiKey: "k", baseURL: sandbox.baseURL, ledger: "memory" };
      const model = await initChatModel("gpt-4o-mini", { modelProvider: "laplas", ...settings });
      console.log((await model.invoke("Hello")).text, typeof laplasBudgetMiddleware);
      await sandbox.close();`;
    await writeFile(join(project, "entries.mjs"), code);
    const { stdout } = await run(process.execPath, ["entries.mjs"], { cwd: project });
    expect(stdout).toBe("Hello there! How can I help you today? function\n");
  });

  it("bring other providers to import and to require, for the engine beside them", async () => {
    const body = `
      const engine = createEngine({ providers: [groq({ apiKey: "k", baseURL: "http://127.0.0.1:9/v1" })], ledger: "memory" });
      console.log(engine.provider.id, documents.length > 5);
      engine.close();`;
    const names = "{ documents, groq }";
    const esm = `import { createEngine } from "@laplas/core"; import ${names} from "@laplas/providers"; ${body}`;
    const cjs = `const { createEngine } = require("@laplas/core"); const ${names} = require("@laplas/providers"); ${body}`;
    await writeFile(join(project, "providers.mjs"), esm);
    await writeFile(join(project, "providers.cjs"), cjs);
    for (const file of ["providers.mjs", "providers.cjs"]) {
      expect(await run(process.execPath, [file], { cwd: project })).toEqual({ stdout: "groq true\n", stderr: "" });
    }
  });

  it("bring a gateway to import and to require", async () => {
    const body = `
      const laplas = createLaplas({ apiKey: "k", baseURL: "http://127.0.0.1:9/v1", ledger: "memory" });
      const server = await listen(createGateway({ laplas }), { port: 0 });
      console.log((await fetch(server.url + "/ready")).status);
      await server.close();
      await laplas.close();`;
    const names = "{ createGateway, listen }";
    const esm = `import { createLaplas } from "@laplas/core"; import ${names} from "@laplas/gateway"; ${body}`;
    const cjs = `const { createLaplas } = require("@laplas/core"); const ${names} = require("@laplas/gateway"); (async () => {${body}})();`;
    await writeFile(join(project, "gateway.mjs"), esm);
    await writeFile(join(project, "gateway.cjs"), cjs);
    for (const file of ["gateway.mjs", "gateway.cjs"]) {
      expect(await run(process.execPath, [file], { cwd: project })).toEqual({ stdout: "200\n", stderr: "" });
    }
  });

  it("bring a command that answers and serves", async () => {
    const environment = { PATH: process.env.PATH, HOME: project, LAPLAS_LEDGER: "memory" };
    const options = { cwd: project, env: environment };
    const command = join(project, "node_modules", ".bin", "laplas");
    const { version } = JSON.parse(await readFile(join(root, "packages", "cli", "package.json"), "utf8"));
    expect((await run(command, ["--version"], options)).stdout).toBe(`${version}\n`);
    expect((await run(command, ["serve", "--help"], options)).stdout).toContain("Usage: laplas serve");
    const { stdout } = await run(command, ["chat", "--sandbox", "Hello"], options);
    expect(stdout).toBe("Hello there! How can I help you today?\n");
    expect((await run(command, ["completion", "bash"], options)).stdout).toContain("complete -F _laplas laplas");
    await run(command, ["config", "set", "port", "4200", "--config", "own.json"], options);
    expect(await readFile(join(project, "own.json"), "utf8")).toBe('{\n  "port": 4200\n}\n');
    const served = spawn(command, ["serve", "--sandbox", "--port", "0", "--json"], { ...options, stdio: "pipe" });
    try {
      const [line] = await once(createInterface(served.stdout), "line");
      const { url } = JSON.parse(String(line));
      expect((await fetch(`${url}/ready`)).status).toBe(200);
    } finally {
      const ended = once(served, "exit");
      served.kill("SIGTERM");
      await ended;
    }
  });

  it("type-check in a strict program that checks libraries too", async () => {
    const code = `
      import { createEngine, createLaplas, type ChatCompletion, type Engine, type ProviderDocument, type TierDocument } from "@laplas/core";
      import { createGateway, listen, type GatewayServer } from "@laplas/gateway";
      import { ChatLaplas, LaplasEmbeddings, LaplasImages } from "@laplas/langchain";
      import { groq, type ProviderFactory, provider } from "@laplas/providers";
      import { createSandbox } from "@laplas/sandbox";
      export const models = [new ChatLaplas("gpt-4o-mini"), new LaplasEmbeddings("voyage-2"), new LaplasImages("flux/schnell")];
      export const tier: TierDocument = { name: "mine", title: "mine", extends: "free", rules: [] };
      export const serve = (): Promise<GatewayServer> => listen(createGateway({ laplas: createLaplas() }));
      export const engine = (): Engine => createEngine({ providers: [groq({ apiKey: "k" })] });
      export const own = (document: ProviderDocument): ProviderFactory => provider(document);
      export async function ask(): Promise<ChatCompletion> {
        const sandbox = await createSandbox();
        const laplas = createLaplas({ apiKey: "k", baseURL: sandbox.baseURL, tier });
        // @ts-expect-error a model is asked by its id
        await laplas.chat({ model: 5, messages: [] });
        return laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
      }`;
    await writeFile(join(project, "program.ts"), code);
    const compilerOptions = {
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      module: "nodenext",
      target: "es2023",
      lib: ["es2024", "dom", "dom.iterable", "dom.asynciterable"],
      types: ["node"],
    };
    await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }));
    const { stdout } = await run(join(root, "node_modules", ".bin", "tsc"), ["-p", project]).catch((error) => error);
    expect(stdout).toBe("");
  });

  it.each<[string, BuildOptions, imports: RegExp, undici: boolean]>([
    ["a browser", { platform: "browser" }, /^$/, false],
    ["Cloudflare's workers", { platform: "browser", conditions: ["workerd", "worker"] }, /^$/, false],
    ["another edge", { platform: "browser", conditions: ["edge-light", "worker"] }, /^$/, false],
    ["Node", { platform: "node" }, /^node:/, true],
  ])("are bundled for %s", async (_, options, imports, undici) => {
    const code = `
      import { createLaplas } from "@laplas/core";
      import { ChatLaplas } from "@laplas/langchain";
      import { laplasBudgetMiddleware } from "@laplas/langchain/middleware";
      console.log(typeof createLaplas, typeof ChatLaplas, typeof laplasBudgetMiddleware);`;
    await writeFile(join(project, "bundled.js"), code);
    const { metafile, warnings }: BuildResult<{ metafile: true }> = await build({
      absWorkingDir: project,
      entryPoints: ["bundled.js"],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      logLevel: "silent",
      ...options,
    });
    expect(warnings.map(({ text }) => text)).toEqual([]);
    const [output] = Object.values(metafile.outputs);
    expect(output?.imports.filter(({ path }) => !imports.test(path))).toEqual([]);
    expect(Object.keys(metafile.inputs).some((file) => file.includes("node_modules/undici/"))).toBe(undici);
  });

  it.each([...names.values()])("hold only what is published: %s", async (name) => {
    const files = await readdir(join(project, "node_modules", name));
    // The page of the gateway holds code of others.
    const more = name === "@laplas/gateway" ? ["THIRD-PARTY.md"] : [];
    expect(files.sort()).toEqual(["LICENSE", "README.md", ...more, "dist", "package.json"]);
    const built = await readdir(join(project, "node_modules", name, "dist"), { recursive: true });
    expect(built.filter((file) => /\.test\.|testing/.test(file))).toEqual([]);
  });
});
