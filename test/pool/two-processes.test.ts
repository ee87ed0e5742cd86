import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSandbox, type LoggedRequest, type PresetSandbox } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";
import type { PoolWorkerNews, PoolWorkerSettings } from "./pool-worker.ts";

const PRESETS = ["groq", "gemini", "openrouter"] as const;
type Sandboxes = Readonly<Record<(typeof PRESETS)[number], PresetSandbox>>;
const ROUTE = ["groq/openai/gpt-oss-120b", "gemini/gemini-2.5-flash", "openrouter/openai/gpt-oss-120b:free"];

async function openSandboxes(): Promise<Sandboxes> {
  // The minute is the same for all of a test, whenever it begins.
  const clock = { start: new Date("2026-11-20T12:00:10Z") };
  const opened = await Promise.all(
    PRESETS.map(async (preset) => [preset, await createSandbox({ preset, clock })] as const),
  );
  onTestFinished(() => Promise.all(opened.map(([, sandbox]) => sandbox.close())).then(() => {}));
  return Object.fromEntries(opened) as unknown as Sandboxes;
}

/** Two processes on one file begin at once. */
async function runProcesses(
  sandboxes: Sandboxes,
  amount: Pick<PoolWorkerSettings, "callers" | "calls">,
  prepare: () => Promise<void> = async () => {},
): Promise<PoolWorkerNews> {
  const folder = mkdtempSync(join(tmpdir(), "laplas-pool-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const settings: PoolWorkerSettings = {
    ledger: `sqlite:${join(folder, "ledger.sqlite")}`,
    baseURLs: {
      groq: sandboxes.groq.baseURL,
      gemini: sandboxes.gemini.baseURL,
      openrouter: sandboxes.openrouter.baseURL,
    },
    route: ROUTE,
    ...amount,
  };
  const children = Array.from({ length: 2 }, () =>
    fork(fileURLToPath(new URL("pool-worker.ts", import.meta.url)), [JSON.stringify(settings)], {
      execArgv: ["--disable-warning=ExperimentalWarning"],
    }),
  );
  onTestFinished(() => {
    for (const child of children) if (child.exitCode === null) child.kill("SIGKILL");
  });
  await Promise.all(children.map((child) => once(child, "message")));
  await prepare();
  const news = await Promise.all(
    children.map(async (child) => {
      const end = once(child, "message");
      child.send("begin");
      const [told] = (await end) as [PoolWorkerNews];
      return told;
    }),
  );
  return { answered: news.flatMap(({ answered }) => answered), errors: news.flatMap(({ errors }) => errors) };
}

const chats = (sandboxes: Sandboxes): LoggedRequest[] =>
  Object.values(sandboxes).flatMap(({ requests }) => requests.filter(({ method }) => method === "POST"));

describe("two processes with one ledger, at a pool of three providers", () => {
  it("share what each minute has: none of their requests is refused, and all of it is used", async () => {
    const sandboxes = await openSandboxes();
    const { answered, errors } = await runProcesses(sandboxes, { callers: 4, calls: 9 });
    const requests = chats(sandboxes);
    expect(requests.filter(({ outcome }) => outcome !== "answered")).toEqual([]);
    // 30 of Groq, 5 of Gemini, 20 of OpenRouter; what Groq's minute gains meanwhile comes on top.
    expect(answered.length).toBeGreaterThanOrEqual(30 + 5 + 20);
    expect(new Set(answered)).toEqual(new Set(PRESETS));
    // Who was turned away would have waited for longer than its patience, and is told for how long.
    expect(answered.length + errors.length).toBe(2 * 4 * 9);
    for (const { waitMs, message } of errors) {
      expect(waitMs).toBeGreaterThan(100);
      for (const target of ROUTE) expect(message).toContain(`- ${target}: `);
    }
  });

  it.each([
    ["that refuses connections", async ({ groq }: Sandboxes) => groq.kill()],
    [
      "that answers 503",
      async ({ groq }: Sandboxes) => groq.fault({ kind: "serverError", status: 503 }, { times: 1_000 }),
    ],
    ["that wants to be paid", async ({ groq }: Sandboxes) => groq.fault({ kind: "paymentRequired" }, { times: 1_000 })],
  ] as const)("get no error from a provider %s", async (_, kill) => {
    const sandboxes = await openSandboxes();
    const { answered, errors } = await runProcesses(sandboxes, { callers: 2, calls: 5 }, () => kill(sandboxes));
    expect(errors).toEqual([]);
    expect(answered).toHaveLength(20);
    expect(answered).not.toContain("groq");
    expect(chats(sandboxes).filter(({ outcome }) => outcome === "refused")).toEqual([]);
  });
});
