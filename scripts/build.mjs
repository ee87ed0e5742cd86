import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { quietly } from "./quietly.mjs";

/** What ends up in a package: the gateway's page is components, style sheets and markup too. */
const SOURCES = /\.(tsx?|css|html|svg)$/;
const PACKAGES = ["core", "sandbox", "providers", "langchain", "gateway", "cli"];

/** Builds the packages whose sources have changed since their last build: JavaScript by tsup, declarations by tsc. */
export async function build(root, env) {
  const stale = PACKAGES.filter((name) => !isBuilt(root, name));
  if (stale.length === 0) return;
  for (const name of stale) {
    const cwd = join(root, "packages", name);
    rmSync(join(cwd, "dist"), { recursive: true, force: true });
    await quietly(`Building packages/${name}`, join(root, "node_modules", ".bin", "tsup"), [], { cwd, env });
  }
  await quietly("Building declarations", join(root, "node_modules", ".bin", "tsc"), ["--build"], { cwd: root, env });
  for (const name of stale) {
    const dist = join(root, "packages", name, "dist");
    // A program that is run only has none.
    if (existsSync(join(dist, "cjs"))) giveCommonJsTypes(dist);
    writeFileSync(stampOf(root, name), sourceHash(root, name));
  }
}

/** The same declarations, read as CommonJS: a copy beside the CommonJS build, in a folder that says so. */
function giveCommonJsTypes(dist) {
  const commonJs = join(dist, "cjs");
  for (const file of declarationsIn(dist)) cpSync(join(dist, file), join(commonJs, file));
  writeFileSync(join(commonJs, "package.json"), '{ "type": "commonjs" }\n');
}

function declarationsIn(dist) {
  return readdirSync(dist, { recursive: true }).filter((file) => file.endsWith(".d.ts") && !file.startsWith("cjs"));
}

function isBuilt(root, name) {
  const stamp = stampOf(root, name);
  return existsSync(stamp) && readFileSync(stamp, "utf8") === sourceHash(root, name);
}

function stampOf(root, name) {
  return join(root, "packages", name, "dist", ".built");
}

function sourceHash(root, name) {
  const folder = join(root, "packages", name);
  const sources = readdirSync(join(folder, "src"), { recursive: true })
    .filter((file) => SOURCES.test(file) && !/\.test\.tsx?$/.test(file))
    .sort()
    .map((file) => join(folder, "src", file));
  const settings = ["package.json", "tsconfig.json", "tsup.config.ts"].map((file) => join(folder, file));
  const shared = [
    join(root, "tsconfig.base.json"),
    join(root, "scripts", "tsup-options.ts"),
    join(root, "pnpm-lock.yaml"),
  ];
  const hash = createHash("sha256");
  for (const file of [...sources, ...settings, ...shared])
    hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest("hex");
}
