import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { LedgerError } from "../../errors/setup-errors.js";
import { type Child, startChild } from "../../testing/child.js";
import { rejection } from "../../testing/engine.js";
import { admitted, claimsOf, command, daily, holds, openSqlite, spend, temporaryFile } from "../../testing/ledger.js";
import { canMount, hasPrlimit, limitDescriptors, limitFileSize } from "../../testing/limits.js";
import type { LedgerStore } from "../ledger-store.js";
import { openLedger } from "../open-ledger.js";

const clock = { at: Date.now() };
const ofDay = claimsOf([daily]);

/** Opens a ledger as an engine does. A warning would say that another place has to serve: there is none. */
async function open(path: string, warn: (message: string) => void = expect.unreachable): Promise<LedgerStore> {
  const store = await openLedger({
    ledger: `sqlite:${path}`,
    durability: "process",
    now: () => clock.at,
    warn,
    environment: {},
  });
  onTestFinished(() => store.close());
  return store;
}

/** What every error of a ledger that can't be used says: its place, the cause, and two ways on. */
async function expectFailure(work: Promise<unknown>, cause: RegExp): Promise<void> {
  const error = await rejection(work);
  expect(error).toSatisfy(LedgerError.isInstance);
  const { message } = error as Error;
  expect(message).toMatch(/The ledger \S+ failed, so nothing was sent uncounted: /);
  expect(message).toMatch(cause);
  expect(message).toMatch(/\(LAPLAS_LEDGER\).*LAPLAS_LEDGER=sqlite:\/tmp\/.*LAPLAS_LEDGER=memory/);
}

describe("a ledger that can't be opened fails the call, and the next one tries again", () => {
  it.each<[string, RegExp, (path: string) => { path: string; mend?: () => void }]>([
    [
      "below a file",
      /ENOTDIR|EEXIST/,
      (path) => {
        writeFileSync(path, "a file");
        return { path: join(path, "ledger.sqlite"), mend: () => rmSync(path) };
      },
    ],
    ["in a file system without files", /ENOENT.*\/proc\/laplas/, () => ({ path: "/proc/laplas/ledger.sqlite" })],
    [
      "where a directory is",
      /not a file.*directory/,
      (path) => {
        mkdirSync(path);
        return { path, mend: () => rmdirSync(path) };
      },
    ],
  ])("%s", async (_, cause, make) => {
    const { path, mend } = make(temporaryFile());
    await expectFailure(open(path), cause);
    await expectFailure(open(path), cause);
    if (mend === undefined) return;
    mend();
    await spend(await open(path), 1);
  });

  it("names its place in a home that is missing", async () => {
    const opening = openLedger({
      ledger: "sqlite",
      durability: "process",
      now: Date.now,
      warn: (message) => expect.unreachable(message),
      environment: { HOME: "/proc/nobody", XDG_STATE_HOME: "", LOCALAPPDATA: "/proc/nobody" },
    });
    await expectFailure(opening, /ledger \/proc\/nobody\/\S+ledger\.sqlite/);
  });

  it("also for engines that have it open, when a directory comes in its place", async () => {
    const path = temporaryFile();
    const warnings: string[] = [];
    const store = await open(path, (message) => warnings.push(message));
    await spend(store, 3);
    for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
    mkdirSync(path);
    await expectFailure(store.reserve(command()), /not a file/);
    await expectFailure(open(path), /not a file/);
    rmdirSync(path);
    await spend(await open(path), 4);
    // Both find the same file again.
    expect((await store.view("account", ofDay)).windows[0]?.used).toBe(4);
    expect(warnings).toEqual([expect.stringMatching(/was deleted or moved/)]);
  });
});

/** Has a process make a call; resolves with what it tells of it. */
function caller(child: Child): () => Promise<string> {
  let asked = 0;
  return async () => {
    const pid = Number((await child.line("pid ")).slice("pid ".length));
    asked += 1;
    process.kill(pid, "SIGUSR2");
    return (await child.line(`${asked} `)).slice(`${asked} `.length);
  };
}

async function pidOf(child: Child): Promise<number> {
  return Number((await child.line("pid ")).slice("pid ".length));
}

describe.skipIf(!hasPrlimit())("a shortage", () => {
  it("of file descriptors lasts no longer than it does, however many are missing", async () => {
    const child = startChild("ask-on-signal.ts", temporaryFile());
    const call = caller(child);
    const pid = await pidOf(child);
    const failures: string[] = [];
    for (let spare = 0; spare < 9; spare += 1) {
      limitDescriptors(pid, spare);
      const outcome = await call();
      limitDescriptors(pid, 100);
      if (outcome !== "sqlite admitted") failures.push(outcome);
      expect(await call()).toBe("sqlite admitted");
    }
    expect(failures.length).toBeGreaterThan(2);
    for (const failure of failures) {
      expect(failure).toMatch(/^LedgerError .*nothing was sent uncounted: .*too many open files.*LAPLAS_LEDGER=memory/);
    }
    expect(child.output()).not.toContain("warning");
  });

  it("of file descriptors makes no living process a dead one", async () => {
    const path = temporaryFile();
    const store = await openSqlite(path, { at: Date.now() });
    const child = startChild("ask-on-signal.ts", path, "kept");
    const call = caller(child);
    const pid = await pidOf(child);
    const mine = command({ windows: [] });
    const { fence } = await admitted(store, mine);
    limitDescriptors(pid, 0);
    expect(await call()).toBe("sqlite queued");
    limitDescriptors(pid, 100);
    expect(await holds(store, mine.id, fence)).toBe(true);
    await store.cancel(mine.id);
    expect(await call()).toBe("sqlite admitted");
  });

  it("of room on the disk fails the first call of a process, and not the one after it", async () => {
    const child = startChild("ask-on-signal.ts", temporaryFile());
    const call = caller(child);
    const pid = await pidOf(child);
    limitFileSize(pid, 0);
    expect(await call()).toMatch(/^LedgerError .*nothing was sent uncounted: .*(full|disk|I\/O).*LAPLAS_LEDGER=memory/);
    limitFileSize(pid, "unlimited");
    expect(await call()).toBe("sqlite admitted");
    expect(child.output()).not.toContain("warning");
  });
});

describe.skipIf(!canMount())("a mount", () => {
  it("that is read-only, as a home in a container, is told with a way out", async () => {
    const home = mkdtempSync(join(tmpdir(), "laplas-home-"));
    onTestFinished(() => rmSync(home, { recursive: true }));
    const child = startChild("ask-on-signal.ts", home);
    expect(await caller(child)()).toBe("sqlite admitted");
    await child.kill("SIGKILL");
    const readOnly = startChild({ file: "ask-on-signal.ts", mount: `mount -t tmpfs -o ro none ${home}` }, home);
    expect(await caller(readOnly)()).toMatch(
      /^LedgerError The ledger \S+\/ledger\.sqlite failed.*EROFS.*LAPLAS_LEDGER=memory/,
    );
  });

  it("without room is told as a full disk", async () => {
    const path = temporaryFile();
    const mount = `mount -t tmpfs -o size=16k none ${dirname(path)}`;
    const child = startChild({ file: "ask-on-signal.ts", mount }, path);
    expect(await caller(child)()).toMatch(/^LedgerError .*nothing was sent uncounted: .*(full|ENOSPC|I\/O)/);
    expect(() => readFileSync(path)).toThrow();
  });
});
