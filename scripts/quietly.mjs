import { spawn } from "node:child_process";

/** Runs a command under one line of text. What it prints is shown only if it fails. */
export async function quietly(label, command, args, options) {
  const startedAt = Date.now();
  const out = process.stderr;
  out.write(`${label} ...`);
  const output = [];
  const code = await new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => output.push(chunk));
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code === 0) {
    out.write(` ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`);
    return;
  }
  out.write(" failed\n");
  throw new Error(
    `${Buffer.concat(output).toString()}\n${label} failed: ${command} ${args.join(" ")} ended with ${code}.`,
  );
}
