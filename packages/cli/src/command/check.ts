import {
  type CheckResult,
  type CostRange,
  InvalidOptionsError,
  type Laplas,
  type LaplasErrorCode,
  type LongAnswerCost,
} from "@laplas/core";
import {
  checkBody,
  costWords,
  counted,
  DEFAULT_MODELS,
  duration,
  isPool,
  providerOf,
  until,
  whole,
} from "@laplas/gateway/bodies";
import { type Command, Option } from "commander";
import { addContinueFlag, addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { EXIT, exitCodeOf } from "../terminal/exit-codes.js";
import { paint } from "../terminal/paint.js";
import { note, printJson, printLines } from "../terminal/print.js";
import { safeLine } from "../terminal/safe-text.js";
import { fields } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { adjustmentText } from "./adjustment-text.js";
import { checkJob } from "./check-job.js";
import { chooseModel } from "./default-models.js";
import { linesJob } from "./lines-job.js";
import { readCount } from "./read-count.js";
import { readRequests } from "./read-request-file.js";

export interface CheckFlags extends EngineFlags {
  readonly model?: string;
  readonly prompt?: string;
  readonly kind?: "chat" | "embedding" | "image";
  readonly maxTokens?: number;
  readonly size?: string;
  readonly count?: number;
}

export function define(command: Command, terminal: Terminal): void {
  command
    .argument("[file]", "the body of a call as JSON, or JSONL with one on each line; - for stdin")
    .option("-m, --model <name>", "model, in place of the file's")
    .option("-p, --prompt <text>", "what would be asked, embedded or drawn")
    .addOption(
      new Option("-k, --kind <kind>", "what the prompt is for").choices(["chat", "embedding", "image"]).default("chat"),
    )
    .option("--max-tokens <count>", "longest answer", readCount)
    .option("--size <pixels>", "size of an image, like 512x512")
    .option("-n, --count <count>", "number of images", readCount);
  addEngineFlags(addJsonFlag(addContinueFlag(command)))
    .addHelpText(
      "after",
      `
Examples:
  laplas check --model gpt-4o --prompt "Hello" --max-tokens 4000
  laplas check request.json
  laplas check calls.jsonl                each line by itself, and a sum
  laplas check request.json --continue-at-cap 8     what would all of it cost?
  laplas check request.json -m google/gemma-3-27b-it     would another take it?
  laplas check -k image -m dall-e-3 -p "a lighthouse" --size 1024x1024

Nothing is sent or spent. Exits with 0 if it would be sent at once, 3 if it
would have to wait or passes after a reset, 1 if it never passes; of several
lines, by the worst, and with 2 if one holds no call.`,
    )
    .action(async (file: string | undefined, flags: CheckFlags) => {
      const { model, prompt, maxTokens, size, count } = flags;
      if (file === undefined && [model, prompt, maxTokens, size, count].every((one) => one === undefined)) {
        throw new InvalidOptionsError('There is nothing to check. Give a file, or a prompt: laplas check -p "Hello"');
      }
      const input = file === undefined ? undefined : await readRequests(terminal, file);
      await withEngine(
        terminal,
        flags,
        async ({ laplas, account }) => {
          if (input?.kind === "lines") {
            const faults: Error[] = [];
            const job = linesJob(input.text, input.name, undefined, (error) => void faults.push(error));
            await checkJob(terminal, laplas, { ...job, faults }, flags);
            if (account === "none" && !flags.json) note(terminal, WITHOUT_KEY);
            return;
          }
          const request = input?.request;
          const model =
            request === undefined ? await chooseModel(laplas, flags.kind ?? "chat", flags.model) : flags.model;
          const body = requestOf(request, model === undefined ? flags : { ...flags, model });
          // The engine reads whatever is asked, and says what is wrong with it.
          const result = await laplas.check(body as unknown as Parameters<typeof laplas.check>[0]);
          if (flags.json) printJson(terminal, checkBody(result, providerOf(laplas, result.provider).tier.unit));
          else {
            const found = { left: await leftFor(laplas, result), isOfSeveral: isPool(laplas) };
            printLines(terminal, checkLines(result, Date.now(), terminal.stdout.columns, found));
          }
          if (account === "none" && !flags.json) note(terminal, WITHOUT_KEY);
          terminal.exitCode = exitCodeFor(result);
        },
        { needsKey: false },
      );
    });
}

const WITHOUT_KEY = paint("dim", "\nThere is no key, so this assumes that nothing is used yet.");

/** A request of flags alone, or the file's with what the flags say in place of its own. */
export function requestOf(
  file: Readonly<Record<string, unknown>> | undefined,
  flags: CheckFlags,
): Record<string, unknown> {
  const { model, prompt = "Hello", kind = "chat", maxTokens, size, count } = flags;
  const asked = {
    chat: { messages: [{ role: "user", content: prompt }] },
    embedding: { input: prompt },
    image: { prompt },
  };
  return {
    ...(file ?? { model: DEFAULT_MODELS[kind], ...asked[kind] }),
    ...(model === undefined ? {} : { model }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(size === undefined ? {} : { size }),
    ...(count === undefined ? {} : { n: count }),
  };
}

export function exitCodeFor({ verdict, error }: CheckResult): number {
  if (verdict === "pass") return EXIT.ok;
  return error === undefined ? EXIT.later : exitCodeOf(error);
}

/** What is left of the tightest window that counts a call's cost; `undefined` where the call would not pass anyway. */
async function leftFor(laplas: Laplas, { verdict, provider, cost }: CheckResult): Promise<number | undefined> {
  if (verdict === "refuse" || cost === undefined || cost.worst <= cost.expected) return undefined;
  const { id } = providerOf(laplas, provider);
  const windows = (await laplas.statuses()).find((one) => one.provider === id)?.windows ?? [];
  const left = windows.flatMap((window) => (window.unit === cost.unit ? [window.left] : []));
  return left.length === 0 ? undefined : Math.min(...left);
}

/** What a check's lines say beside its result. */
interface CheckFound {
  /** Of what the call's cost is counted in. */
  readonly left?: number | undefined;
  /** Whether there are several providers, so that a model alone does not say which one would be asked. */
  readonly isOfSeveral?: boolean;
}

export function checkLines(
  { verdict, model, provider, adjusted, cost, longAnswer, position, waitMs, error }: CheckResult,
  now: number,
  columns: number,
  { left = Number.POSITIVE_INFINITY, isOfSeveral = false }: CheckFound = {},
): string[] {
  const asked = isOfSeveral && provider !== undefined ? `${provider}/${model}` : model;
  const heading = {
    pass: paint("green", "Would be sent at once."),
    wait: paint("yellow", `Would wait ${waitMs === undefined ? "its turn" : duration(wholeSeconds(waitMs))}.`),
    refuse: refusalText(error, now),
  }[verdict];
  return [
    heading,
    "",
    ...fields(
      [
        ...(asked === undefined || model === undefined ? [] : [["Model", safeLine(asked)] as const]),
        ...(adjusted.length === 0 ? [] : [["Changed", adjusted.map(adjustmentText).join("\n")] as const]),
        ...(cost === undefined
          ? []
          : [["Cost", `${costText(cost)}${cost.worst > left ? `: more than the ${whole(left)} left` : ""}`] as const]),
        ...longAnswerText(longAnswer),
        ...(position === undefined ? [] : [["Before it", counted(position, "call")] as const]),
        ...(verdict === "wait" && waitMs === undefined
          ? [["Passes", "when a running call ends: usually within seconds"] as const]
          : []),
        ...(error === undefined
          ? []
          : ([
              ["Why", safeLine(error.message)],
              ["Passes", whenText(error, now)],
            ] as const)),
      ],
      columns,
    ),
  ];
}

/** A call that waits for longer than its patience is refused as well: the time says more than that. */
function refusalText(error: CheckResult["error"], now: number): string {
  const waitMs = error?.resetsAt === undefined ? error?.retryAfterMs : error.resetsAt.getTime() - now;
  if (waitMs === undefined) return paint("red", "Would not be sent.");
  return paint("yellow", `Would have to wait ${duration(wholeSeconds(Math.max(1, waitMs)))}: refused until then.`);
}

/** Rounded up: a second earlier it would still wait. */
export function wholeSeconds(ms: number): number {
  return Math.ceil(ms / 1_000) * 1_000;
}

/** The expected cost first, the worst beside it where it differs. */
export function costText({ expected, worst, unit }: CostRange): string {
  const usual = costWords(expected, { name: unit });
  return worst > expected ? `about ${usual}, at most ${whole(Math.ceil(worst))}` : usual;
}

/**
 * What it takes if answers become as long as they may, as a row; none where no answer is continued.
 *
 * @param beyond what happens where the budget is too small for it
 */
export function longAnswerText(
  long: LongAnswerCost | undefined,
  beyond = "it would end early",
): (readonly [string, string])[] {
  if (long === undefined) return [];
  const { parts, tokens, expected, worst, unit, shareOfDay = 0, shareOfLeft = 0 } = long;
  // Nobody knows how long an answer gets: also where prompt and rates leave nothing to guess, it is an estimate.
  const cost = worst > expected ? costText(long) : `about ${costWords(expected, { name: unit })}`;
  const share = long.shareOfDay === undefined ? "" : `; ${percent(shareOfDay)} of a day`;
  const than = shareOfDay > 1 ? "a day has" : shareOfLeft > 1 ? "is left" : undefined;
  const early = than === undefined ? "" : `. More than ${than}: ${beyond} (budget)`;
  return [["If long", `${whole(tokens)} model tokens in ${counted(parts, "request")}: ${cost}${share}${early}`]];
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? "less than 1 %" : `${whole(Math.round(share * 100))} %`;
}

/** What mends itself says when; the rest, that another request is needed. */
function whenText({ code, retryAfterMs, resetsAt }: NonNullable<CheckResult["error"]>, now: number): string {
  if (resetsAt !== undefined) return until(resetsAt, now);
  if (retryAfterMs !== undefined) return `in ${duration(retryAfterMs)}`;
  if (code === "model_not_on_tier") return "with another model";
  return WRONG.has(code) ? "once that is fixed" : "never, on this tier";
}

const WRONG: ReadonlySet<LaplasErrorCode> = new Set(["invalid_request", "context_length", "invalid_options", "ledger"]);
