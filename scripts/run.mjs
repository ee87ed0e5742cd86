// Runs a program of this workspace on any machine with Node 20 and npm: installs and builds what is missing, then
// hands over to Node 24, which the workspace brings along. Plain JavaScript, because Node 20 can't run TypeScript.
//
//   node scripts/run.mjs examples/demo/main.ts [args]     a TypeScript file
//   node scripts/run.mjs packages/cli/dist/laplas.js serve
//   node scripts/run.mjs vitest run [args]                a program of a devDependency
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "./build.mjs";
import { install } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const nodeDirectory = join(root, "node_modules", "node", "bin");
const env = { ...process.env, PATH: [nodeDirectory, bin, process.env.PATH].join(delimiter) };

const [program, ...args] = process.argv.slice(2);
if (program === undefined) {
  console.error("usage: node scripts/run.mjs <file.ts | program> [args]");
  process.exit(2);
}
try {
  await install(root);
  await build(root, env);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

// npm runs scripts in the workspace's root; a folder that the user names is meant from where they stand.
const cwd = process.env.INIT_CWD ?? process.cwd();
const isFile = /\.[jt]s$/.test(program);
const [command, commandArgs] = isFile
  ? [join(nodeDirectory, "node"), [join(root, program), ...args]]
  : [join(bin, program), args];
const child = spawn(command, commandArgs, { cwd: isFile ? cwd : root, env, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`${program} can't be started: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 130));
