import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild } from "./child.ts";
import { bareProxy, direct, type GatewayServer, laplasGateway, portkey } from "./gateway-servers.ts";
import { createRow, type LoadRow, loadInTurns, typical } from "./load-in-turns.ts";
import { figure, markdownTable } from "./markdown-table.ts";
import type { BenchSettings } from "./part.ts";
import { WORDS_PER_STREAM } from "./upstream-answers.ts";

const OPEN_STREAMS = 1_000;

/** Gateways between one load and one mock upstream, each in a process of its own. */
export async function benchGateway(settings: BenchSettings): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-bench-"));
  const upstream = startChild("mock-upstream.ts");
  const load = startChild("http-load-child.ts");
  const rows: LoadRow[] = [];
  try {
    const origin = await upstream.ask<string>({});
    settings.progress("gateway: starting servers");
    const sqlite = `sqlite:${join(folder, "ledger.sqlite")}`;
    const servers: readonly (readonly [string, Promise<GatewayServer>])[] = [
      ["direct, nothing between", Promise.resolve(direct(origin))],
      ["bare Node reverse proxy", bareProxy(origin)],
      ["laplas, memory ledger", laplasGateway(origin, { tier: "paid", ledger: "memory", path: "/v1" })],
      ["laplas, default ledger (SQLite)", laplasGateway(origin, { tier: "paid", ledger: sqlite, path: "/v1" })],
      [
        "laplas, memory ledger, tier free: a queue",
        laplasGateway(origin, { tier: "free", ledger: "memory", path: "/v1" }),
      ],
      ["Portkey gateway 1.15.2", portkey(origin)],
    ];
    for (const [name, server] of servers) rows.push(createRow(name, await server));
    await loadInTurns("gateway", rows, load, settings);
    const tables = [loadTable(rows), overTable(rows)];
    return [...tables, await memoryTable(origin, settings)].join("\n\n");
  } finally {
    load.end();
    for (const { server } of rows) server.end();
    upstream.end();
    await rm(folder, { recursive: true, force: true });
  }
}

function loadTable(rows: readonly LoadRow[]): string {
  const head = [
    "server",
    "1 connection: median ms",
    "p99 ms",
    "64 connections: requests/s",
    "median ms",
    "p99 ms",
    "1 stream: chunks/s",
    "64 streams: chunks/s",
  ];
  const body = rows.map((row) => [
    row.name,
    figure(typical(row, "alone", "medianMs")),
    figure(typical(row, "alone", "p99Ms")),
    figure(typical(row, "crowd", "callsPerSecond")),
    figure(typical(row, "crowd", "medianMs")),
    figure(typical(row, "crowd", "p99Ms")),
    figure(typical(row, "stream", "callsPerSecond") * WORDS_PER_STREAM),
    figure(typical(row, "streams", "callsPerSecond") * WORDS_PER_STREAM),
  ]);
  return [
    "### Gateway",
    "",
    markdownTable(head, body),
    "",
    "One load and one mock upstream, each server in a process of its own, medians of interleaved rounds. Load, server and upstream share two cores. A stream has 512 chunks and comes as fast as it is read. Tier paid unless it says free: there 64 connections wait for each other. An empty cell: that server failed (Portkey 1.15.2 answers streams with an error on Node 24).",
  ].join("\n");
}

function overTable(rows: readonly LoadRow[]): string {
  const [none, bare] = rows;
  const own = rows.find(({ name }) => name.startsWith("laplas, memory"));
  if (none === undefined || bare === undefined || own === undefined) return "";
  const added = typical(own, "alone", "medianMs") - typical(none, "alone", "medianMs");
  const share = typical(own, "crowd", "callsPerSecond") / typical(bare, "crowd", "callsPerSecond");
  return markdownTable(
    ["laplas, memory ledger", "measured", "budget"],
    [
      ["median latency over direct, 1 connection, ms", figure(added), "0.5"],
      ["requests/s at 64 connections, share of the bare proxy's", `${Math.round(share * 100)} %`, "60 %"],
    ],
  );
}

/** Fresh servers: what a load has left behind is not what an idle one takes. */
async function memoryTable(origin: string, { quick, progress }: BenchSettings): Promise<string> {
  const count = quick ? OPEN_STREAMS / 10 : OPEN_STREAMS;
  const body: string[][] = [];
  const servers = [
    ["bare Node reverse proxy", bareProxy],
    ["laplas, memory ledger", () => laplasGateway(origin, { tier: "paid", ledger: "memory", path: "/open/v1" })],
    ["Portkey gateway 1.15.2", portkey],
  ] as const;
  for (const [name, start] of servers) {
    progress(`gateway: memory of ${name}`);
    const server = await start(origin);
    const streams = startChild("open-streams-child.ts");
    try {
      // A server that fails at streams has no memory to tell of.
      const asked = { baseURL: server.baseURL("/open/v1"), headers: server.headers("/open/v1") };
      await streams.ask({ ...asked, count: 1 });
      await streams.ask({ ...asked, count: 0 });
      const idle = await server.memory();
      await streams.ask({ ...asked, count });
      const busy = await server.memory();
      body.push([name, figure(megabytes(idle)), figure(megabytes(busy))]);
    } catch (error) {
      progress(`gateway: memory of ${name}: ${(error as Error).message}`);
    } finally {
      streams.end();
      server.end();
    }
  }
  return [
    markdownTable(["server", "idle, MB", `${count.toLocaleString("en")} open streams, MB`], body),
    "",
    "Resident memory of a fresh process after one request, and while so many streams are open. Budget: 80 and 250 MB.",
  ].join("\n");
}

function megabytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / 1e6;
}
