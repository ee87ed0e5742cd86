import { startChild } from "./child.ts";
import { EMBED_ROWS, type EmbedQuestion, type EmbedRowName } from "./embed-child.ts";
import { figure, markdownTable } from "./markdown-table.ts";
import type { Load } from "./measure-load.ts";
import type { BenchSettings } from "./part.ts";
import { median } from "./statistics.ts";
import { DIMENSIONS } from "./upstream-answers.ts";

const TEXTS = 2_000;
const BATCH_SIZE = 100;
const ROW_NAMES = Object.keys(EMBED_ROWS) as EmbedRowName[];

/** Embedding clients against one upstream in another process. */
export async function benchEmbed({ quick, progress }: BenchSettings): Promise<string> {
  const upstream = startChild("mock-upstream.ts");
  const children = new Map(ROW_NAMES.map((name) => [name, startChild("embed-child.ts")]));
  const loads = new Map(ROW_NAMES.map((name): [EmbedRowName, Load[]] => [name, []]));
  try {
    const baseURL = `${await upstream.ask<string>({})}/v1`;
    const rounds = quick ? 1 : 5;
    // Round 0 warms up and is forgotten.
    for (let round = 0; round <= rounds; round += 1) {
      progress(round === 0 ? "embed: warming up" : `embed: round ${round} of ${rounds}`);
      for (const name of round % 2 === 0 ? ROW_NAMES : ROW_NAMES.toReversed()) {
        const question: EmbedQuestion = {
          row: name,
          baseURL,
          texts: TEXTS,
          batchSize: BATCH_SIZE,
          atOnce: 1,
          leadInMs: 0,
          ms: quick ? 1 : 700,
        };
        const load = await children.get(name)?.ask<Load>(question);
        if (round > 0 && load !== undefined) loads.get(name)?.push(load);
      }
    }
  } finally {
    upstream.end();
    for (const child of children.values()) child.end();
  }
  const rows = ROW_NAMES.map((name) => {
    const measured = loads.get(name) ?? [];
    return [
      EMBED_ROWS[name].name,
      figure(1000 / median(measured.map(({ callsPerSecond }) => callsPerSecond))),
      figure(median(measured.map(({ cpuMsPerCall }) => cpuMsPerCall))),
    ];
  });
  return [
    "### Embeddings",
    "",
    markdownTable(["client", `${TEXTS.toLocaleString("en")} texts x ${DIMENSIONS}: ms`, "CPU ms"], rows),
    "",
    `Batches of ${BATCH_SIZE}, one request at a time, memory ledger, tier paid; medians of interleaved rounds.`,
  ].join("\n");
}
