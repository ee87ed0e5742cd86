import {
  copyFileSync,
  linkSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, test } from "vitest";
import { LedgerError } from "../../errors/setup-errors.js";
import { type Child, startChild } from "../../testing/child.js";
import { rejection } from "../../testing/engine.js";
import {
  admitted,
  claimsOf,
  command,
  daily,
  openSqlite,
  settlement,
  spend,
  temporaryFile,
} from "../../testing/ledger.js";
import { canMount } from "../../testing/limits.js";
import { isMountedAlone } from "./single-name.js";

const clock = {
  get at() {
    return Date.now();
  },
  set at(_: number) {},
};
const ofDay = claimsOf([daily]);

/** A second place for a file, on the same file system. */
function elsewhere(path: string, ...names: string[]): string {
  const directory = join(dirname(path), ...names);
  mkdirSync(directory, { recursive: true });
  return join(directory, basename(path));
}

/** As a program does that ends afterwards. */
async function spendIn(path: string, apiTokens: number): Promise<void> {
  const store = await openSqlite(path, clock);
  await spend(store, apiTokens);
  await store.close();
}

async function usedIn(path: string): Promise<number | undefined> {
  const store = await openSqlite(path, clock);
  const { windows } = await store.view("account", ofDay);
  await store.close();
  return windows[0]?.used;
}

async function expectRefusal(path: string, message: RegExp): Promise<void> {
  const error = await rejection(openSqlite(path, clock));
  expect(error).toSatisfy(LedgerError.isInstance);
  expect((error as Error).message).toMatch(message);
}

