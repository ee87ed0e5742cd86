import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ChatQuestion } from "./chat-child.ts";
import { CHAT_ROWS, type ChatRow, type ChatRowName } from "./chat-clients.ts";
import { type Child, startChild } from "./child.ts";
import { figure, markdownTable } from "./markdown-table.ts";
import type { Load } from "./measure-load.ts";
import type { BenchSettings } from "./part.ts";
import { median } from "./statistics.ts";
import { WORDS_PER_STREAM } from "./upstream-answers.ts";

/** Long enough for the slowest row to make dozens of calls. */
const KINDS = {
  alone: { kind: "invoke", atOnce: 1, path: "/v1", ms: 350, leadInMs: 100 },
  crowd: { kind: "invoke", atOnce: 16, path: "/v1", ms: 350, leadInMs: 100 },
  stream: { kind: "stream", atOnce: 1, path: "/v1", ms: 350, leadInMs: 100 },
  events: { kind: "events", atOnce: 1, path: "/v1", ms: 350, leadInMs: 100 },
  eventsV2: { kind: "eventsV2", atOnce: 1, path: "/v1", ms: 350, leadInMs: 100 },
  // A stream of one event each millisecond takes half a second, whoever reads it: eight at once tell more.
  live: { kind: "stream", atOnce: 8, path: "/live/v1", ms: 1, leadInMs: 0 },
} as const;
type Kind = keyof typeof KINDS;

const ROW_NAMES = Object.keys(CHAT_ROWS) as ChatRowName[];

type Loads = ReadonlyMap<ChatRowName, ReadonlyMap<Kind, Load[]>>;

/** Chat clients against one upstream in another process. */
export async function benchChat(settings: BenchSettings): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-bench-"));
  const upstream = startChild("mock-upstream.ts");
  const children = new Map(ROW_NAMES.map((name) => [name, startChild("chat-child.ts")]));
  try {
    const origin = await upstream.ask<string>({});
    const loads = await measureInTurns(origin, folder, children, settings);
    return [chatTable(loads), ratioTable(loads)].join("\n\n");
  } finally {
    upstream.end();
    for (const child of children.values()) child.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each round asks every row once, every other round from the end: a machine that gets slower does so for all. */
async function measureInTurns(
  origin: string,
  folder: string,
  children: ReadonlyMap<ChatRowName, Child>,
  { quick, progress }: BenchSettings,
): Promise<Loads> {
  const loads = new Map(ROW_NAMES.map((name) => [name, new Map<Kind, Load[]>()]));
  const rounds = quick ? 1 : 5;
  const shorter = quick ? 0.1 : 1;
  // Round 0 warms up and is forgotten; a row with much code takes longer until all of it is compiled.
  const warmUp = 3;
  for (let round = 0; round <= rounds; round += 1) {
    progress(round === 0 ? "chat: warming up" : `chat: round ${round} of ${rounds}`);
    for (const name of round % 2 === 0 ? ROW_NAMES : ROW_NAMES.toReversed()) {
      for (const kind of kindsOf(rowOf(name))) {
        const { path, ms, ...load } = KINDS[kind];
        const account = rowOf(name).isFree === true ? `${name}-${kind}-${round}` : "bench";
        const measured = await children.get(name)?.ask<Load>({
          ...load,
          ms: ms * shorter * (round === 0 ? warmUp : 1),
          row: name,
          baseURL: `${origin}${path}`,
          apiKey: account,
          folder: join(folder, name),
        } satisfies ChatQuestion);
        if (round === 0 || measured === undefined) continue;
        const known = loads.get(name)?.get(kind);
        if (known === undefined) loads.get(name)?.set(kind, [measured]);
        else known.push(measured);
      }
    }
  }
  return loads;
}

function rowOf(name: ChatRowName): ChatRow {
  return CHAT_ROWS[name];
}

/** Eight streams on the free tier would take their turns, half a second each; and a model of memory has no live stream. */
function kindsOf({ isFree, isOffline, hasEvents }: ChatRow): Kind[] {
  const events: readonly Kind[] = hasEvents === true ? ["events", "eventsV2"] : [];
  const live: readonly Kind[] = isFree === true || isOffline === true ? [] : ["live"];
  return ["alone", "crowd", "stream", ...events, ...live];
}

function chatTable(loads: Loads): string {
  const rows = ROW_NAMES.map((name) => {
    const of = (kind: Kind, field: keyof Load, factor = 1): string => {
      const measured = loads.get(name)?.get(kind);
      return measured === undefined ? "" : figure(median(measured.map((load) => load[field])) * factor);
    };
    return [
      rowOf(name).name,
      of("alone", "callsPerSecond"),
      of("alone", "cpuMsPerCall"),
      of("crowd", "callsPerSecond"),
      of("stream", "callsPerSecond", WORDS_PER_STREAM),
      of("stream", "cpuMsPerCall"),
      of("events", "callsPerSecond", WORDS_PER_STREAM),
      of("eventsV2", "callsPerSecond", WORDS_PER_STREAM),
      of("live", "cpuMsPerCall"),
    ];
  });
  const head = [
    "client",
    "invoke, one at a time: calls/s",
    "CPU ms per call",
    "invoke, 16 at once: calls/s",
    "stream of 512 chunks: chunks/s",
    "CPU ms per stream",
    "`streamEvents`: chunks/s",
    "`streamEvents`, version v2: chunks/s",
    "CPU ms per live stream",
  ];
  return [
    "### Chat",
    "",
    markdownTable(head, rows),
    "",
    "One mock upstream in another process, each client in a process of its own, tier paid unless it says free, medians of interleaved rounds. CPU is that of the client's whole process. A stream comes as fast as it is read; a live stream comes one event per millisecond, eight at once. `streamEvents` reads the stream of 512 chunks. The floor is a subclass of BaseChatModel that answers from memory: what core alone costs.",
  ].join("\n");
}

/** Both sides of a ratio come from the same round. */
function ratioTable(loads: Loads): string {
  const ratio = (name: ChatRowName, kind: Kind): string => {
    const other = loads.get("chat-openai")?.get(kind) ?? [];
    const ratios = (loads.get(name)?.get(kind) ?? []).map(
      ({ cpuMsPerCall }, round) => cpuMsPerCall / (other[round]?.cpuMsPerCall ?? Number.NaN),
    );
    return `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
  };
  const kinds: readonly (readonly [title: string, kind: Kind, budget: string])[] = [
    ["invoke", "alone", "0.20"],
    ["stream of 512 chunks", "stream", "0.40"],
    ["live stream of 512 chunks", "live", ""],
  ];
  return markdownTable(
    ["CPU, ChatLaplas / ChatOpenAI (least to most)", "memory ledger", "default ledger", "budget, memory ledger"],
    kinds.map(([title, kind, budget]) => [title, ratio("laplas-memory", kind), ratio("laplas-sqlite", kind), budget]),
  );
}
