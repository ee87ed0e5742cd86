/** Everything that must hold beside the tests: format and lint, types, unused code, and packages that can be published. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const PACKAGES = ["core", "sandbox", "providers", "langchain", "gateway", "cli"];

/** Runs a program of the workspace; what it prints is shown only if it fails. */
function step(label: string, program: string, args: readonly string[], cwd: string = root): void {
  process.stdout.write(`${label} ...`);
  try {
    execFileSync(program, args, { cwd, stdio: "pipe", encoding: "utf8" });
    process.stdout.write(" ok\n");
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    process.stdout.write(` failed\n${stdout ?? ""}${stderr ?? ""}\n`);
    process.exitCode = 1;
  }
}

step("format and lint", "biome", ["ci", "--colors=off", "."]);
step("types of the packages", "tsc", ["--build"]);
step("types of tests, examples and scripts", "tsc", ["-p", "tsconfig.check.json"]);
step("unused files, exports and dependencies", "knip", []);

const tarballs = mkdtempSync(join(tmpdir(), "laplas-tarballs-"));
try {
  for (const name of PACKAGES) {
    const folder = join(root, "packages", name);
    step(`publint packages/${name}`, "publint", ["--strict", "--pack", "npm"], folder);
    step(`pack packages/${name}`, "npm", ["pack", "--silent", "--pack-destination", tarballs], folder);
  }
  // What is run and never imported has no types.
  const imported = readdirSync(tarballs).filter((file) => file.startsWith("laplas-") && !/^laplas-\d/.test(file));
  for (const tarball of imported) step(`attw ${tarball}`, "attw", [join(tarballs, tarball)]);
} finally {
  rmSync(tarballs, { recursive: true, force: true });
}
