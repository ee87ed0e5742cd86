import { readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createSandbox, paidRules } from "@laplas/sandbox";
import { expect, it, onTestFinished } from "vitest";
import { startLaplas } from "./child.ts";
import { readStream } from "./event-text.ts";
import { API_KEY, ask, post, readQuota } from "./open-gateway.ts";
import { until } from "./until.ts";

const STREAMS = 1_000;
const MEGABYTE = 1_000_000;

it("holds a thousand streams open at once, gives each whole and in order, and settles all", async () => {
  const sandbox = await createSandbox({ rules: paidRules });
  onTestFinished(() => sandbox.close());
  const gateway = startLaplas(["serve", "--port", "0", "--tier", "paid", "--ledger", "memory", "--log", "json"], {
    LAPLAS_API_KEY: API_KEY,
    LAPLAS_BASE_URL: sandbox.baseURL,
  });
  const baseURL = (await gateway.says(/Base URL +(\S+)\n/))[1] ?? "";
  const fresh = residentBytes(gateway.pid);
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  onTestFinished(() => agent.destroy());
  const prompts = Array.from({ length: STREAMS }, (_, index) => `Write 20 words about mill number ${index}.`);
  // The code of a stream is loaded and compiled: what comes after is the streams' own.
  await (await post(baseURL, ask("Hello", { stream: true }))).text();
  const idle = residentBytes(gateway.pid);

  const open = Promise.withResolvers<void>();
  sandbox.fault({ kind: "hold", until: open.promise, afterChunks: 1 }, { times: STREAMS });
  const streams = prompts.map((prompt) => streamText(`${baseURL}/chat/completions`, prompt, agent));
  await sandbox.received(1 + STREAMS);
  expect(sandbox.running()).toBe(STREAMS);
  const loaded = residentBytes(gateway.pid);
  open.resolve();
  const answers = await Promise.all(streams);

  const wholes = await Promise.all(
    prompts.map(async (prompt) => {
      const response = await post(baseURL, ask(prompt));
      return ((await response.json()) as { choices: [{ message: { content: string } }] }).choices[0].message.content;
    }),
  );
  for (const [index, { status, body }] of answers.entries()) {
    expect(status).toBe(200);
    expect(readStream(body)).toEqual({ text: wholes[index], isWhole: true, error: undefined });
  }

  expect(await readQuota(baseURL)).toMatchObject({ running: 0, waiting: 0 });
  const told = await until(
    "lines of the log",
    () => callsOf(gateway.stdout()),
    (calls) => calls.length >= 2 * STREAMS + 1,
  );
  expect(told).toHaveLength(2 * STREAMS + 1);
  expect(told.filter(({ outcome, estimated }) => outcome !== "answered" || estimated)).toEqual([]);
  expect(told.reduce((sum, { apiTokens }) => sum + apiTokens, 0)).toBe(sandbox.used());
  expect(gateway.stderr()).not.toMatch(/error|warn/i);

  const figures = [fresh, idle, loaded, residentBytes(gateway.pid)].map(
    (bytes) => `${Math.round(bytes / MEGABYTE)} MB`,
  );
  const [started, first, high, end] = figures;
  console.log(
    `gateway memory: ${started} started, ${first} after a first call, ${high} under ${STREAMS} open streams, ${end} afterwards`,
  );
  expect(loaded).toBeLessThan(500 * MEGABYTE);
}, 300_000);

function callsOf(log: string) {
  const lines = log.split("\n").filter((line) => line.endsWith("}") && line.includes('"endpoint":"chat"'));
  return lines.map((line) => JSON.parse(line) as { outcome: string; apiTokens: number; estimated: boolean });
}

/** As Linux tells it; elsewhere nothing is known, and nothing asserted. */
function residentBytes(pid: number | undefined): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes) * 1_024;
  } catch {
    return 0;
  }
}

function streamText(url: string, prompt: string, agent: Agent): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const call = request(url, { method: "POST", agent, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        body += piece;
      });
      response.on("end", () => resolve({ status: response.statusCode, body }));
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(ask(prompt, { stream: true }));
  });
}
