import { createLaplas, type LaplasOptions } from "@laplas/core";
import { createSandbox, longText, paidRules } from "@laplas/sandbox";
import { roomyTier } from "../open-roomy.ts";
import { startChild } from "./child.ts";
import type { LongQuestion } from "./long-child.ts";
import { figure, markdownTable } from "./markdown-table.ts";
import type { Load } from "./measure-load.ts";
import type { BenchSettings } from "./part.ts";
import { median } from "./statistics.ts";

/** Answers longer than the tier allows: what the option costs where nothing is continued, and what a continued answer costs. */
export async function benchLong(settings: BenchSettings): Promise<string> {
  return [
    "### Answers longer than the tier allows",
    "",
    await idleTable(settings),
    "",
    await costTables(settings),
  ].join("\n");
}

const ENGINES = [
  { name: "not given", continueAtCap: undefined },
  { name: "not given, in another process", continueAtCap: undefined },
  { name: "0", continueAtCap: 0 },
  { name: "8", continueAtCap: 8 },
] as const;

/** Short answers, which nothing is to be continued of. The second row is the first once more: so much two processes differ by themselves. */
async function idleTable({ quick, progress }: BenchSettings): Promise<string> {
  const upstream = startChild("mock-upstream.ts");
  const children = ENGINES.map(() => startChild("long-child.ts"));
  const loads = ENGINES.map(() => ({ whole: [] as Load[], stream: [] as Load[] }));
  try {
    const baseURL = `${await upstream.ask<string>({})}/v1`;
    const rounds = quick ? 1 : 7;
    // Round 0 warms up and is forgotten.
    for (let round = 0; round <= rounds; round += 1) {
      progress(round === 0 ? "long: warming up" : `long: round ${round} of ${rounds}`);
      const order = ENGINES.map((_, at) => at);
      for (const at of round % 2 === 0 ? order : order.toReversed()) {
        for (const kind of ["whole", "stream"] as const) {
          const { continueAtCap } = ENGINES[at] ?? {};
          const time = { atOnce: 1, ms: quick ? 50 : 500, leadInMs: 100 };
          const load = await children[at]?.ask<Load>({ baseURL, kind, continueAtCap, ...time } satisfies LongQuestion);
          if (round > 0 && load !== undefined) loads[at]?.[kind].push(load);
        }
      }
    }
  } finally {
    upstream.end();
    for (const child of children) child.end();
  }
  const cell = (at: number, kind: "whole" | "stream"): string[] => {
    const first = loads[0]?.[kind] ?? [];
    const own = loads[at]?.[kind] ?? [];
    // Both sides of a ratio come from the same round.
    const ratios = own.map(({ cpuMsPerCall }, round) => cpuMsPerCall / (first[round]?.cpuMsPerCall ?? Number.NaN));
    return [figure(median(own.map(({ cpuMsPerCall }) => cpuMsPerCall))), at === 0 ? "" : median(ratios).toFixed(2)];
  };
  const head = [
    "`continueAtCap`",
    "CPU ms per answer",
    "to the first row",
    "CPU ms per stream of 512 chunks",
    "to the first row",
  ];
  const rows = ENGINES.map(({ name }, at) => [name, ...cell(at, "whole"), ...cell(at, "stream")]);
  return [
    markdownTable(head, rows),
    "",
    "Answers that nothing cuts, one at a time: `laplas.chat` and `laplas.chatStream` of core, memory ledger, each engine in a process of its own, medians of interleaved rounds. CPU is that of the whole process.",
  ].join("\n");
}

const HAIKU = "claude-3-haiku-20240307";
const MODELS: readonly { readonly name: string; readonly id: string; readonly options?: LaplasOptions }[] = [
  { name: "gpt-4o-mini", id: "gpt-4o-mini" },
  { name: "gpt-4.1-nano", id: "openai/gpt-4.1-nano-2025-04-14" },
  { name: "claude-3-haiku", id: HAIKU },
  {
    name: "claude-3-haiku, prefill",
    id: HAIKU,
    options: {
      models: [
        {
          id: HAIKU,
          modality: "chat",
          dialect: "claude",
          capabilities: { prefill: { evidence: "The sandbox of this benchmark." } },
        },
      ],
    },
  },
];
const PROMPTS = [200, 2_000, 8_000];
const ANSWERS = [500, 1_000, 2_000, 4_000];
const DAY = 50_000;
const CHARACTERS_PER_TOKEN = 4;

