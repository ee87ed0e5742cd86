import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import * as esm from "@laplas/core";
import { createSandbox } from "@laplas/sandbox";
import { expect, it, onTestFinished } from "vitest";

const cjs = createRequire(import.meta.url)("@laplas/core") as typeof esm;

it("is one for a copy of the package that was imported and one that was required", async () => {
  expect(cjs.createLaplas).not.toBe(esm.createLaplas);
  const sandbox = await createSandbox({ latencyMs: 20 });
  const settings = { apiKey: "the-key", baseURL: sandbox.baseURL, ledger: "memory", maxRetries: 0 } as const;
  const engines = [esm.createLaplas(settings), cjs.createLaplas(settings), cjs.createLaplas(settings)] as const;
  onTestFinished(async () => {
    for (const engine of engines) await engine.close();
    await sandbox.close();
  });
  const hello = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "Hello" }] };
  await Promise.all([1, 2, 3].flatMap(() => engines.map((engine) => engine.chat(hello))));
  expect(sandbox.counts()).toMatchObject({ received: 9, answered: 9, refused: 0 });
  for (const engine of engines) expect((await engine.status()).windows[0]?.used).toBe(sandbox.used());

  // The account is not that of the copy which was there first.
  await engines[0].close();
  expect((await engines[1].status()).windows[0]?.used).toBe(sandbox.used());
});

it("serves where node:sqlite is missing, and a warning says so", () => {
  const code = `
    import { createLaplas } from "@laplas/core";
    const laplas = createLaplas({ apiKey: "k", baseURL: "http://127.0.0.1:9/v1", ledger: "sqlite:/proc/none/ledger" });
    console.log((await laplas.status()).ledger);
    await laplas.close();`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--no-experimental-sqlite", "--input-type=module", "--eval", code],
    { cwd: import.meta.dirname, encoding: "utf8" },
  );
  expect(stdout).toBe("memory\n");
  expect(stderr).toMatch(/node:sqlite is not available here, so the account is kept in memory/);
});
