import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openLedger } from "./open-ledger.js";

it.skipIf(process.platform !== "linux")(
  "opens the file in the user's state directory, where the environment that it is given has it",
  async () => {
    const home = mkdtempSync(join(tmpdir(), "laplas-state-"));
    onTestFinished(() => rmSync(home, { recursive: true }));
    for (const [environment, state] of [
      [{ HOME: home }, join(home, ".local", "state")],
      [{ HOME: home, XDG_STATE_HOME: "" }, join(home, ".local", "state")],
      [{ HOME: home, XDG_STATE_HOME: join(home, "state") }, join(home, "state")],
    ] as const) {
      const path = join(state, "laplas", "ledger.sqlite");
      const warnings: string[] = [];
      const store = await openLedger({
        ledger: "sqlite",
        durability: "process",
        now: Date.now,
        warn: (text) => warnings.push(text),
        environment,
      });
      await store.close();
      expect([existsSync(path), warnings]).toEqual([true, []]);
      rmSync(path);
    }
  },
);
