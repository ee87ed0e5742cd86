import { startChild } from "./child.ts";
import { direct, laplasGateway } from "./gateway-servers.ts";
import { createRow, type LoadRow, loadInTurns, typical } from "./load-in-turns.ts";
import { figure, markdownTable } from "./markdown-table.ts";
import type { BenchSettings } from "./part.ts";
import { WORDS_PER_STREAM } from "./upstream-answers.ts";

const LAPLAS = [
  ["laplas, chat completions", "chat"],
  ["laplas, Responses", "responses"],
  ["laplas, Messages", "messages"],
] as const;

/** What the gateway adds to a call, by the protocol of its client: each in a process of its own, on the same upstream. */
export async function benchProtocols(settings: BenchSettings): Promise<string> {
  const upstream = startChild("mock-upstream.ts");
  const load = startChild("http-load-child.ts");
  const rows: LoadRow[] = [];
  try {
    const origin = await upstream.ask<string>({});
    settings.progress("protocols: starting servers");
    rows.push(createRow("direct, nothing between: chat completions", direct(origin)));
    for (const [name, protocol] of LAPLAS) {
      const server = await laplasGateway(origin, { tier: "paid", ledger: "memory", path: "/v1" });
      rows.push(createRow(name, server, protocol));
    }
    await loadInTurns("protocols", rows, load, settings);
    return toTable(rows);
  } finally {
    load.end();
    for (const { server } of rows) server.end();
    upstream.end();
  }
}

function toTable(rows: readonly LoadRow[]): string {
  const [none, chat] = rows;
  if (none === undefined || chat === undefined) return "";
  const over = (row: LoadRow): number => typical(row, "alone", "medianMs") - typical(none, "alone", "medianMs");
  const share = (row: LoadRow): number =>
    typical(row, "crowd", "callsPerSecond") / typical(chat, "crowd", "callsPerSecond");
  const body = rows.map((row) => [
    row.name,
    figure(typical(row, "alone", "medianMs")),
    row === none ? "" : figure(over(row)),
    figure(typical(row, "alone", "cpuMsPerCall")),
    figure(typical(row, "crowd", "callsPerSecond")),
    row === none ? "" : `${Math.round(share(row) * 100)} %`,
    figure(typical(row, "stream", "callsPerSecond") * WORDS_PER_STREAM),
    figure(typical(row, "streams", "callsPerSecond") * WORDS_PER_STREAM),
    figure(typical(row, "streams", "cpuMsPerCall")),
  ]);
  const head = [
    "server",
    "1 connection: median ms",
    "over direct, ms",
    "CPU ms",
    "64 connections: requests/s",
    "of chat's",
    "1 stream: chunks/s",
    "64 streams: chunks/s",
    "CPU ms per stream",
  ];
  return [
    "### Protocols",
    "",
    markdownTable(head, body),
    "",
    "The upstream speaks chat completions to all. Memory ledger, tier paid; a stream has 512 chunks of the upstream's, and comes as fast as it is read. CPU is that of the gateway's whole process, for a call of one connection, and for one of 64 streams.",
  ].join("\n");
}
