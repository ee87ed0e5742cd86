import { createLaplas, type Laplas, type LaplasOptions } from "@laplas/core";
import type { Sandbox } from "@laplas/sandbox";
import { expect, onTestFinished } from "vitest";
import { openRoomy, refusals } from "../open-roomy.ts";

const NOON = Date.parse("2026-03-10T12:00:00.000Z");

export interface OpenLong {
  readonly sandbox: Sandbox;
  readonly laplas: Laplas;
  /** Another engine on the same sandbox, with options of its own. */
  another(options: LaplasOptions): Laplas;
}

/** An engine that continues answers, on a sandbox whose clock stands still; gone when the test is over. */
export async function openLong(options: Partial<LaplasOptions> = {}): Promise<OpenLong> {
  const fixed: Partial<LaplasOptions> = { continueAtCap: 8, now: () => NOON };
  const { sandbox, laplas, close } = await openRoomy(
    { clock: { start: NOON, frozen: true } },
    { ...fixed, ...options },
  );
  onTestFinished(close);
  return {
    sandbox,
    laplas,
    another(own) {
      const { baseURL } = sandbox;
      const opened = createLaplas({ apiKey: "another", baseURL, ledger: "memory", ...fixed, ...own });
      onTestFinished(() => opened.close());
      return opened;
    },
  };
}

export function expectNoRefusal(sandbox: Sandbox): void {
  expect(refusals(sandbox)).toEqual([]);
  expect(sandbox.counts()).toMatchObject({ refused: 0, probe: 0 });
}

/** The bodies that the sandbox got. */
export function bodiesAt({ requests }: Sandbox): Record<string, unknown>[] {
  return requests.map(({ body }) => body as Record<string, unknown>);
}
