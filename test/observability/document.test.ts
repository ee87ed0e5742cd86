import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLaplas } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import { createSandbox } from "@laplas/sandbox";
import { expect, it, onTestFinished } from "vitest";
import { blocksOf } from "../readme-blocks.ts";
import { COMMAND, spawnProgram } from "../spawn-laplas.ts";
import { labelsOf, scrapeEverything } from "./scrape-everything.ts";

const TEXT = readFileSync(fileURLToPath(new URL("../../docs/observability.md", import.meta.url)), "utf8");
const CHAT = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] };

function blockOf(language: string): string {
  const [[, code] = []] = blocksOf(TEXT, language);
  if (code === undefined) throw new Error(`no block of ${language}`);
  return code;
}

/** First cells of the table under a heading, as the names in them. */
function namesUnder(heading: string): string[] {
  const [, section = ""] = TEXT.split(`\n## ${heading}\n`);
  const [own = ""] = section.split("\n## ");
  return [...own.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = ""]) => codesIn(cell));
}

function codesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
}

it("the table of metrics has each that is told, with its labels, and no other", async () => {
  const told = labelsOf(await scrapeEverything());
  const rows = [...TEXT.matchAll(/^\| (`laplas_[^|]*) \|([^|]*)\|/gm)].flatMap(([, names = "", labels = ""]) =>
    codesIn(names).map((name) => [name, codesIn(labels).toSorted()] as const),
  );
  const parts = /_(bucket|sum|count)$/;
  const whole = new Map<string, string[]>();
  for (const [name, labels] of told) {
    whole.set(name.replace(parts, ""), [...labels].filter((label) => label !== "le").toSorted());
  }
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(whole));
});

it("the configuration for Prometheus scrapes a gateway whose client it names", async () => {
  const yaml = blockOf("yaml");
  const [, token = ""] = /credentials: (\S+)/.exec(yaml) ?? [];
  const [, target = ""] = /targets: \["(.*)"\]/.exec(yaml) ?? [];
  const sandbox = await createSandbox();
  const laplas = createLaplas({ apiKey: "any", baseURL: sandbox.baseURL, ledger: "memory" });
  const gateway = createGateway({ laplas, clients: [{ name: "prometheus", token }] });
  const server = await listen(gateway, { port: 0 });
  onTestFinished(async () => {
    await server.close(0);
    gateway.close();
    await laplas.close();
    await sandbox.close();
  });
  // What Prometheus asks where nothing is said of it: the path `/metrics`, by http, with `Bearer` before the credentials.
  const ask = (headers: Record<string, string>) => fetch(`${server.url}/metrics`, { headers });
  expect((await ask({ authorization: `Bearer ${token}` })).status).toBe(200);
  expect((await ask({})).status).toBe(401);
  expect(target).toBe("127.0.0.1:4114");
});

it("the command traces with the module, and logs the line, that the document shows", async () => {
  const folder = await mkdtemp(join(tmpdir(), "laplas-traces-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // As in a project that has the packages installed.
  symlinkSync(fileURLToPath(new URL("../node_modules", import.meta.url)), join(folder, "node_modules"));
  writeFileSync(join(folder, "tracing.mjs"), blockOf("js"));
  const [, options = "", args = ""] = /^NODE_OPTIONS="(.*)" laplas (.*)\n/.exec(blockOf("sh")) ?? [];
  const shown = JSON.parse(blockOf("json")) as Record<string, unknown>;
  const environment = {
    NODE_OPTIONS: options,
    LAPLAS_PORT: "0",
    LAPLAS_LEDGER: "memory",
    LAPLAS_LOG: "json",
    LAPLAS_GATEWAY_TOKEN: "a-token-of-the-notebook",
  };
  const program = spawnProgram(process.execPath, [COMMAND, ...args.split(" ")], { folder, environment });
  const [, url = ""] = await program.until("stdout", /"url":"([^"]+)".*\n/);
  const headers = { authorization: "Bearer a-token-of-the-notebook", "content-type": "application/json" };
  const traceparent = `00-${"7".repeat(32)}-${"7".repeat(16)}-01`;
  const body = JSON.stringify(CHAT);
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...headers, traceparent },
    body,
  });
  expect(answer.status).toBe(200);
  const [, line = ""] = await program.until("stdout", /^(\{.*"msg":"call".*\})$/m);
  const logged = JSON.parse(line) as Record<string, unknown>;
  const { traceId, ...others } = logged;
  expect(traceId).toBe("7".repeat(32));
  expect(Object.keys(others)).toEqual(Object.keys(shown));
  expect(Object.values(others).map((value) => typeof value)).toEqual(Object.values(shown).map((value) => typeof value));
  const [span] = await program.until("stdout", /name: 'chat gpt-4o-mini'[\s\S]*?\n\}/);
  expect(span).toContain(`'laplas.request_id': '${String(logged.requestId)}'`);
  // Each field of the line has its row, but for those that need none.
  const plain = ["time", "method", "path", "endpoint", "provider", "model", "streamed", "msg"];
  const rows = namesUnder("The log");
  expect(Object.keys(logged).filter((name) => !rows.includes(name) && !plain.includes(name))).toEqual([]);
});

it("the table of attributes has each that a span of ours has", async () => {
  const rows = namesUnder("Traces");
  const known = rows.map((name, place) => {
    if (!name.startsWith(".")) return name;
    const before = rows.slice(0, place).findLast((one) => !one.startsWith(".")) ?? "";
    return before.replace(/\.[^.]*$/, name);
  });
  const sources = ["call-attributes.ts", "answer-trace.ts"].map((file) =>
    readFileSync(fileURLToPath(new URL(`../../packages/core/src/trace/${file}`, import.meta.url)), "utf8"),
  );
  const written = [
    ...sources.join("\n").matchAll(/"((?:laplas|gen_ai\.(?:response|usage|operation|provider))[._][a-z_.]+)"/g),
  ];
  const names = new Set(written.map(([, name = ""]) => name));
  expect(names.size).toBeGreaterThan(15);
  expect([...names].filter((name) => !known.includes(name))).toEqual([]);
});
