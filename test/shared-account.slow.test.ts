import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSandbox, type LoggedRequest, type Sandbox } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";
import { hasRedis, startRedis } from "../packages/core/src/testing/redis.ts";
import { startFile, startGateway } from "./gateway/child.ts";
import { readQuota } from "./gateway/open-gateway.ts";
import { until } from "./gateway/until.ts";
import type { WorkerNews, WorkerSettings } from "./shared-account/worker.ts";

/** One account for many processes, over real HTTP, each a program of its own: before a server that takes one call at a time. */

const WORKERS = 4;
const CALLS_EACH = 40;
const AT_ONCE = 3;

interface Worker {
  readonly name: string;
  readonly outcomes: readonly string[];
  readonly isDone: boolean;
  begin(): void;
  kill(): Promise<void>;
}

async function startWorker(settings: WorkerSettings): Promise<Worker> {
  const child: ChildProcess = fork(
    fileURLToPath(new URL("shared-account/worker.ts", import.meta.url)),
    [JSON.stringify(settings)],
    { execArgv: ["--disable-warning=ExperimentalWarning"] },
  );
  const exit = once(child, "exit");
  const end = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await exit;
  };
  onTestFinished(end);
  const outcomes: string[] = [];
  let isDone = false;
  let isReady = false;
  child.on("message", (news: WorkerNews) => {
    if (news.kind === "ended") outcomes.push(news.outcome);
    isReady ||= news.kind === "ready";
    isDone ||= news.kind === "done";
  });
  await until(`${settings.name} is ready`, () => isReady, Boolean, 120_000);
  return {
    name: settings.name,
    outcomes,
    get isDone() {
      return isDone;
    },
    begin: () => void child.send("begin"),
    kill: end,
  };
}

/** Whose request it was: each names its worker. */
function ownerOf({ body }: LoggedRequest): string {
  return /worker-\d/.exec(JSON.stringify(body))?.[0] ?? "";
}

const LEDGERS: Readonly<Record<string, () => Promise<WorkerSettings["ledger"]>>> = {
  "an SQLite file": async () => {
    const directory = mkdtempSync(join(tmpdir(), "laplas-shared-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    return `sqlite:${join(directory, "ledger.sqlite")}`;
  },
  ...(hasRedis()
    ? {
        "a Redis": async () => {
          const server = await startRedis();
          onTestFinished(() => server.stop());
          return server.url as `redis://${string}`;
        },
      }
    : {}),
};

function openSandbox(): Promise<Sandbox> {
  const sandbox = createSandbox({ chunkDelayMs: 1, latencyMs: 2 });
  onTestFinished(async () => (await sandbox).close());
  return sandbox;
}

describe.each(Object.entries(LEDGERS))("four processes on %s", (_, open) => {
  it("one of them killed in mid-call: nothing is refused, all that the others ask is answered, in fair turns", {
    timeout: 400_000,
  }, async () => {
    const [sandbox, ledger] = [await openSandbox(), await open()];
    const workers = await Promise.all(
      Array.from({ length: WORKERS }, (_unused, index) =>
        startWorker({
          name: `worker-${index}`,
          baseURL: sandbox.baseURL,
          ledger,
          calls: CALLS_EACH,
          atOnce: AT_ONCE,
        }),
      ),
    );
    const [victim, ...survivors] = workers as [Worker, ...Worker[]];
    const isFatal = (request: LoggedRequest): boolean =>
      ownerOf(request) === victim.name && sandbox.requests.filter((other) => ownerOf(other) === victim.name).length > 8;
    const over = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: over.promise }, { when: isFatal });
    for (const worker of workers) worker.begin();
    await until(
      "the call to be killed in",
      () => sandbox.requests.at(-1),
      (newest) => newest?.outcome === "running" && isFatal(newest),
      60_000,
    );
    await victim.kill();
    const killedAt = sandbox.requests.length;
    // The server does not hear that one has died, and goes on for a while: what the others sent meanwhile, it would refuse.
    setTimeout(over.resolve, 1_500);
    expect(victim.outcomes.length).toBeLessThan(CALLS_EACH);

    await until("the survivors", () => survivors.every(({ isDone }) => isDone), Boolean, 300_000);
    for (const { outcomes } of survivors) expect(outcomes).toEqual(Array(CALLS_EACH).fill("answered"));
    await sandbox.idle();
    expect(sandbox.requests.filter(({ outcome }) => outcome === "refused")).toEqual([]);
    expect(sandbox.counts()).toMatchObject({ refused: 0, probe: 0, faulted: 1 });

    // While all three were at work.
    const turns = sandbox.requests.slice(killedAt).map(ownerOf);
    const ends = survivors.map(({ name }) => turns.lastIndexOf(name));
    const grants = survivors.map(
      ({ name }) => turns.slice(0, Math.min(...ends)).filter((owner) => owner === name).length,
    );
    const fair = grants.reduce((sum, count) => sum + count, 0) / grants.length;
    expect(fair).toBeGreaterThan(10);
    for (const count of grants) expect(Math.abs(count - fair)).toBeLessThanOrEqual(Math.max(1, fair * 0.1));
  });
});

describe.skipIf(!hasRedis())("three gateways on one Redis", () => {
  it("nothing is refused upstream, and each tells the quota of all", { timeout: 300_000 }, async () => {
    const [sandbox, server] = [await openSandbox(), await startRedis()];
    onTestFinished(() => server.stop());
    const engine = { baseURL: sandbox.baseURL, ledger: server.url as `redis://${string}` };
    const gateways = await Promise.all([1, 2, 3].map(() => startGateway({ engine })));
    const callsEach = 24;
    const clients = gateways.map(({ baseURL }, index) =>
      startFile("busy-client.ts", [baseURL, `client-${index}`, String(callsEach)]),
    );
    for (const client of clients) {
      expect([await client.ended(90_000), client.stderr()]).toEqual([0, ""]);
      const outcomes = client.stdout().trimEnd().split("\n");
      expect(outcomes.filter((outcome) => outcome !== "left")).toEqual(Array((callsEach * 7) / 8).fill("answered"));
    }
    const quotas = await until(
      "the account",
      () => Promise.all(gateways.map(({ baseURL }) => readQuota(baseURL))),
      (all) => all.every(({ running, waiting }) => running + waiting === 0),
    );
    expect(sandbox.counts()).toMatchObject({ refused: 0, probe: 0, answered: 3 * callsEach });
    for (const { windows } of quotas) expect(windows[0]).toMatchObject({ used: sandbox.used(), held: 0 });
  });
});
