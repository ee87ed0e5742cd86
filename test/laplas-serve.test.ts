import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { spawnLaplas } from "./spawn-laplas.ts";

/** `laplas serve` in a process of its own. Everything else of it is tested beside the source. */

function folderOfTest(): string {
  const folder = mkdtempSync(join(tmpdir(), "laplas-serve-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it("says where it listens, which tier, what is left; answers, logs and stops in order", async () => {
  const folder = folderOfTest();
  const run = spawnLaplas(["serve", "--sandbox", "--port", "0", "--log", "text"], { folder });
  const [, baseURL = ""] = await run.until("stderr", /Base URL {2}(http:\/\/127\.0\.0\.1:\d+\/v1)\n/);
  await run.until("stderr", /Ctrl-C stops it\.\n/);
  expect(run.stderr()).toMatch(/Tier {6}free, on an embedded sandbox: nothing is spent\n/);
  expect(run.stderr()).toMatch(/Left {6}50,000 of 50,000 API tokens until .*\d\d:\d\d \S+ \(daily_api_tokens\)/);
  expect(run.stderr()).toMatch(/Clients {3}anyone on this machine/);
  // The account of its sandbox.
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^laplas-sandbox-/)]);
  const response = await fetch(`${baseURL}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] }),
  });
  expect(await response.json()).toMatchObject({ usage: { total_tokens: 18, api_tokens: 16 } });
  await run.until("stdout", /call POST \/v1\/chat\/completions .*outcome=answered .*apiTokens=16.*\n/);
  run.child.kill("SIGTERM");
  expect(await run.ended).toBe(0);
  expect(run.stderr()).toMatch(/SIGTERM: stopping\. 0 requests may finish within 30 s[\s\S]*\nStopped\.\n$/);
  expect(run.stdout() + run.stderr()).not.toMatch(/Warning|Error|at .*\.js:\d/);
  expect(readdirSync(folder)).toEqual([]);
});

it("tells with --json in its log where it listens", async () => {
  const run = spawnLaplas(["serve", "--sandbox", "--port", "0", "--json"], { folder: folderOfTest() });
  const [line] = await run.until("stdout", /^.*\n/);
  expect(JSON.parse(line)).toMatchObject({ msg: "listening", url: expect.stringMatching(/^http/), sandbox: true });
  run.child.kill("SIGINT");
  expect(await run.ended).toBe(0);
  expect(JSON.parse(run.stdout().trim().split("\n").at(-1) ?? "")).toMatchObject({ msg: "stopped", cut: 0 });
});

it("ends with 2 where the port is taken, in one line of our own", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const folder = folderOfTest();
  const run = spawnLaplas(["serve", "--sandbox", "--port", String(port)], { folder });
  expect(await run.ended).toBe(2);
  expect(run.stdout()).toBe("");
  expect(run.stderr()).toMatch(/^laplas: Port \d+ is taken.*--port.*\n$/);
  expect(readdirSync(folder)).toEqual([]);
});