describe("a hard link to a ledger", () => {
  it("is refused while the file has its first name, which goes on, and nothing is left beside it", async () => {
    const path = temporaryFile();
    const link = elsewhere(path, "other");
    const store = await openSqlite(path, clock);
    const call = command();
    const { fence } = await admitted(store, call);
    linkSync(path, link);
    for (let times = 0; times < 2; times += 1) {
      await expectRefusal(link, /ledger\.sqlite is a hard link to \S+ledger\.sqlite\..*Use "sqlite:.*LAPLAS_LEDGER/);
    }
    expect(readdirSync(dirname(link))).toEqual([basename(link)]);
    await store.settle(call.id, fence, settlement(7));
    await store.close();
    // Also when nobody has it open, and by the first name still not.
    await expectRefusal(link, /is a hard link to/);
    expect(await usedIn(path)).toBe(7);
  });

  it("is the ledger once the first name is gone", async () => {
    const path = temporaryFile();
    const link = elsewhere(path, "other");
    await spendIn(path, 5);
    linkSync(path, link);
    rmSync(path);
    expect(await usedIn(link)).toBe(5);
    // From now on the other way round.
    linkSync(link, path);
    await expectRefusal(path, /is a hard link to/);
  });

  it("made by a backup does not lock out a ledger that is moved, nor one in a directory that is moved", async () => {
    const path = temporaryFile();
    await spendIn(path, 5);
    linkSync(path, elsewhere(path, "backup"));
    const moved = `${path}.moved`;
    renameSync(path, moved);
    expect(await usedIn(moved)).toBe(5);
    const home = join(dirname(path), "home");
    mkdirSync(home);
    const inHome = join(home, basename(path));
    renameSync(moved, inHome);
    expect(await usedIn(inHome)).toBe(5);
    renameSync(home, `${home}-2`);
    // Its old directory leads to the new one, as programs that move data do.
    symlinkSync(`${home}-2`, home);
    expect(await usedIn(join(`${home}-2`, basename(path)))).toBe(5);
    expect(await usedIn(inHome)).toBe(5);
  });

  it("is found in a ledger of a version that wrote no name, once that was opened", async () => {
    const path = temporaryFile();
    await spendIn(path, 0);
    const db = new DatabaseSync(path);
    db.exec("DROP TABLE file");
    db.close();
    const link = elsewhere(path, "other");
    linkSync(path, link);
    expect(await usedIn(path)).toBe(0);
    await expectRefusal(link, /is a hard link to/);
  });
});

describe("other ways to a ledger", () => {
  it("serve: a symbolic link, a copy, one that was brought back, a name with odd letters", async () => {
    const path = temporaryFile();
    await spendIn(path, 5);
    const link = elsewhere(path, "link");
    symlinkSync(path, link);
    expect(await usedIn(link)).toBe(5);
    const copy = elsewhere(path, "a copy? #1%20&immutable=0 (ä)");
    copyFileSync(path, copy);
    expect(await usedIn(copy)).toBe(5);
    rmSync(path);
    copyFileSync(copy, path);
    expect(await usedIn(path)).toBe(5);
    expect(await usedIn(copy)).toBe(5);
    // Where names are compared at all, its own is read right.
    linkSync(copy, elsewhere(path, "backup"));
    expect(await usedIn(copy)).toBe(5);
  });
});

describe("/proc/self/mountinfo", () => {
  /** As Docker writes it for `-v /srv/ledger.sqlite:/data/ledger.sqlite -v "/srv/a b":"/data dir"`, shortened. */
  const CONTAINER = String.raw`
1412 1302 0:169 / / rw,relatime master:560 - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/A,upperdir=/d,workdir=/w
1413 1412 0:172 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
1428 1412 254:1 /srv/ledger.sqlite /data/ledger.sqlite rw,relatime - ext4 /dev/vda1 rw,discard
1429 1412 254:1 /srv/a\040b /data\040dir rw,relatime - ext4 /dev/vda1 rw,discard
1430 1412 254:1 /srv/c\134d.sqlite /back\134slash.sqlite rw,relatime shared:3 - ext4 /dev/vda1 rw
1431 1412 254:1 /srv/old.sqlite /mnt/old.sqlite rw,relatime - ext4 /dev/vda1 rw
1432 1412 254:1 /srv/mnt /mnt rw,relatime - ext4 /dev/vda1 rw
`;
  test.each<[string, string, boolean]>([
    ["a file that is mounted alone", "/data/ledger.sqlite", true],
    ["one with a backslash in its name", "/back\\slash.sqlite", true],
    ["a file in a mounted directory", "/data dir/ledger.sqlite", false],
    ["a file beside it", "/data/other.sqlite", false],
    ["one whose name begins like it", "/data/ledger.sqlite-2", false],
    ["a mounted file below a directory that was mounted over it", "/mnt/old.sqlite", false],
    ["a file of the container itself", "/home/user/.local/state/laplas/ledger.sqlite", false],
  ])("tells %s", (_, path, isAlone) => {
    expect(isMountedAlone(CONTAINER, path)).toBe(isAlone);
  });

  it("says nothing where there is none", () => {
    expect(isMountedAlone("", "/data/ledger.sqlite")).toBe(false);
  });
});

describe.skipIf(!canMount())("a ledger that a process has mounted", () => {
  const asks = async (child: Child): Promise<string> => {
    const pid = Number((await child.line("pid ")).slice("pid ".length));
    process.kill(pid, "SIGUSR2");
    return child.line("1 ");
  };

  it("as a single file is refused, with the way out", async () => {
    const path = temporaryFile();
    const target = elsewhere(path, "mount point");
    const store = await openSqlite(path, clock);
    await spend(store, 1);
    writeFileSync(target, "");
    const mount = `mount --bind '${path}' '${target}'`;
    const child = startChild({ file: "ask-on-signal.ts", mount }, target);
    expect(await asks(child)).toMatch(
      /^1 LedgerError .*is mounted as a single file.*Mount the directory.*LAPLAS_LEDGER/,
    );
    expect(readdirSync(dirname(target))).toEqual([basename(target)]);
  });

  it("with its directory is one account, under whatever name, also where a backup has linked to it", async () => {
    const path = temporaryFile();
    await spendIn(path, 0);
    linkSync(path, elsewhere(path, "backup"));
    const store = await openSqlite(path, clock);
    const target = join(dirname(temporaryFile()), "data");
    mkdirSync(target);
    const child = startChild(
      { file: "ask-on-signal.ts", mount: `mount --bind '${dirname(path)}' '${target}'` },
      join(target, basename(path)),
    );
    await admitted(store, command({ windows: [] }));
    expect(await asks(child)).toBe("1 sqlite queued");
  });
});