/** What the sandbox counts and charges; its models obey. */
async function costTables({ progress }: BenchSettings): Promise<string> {
  const costs: string[][] = [];
  const tokens: string[][] = [];
  const number = (value: number): string => value.toLocaleString("en");
  for (const { name, id, options = {} } of MODELS) {
    progress(`long: ${name}`);
    for (const prompt of PROMPTS) {
      const both: { readonly one: Measured; readonly all: Measured }[] = [];
      for (const answer of ANSWERS) {
        both.push({
          one: await measureAnswer(id, prompt, answer, "uncapped", options),
          all: await measureAnswer(id, prompt, answer, "continued", options),
        });
      }
      const cells = both.map(({ one, all }) => `${number(one.apiTokens)} / ${number(all.apiTokens)}`);
      const longest = both.at(-1)?.all.apiTokens ?? Number.NaN;
      costs.push([name, number(prompt), ...cells, `${Math.round((100 * longest) / DAY)} %`]);
      // Model tokens are the same for all models that are asked in the same way.
      const form = name.endsWith("prefill") ? "prefill" : "instruction";
      if (form === "instruction" && id !== MODELS[0]?.id) continue;
      const read = both.map(({ all }) => `${all.parts}: ${number(all.promptTokens)}`);
      const beside = both.map(({ one, all }) => number(all.answerTokens - one.answerTokens));
      tokens.push([form, number(prompt), ...read, beside.join(", ")]);
    }
  }
  const lengths = ANSWERS.map(number);
  return [
    markdownTable(
      ["parts: prompt tokens read, answer of", "prompt", ...lengths, "output tokens beside the answer"],
      tokens,
    ),
    "",
    markdownTable(
      ["API tokens in one call / continued, answer of", "prompt", ...lengths, `${lengths.at(-1)}, of a day`],
      costs,
    ),
    "",
    "Counted and charged by the sandbox, whose models repeat what they are asked to; a day of the free tier is 50,000 API tokens. One call is what the same answer would cost without the limit. Every part reads the prompt and the answer so far.",
  ].join("\n");
}

interface Measured {
  readonly parts: number;
  readonly promptTokens: number;
  readonly answerTokens: number;
  readonly apiTokens: number;
}

async function measureAnswer(
  model: string,
  promptTokens: number,
  answerTokens: number,
  how: "uncapped" | "continued",
  options: LaplasOptions,
): Promise<Measured> {
  // Model tokens in the answers' usage: API tokens are the sandbox's own count.
  const sandbox = await createSandbox({
    usage: "meta",
    rules: how === "uncapped" ? paidRules : { dailyApiTokens: null },
  });
  let [parts, prompts, answers] = [0, 0, 0];
  const counting: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    const { usage } = (await response.clone().json()) as {
      usage: { prompt_tokens: number; completion_tokens: number };
    };
    parts += 1;
    prompts += usage.prompt_tokens;
    answers += usage.completion_tokens;
    return response;
  };
  const tier = how === "uncapped" ? "paid" : roomyTier;
  const { baseURL } = sandbox;
  const laplas = createLaplas({
    ...options,
    apiKey: "bench",
    baseURL,
    ledger: "memory",
    tier,
    fetch: counting,
    continueAtCap: 12,
  });
  try {
    const text = longText({ tokens: answerTokens }).slice(0, answerTokens * CHARACTERS_PER_TOKEN);
    sandbox.write({ text });
    // Three tokens of a request and three of a message stand beside its text.
    const content = longText({ tokens: promptTokens, seed: 2 }).slice(0, (promptTokens - 6) * CHARACTERS_PER_TOKEN);
    const { choices } = await laplas.chat({ model, messages: [{ role: "user", content }], max_tokens: 5_000 });
    if (choices[0]?.message.content?.trimEnd() !== text.trimEnd())
      throw new Error(`Not the text that was written for ${model}.`);
    return { parts, promptTokens: prompts, answerTokens: answers, apiTokens: sandbox.used() };
  } finally {
    await laplas.close();
    await sandbox.close();
  }
}
