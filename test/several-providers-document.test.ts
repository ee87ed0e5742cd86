import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSandbox } from "@laplas/sandbox";
import { expect, it, onTestFinished } from "vitest";
import { COMMAND, type SpawnedProgram, spawnProgram } from "./spawn-laplas.ts";

const TEXT = readFileSync(fileURLToPath(new URL("../docs/several-providers.md", import.meta.url)), "utf8");
const PRESETS = ["groq", "gemini", "openrouter"] as const;

/** Lets the entries of a configuration ask the stand-ins, and nothing else of it change. */
const REDIRECT = `
const { readFileSync, writeFileSync } = require("node:fs");
const config = JSON.parse(readFileSync("laplas.config.json", "utf8"));
const presets = JSON.parse(process.env.PRESETS);
for (const entry of config.providers) entry.baseURL = presets[entry.provider];
writeFileSync("laplas.config.json", JSON.stringify(config));
`;

it("every command of docs/several-providers.md runs, against stand-ins of the providers", async () => {
  const folder = mkdtempSync(join(tmpdir(), "laplas-several-"));
  const presets = await Promise.all(PRESETS.map((preset) => createSandbox({ preset })));
  onTestFinished(async () => {
    await Promise.all(presets.map((one) => one.close()));
    rmSync(folder, { recursive: true, force: true });
  });
  const node = JSON.stringify(process.execPath);
  // Its state is kept in a folder of that name.
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "redirect.cjs"), REDIRECT);
  writeFileSync(
    join(folder, "bin", "laplas"),
    `#!/bin/sh\n${node} ${JSON.stringify(COMMAND)} "$@" || exit $?\nif [ "$1" = init ]; then ${node} redirect.cjs; fi\n`,
    { mode: 0o755 },
  );
  const where = {
    folder,
    environment: {
      PATH: `${join(folder, "bin")}:${process.env.PATH}`,
      PRESETS: JSON.stringify(Object.fromEntries(presets.map(({ preset, baseURL }) => [preset, baseURL]))),
      LAPLAS_PORT: "0",
      XDG_CONFIG_HOME: join(folder, "config"),
      GROQ_API_KEY: "any",
      GEMINI_API_KEY: "any",
      OPENROUTER_API_KEY: "any",
    },
  };
  let address = "";
  let server: SpawnedProgram | undefined;
  for (const [, kind, block = ""] of TEXT.matchAll(/^```(sh|console|json)\n([\s\S]*?)^```/gm)) {
    if (kind === "json") {
      // As the document has it, instead of what init has written: from here on there is a route.
      writeFileSync(join(folder, "laplas.config.json"), block);
      const redirected = spawnProgram("sh", ["-ec", `${node} redirect.cjs`], where);
      expect(await redirected.ended, redirected.stderr()).toBe(0);
    } else if (kind === "console") {
      server = spawnProgram(process.execPath, [COMMAND, "serve"], where);
      [, address = ""] = await server.until("stderr", /Page +(http:\/\/127\.0\.0\.1:\d+)\//);
      await server.until("stderr", /Ctrl-C stops it\.\n/);
      const [, promised = ""] = /^\$ laplas serve\n([\s\S]*)$/.exec(block) ?? [];
      // What was asked before has been counted, and the port is a free one.
      const plain = (text: string): string =>
        text
          .replace(/:\d+\//g, ":4114/")
          .replace(/\d+ of /g, "N of ")
          .trim();
      expect(plain(server.stderr())).toBe(plain(promised));
    } else {
      const commands = block.replaceAll("http://127.0.0.1:4114", address);
      const run = spawnProgram("sh", ["-euc", commands], where);
      run.child.stdin?.end();
      expect(await run.ended, `${commands}\n${run.stdout()}\n${run.stderr()}`).toBe(0);
    }
  }
  server?.child.kill("SIGINT");
  expect(await server?.ended).toBe(0);
  const [groq, , openrouter] = presets.map((one) => one.counts());
  expect(groq?.answered).toBeGreaterThan(1);
  expect([groq?.refused, openrouter?.refused]).toEqual([0, 0]);
});
