import type { Child } from "./child.ts";
import type { GatewayServer } from "./gateway-servers.ts";
import type { HttpLoad, HttpLoadQuestion, LoadProtocol } from "./http-load-child.ts";
import type { BenchSettings } from "./part.ts";
import { median } from "./statistics.ts";

const KINDS = {
  alone: { connections: 1, stream: false, ms: 700 },
  crowd: { connections: 64, stream: false, ms: 1_200 },
  stream: { connections: 1, stream: true, ms: 700 },
  streams: { connections: 64, stream: true, ms: 1_500 },
} as const;
export type LoadKind = keyof typeof KINDS;
const KIND_NAMES = Object.keys(KINDS) as LoadKind[];

/** What a load came to, and what it took of the server. */
interface ServerLoad extends HttpLoad {
  readonly cpuMsPerCall: number;
}

/** A server under load, and what came of it. */
export interface LoadRow {
  readonly name: string;
  readonly server: GatewayServer;
  readonly protocol: LoadProtocol;
  readonly loads: Map<LoadKind, ServerLoad[]>;
  /** Loads that a server failed at, with what it answered. */
  readonly failures: Map<LoadKind, string>;
}

export function createRow(name: string, server: GatewayServer, protocol: LoadProtocol = "chat"): LoadRow {
  return { name, server, protocol, loads: new Map(), failures: new Map() };
}

/** Each round asks every row once, every other round from the end: a machine that gets slower does so for all. */
export async function loadInTurns(
  part: string,
  rows: readonly LoadRow[],
  load: Pick<Child, "ask">,
  { quick, progress }: BenchSettings,
): Promise<void> {
  const rounds = quick ? 1 : 5;
  const shorter = quick ? 0.2 : 1;
  for (let round = 0; round <= rounds; round += 1) {
    progress(round === 0 ? `${part}: warming up` : `${part}: round ${round} of ${rounds}`);
    for (const { name, server, protocol, loads, failures } of round % 2 === 0 ? rows : rows.toReversed()) {
      for (const kind of KIND_NAMES.filter((one) => !failures.has(one))) {
        const { ms, ...asked } = KINDS[kind];
        const place = { baseURL: server.baseURL("/v1"), headers: server.headers("/v1") };
        const question: HttpLoadQuestion = { ...asked, ...place, protocol, ms: ms * shorter };
        const before = await server.cpuMs();
        const measured = await load.ask<HttpLoad>(question).catch((error: Error) => {
          failures.set(kind, error.message);
          progress(`${part}: ${name} failed at "${kind}": ${error.message}`);
          return undefined;
        });
        const after = await server.cpuMs();
        // Round 0 warms up and is forgotten.
        if (round === 0 || measured === undefined) continue;
        const cpuMsPerCall =
          before === undefined || after === undefined ? Number.NaN : (after - before) / measured.calls;
        loads.set(kind, [...(loads.get(kind) ?? []), { ...measured, cpuMsPerCall }]);
      }
    }
  }
}

export function typical({ loads }: LoadRow, kind: LoadKind, field: keyof ServerLoad): number {
  return median((loads.get(kind) ?? []).map((load) => load[field]));
}
