import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { InvalidOptionsError } from "@laplas/core";
import { type Command, Option } from "commander";
import { addJsonFlag } from "../config/engine-flags.js";
import { allFacts } from "../config/provider-facts.js";
import { type Ask, askYes, isAsking, withPerson } from "../terminal/ask-person.js";
import { EXIT } from "../terminal/exit-codes.js";
import { paint } from "../terminal/paint.js";
import { note, printJson } from "../terminal/print.js";
import { reasonOf } from "../terminal/system-error.js";
import { fields, wrap } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { type Candidate, entryOf, findCandidates, isReady, namedCandidates, unset } from "./init-candidates.js";
import { ageOf, ageWords, dayWords, productionWords, trainingWords } from "./tier-summary.js";

interface InitFlags {
  readonly providers?: string;
  readonly training?: Training;
  readonly yes?: boolean;
  readonly output: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

type Training = "allowed" | "refused";

export function define(command: Command, terminal: Terminal): void {
  command
    .option("--providers <ids>", "comma-separated, in the order in which they are asked")
    .addOption(
      new Option("--training <choice>", "whether providers may be asked that train on prompts, or don't say").choices([
        "allowed",
        "refused",
      ]),
    )
    .option("-y, --yes", "use every provider whose key is found; ask nothing")
    .option("-o, --output <file>", "where to write it", "laplas.config.json")
    .option("-f, --force", "write over a file that is there");
  addJsonFlag(command)
    .addHelpText(
      "after",
      `
Examples:
  laplas init                            asks
  laplas init --yes --training refused   asks nothing
  laplas init --providers groq,gemini    these two, in this order

Looks whether the variables that usually have providers' keys are set. Their
values are neither printed, written nor sent: the file names variables. Nothing
is sent at all; laplas doctor asks the providers.`,
    )
    .action((flags: InitFlags) => initialise(terminal, flags));
}

async function initialise(terminal: Terminal, flags: InitFlags): Promise<void> {
  const candidates = findCandidates(terminal, allFacts());
  const ready = candidates.filter(isReady);
  const isSaid = flags.providers !== undefined || flags.yes === true;
  if (ready.length === 0 && flags.providers === undefined) {
    note(terminal, signUps(candidates, terminal.stderr.columns).join("\n"));
    if (flags.json) printJson(terminal, { object: "init", output: null, providers: [] });
    terminal.exitCode = EXIT.failed;
    return;
  }
  if (!isSaid && !isAsking(terminal)) {
    const ids = ready.map(({ facts }) => facts.id).join(",");
    throw new InvalidOptionsError(
      `This is not a terminal, so no question can be answered. Say which providers may be used: --providers ${ids}, or --yes for all that were found.`,
    );
  }
  const named = flags.providers === undefined ? ready : namedCandidates(candidates, flags.providers);
  const choose = async (ask?: Ask): Promise<void> => {
    const mayWrite = flags.force === true || !existsSync(terminal.resolve(flags.output));
    if (
      !mayWrite &&
      (ask === undefined || !(await askYes(ask, `${flags.output} is there already. Replace it?`, false)))
    )
      throw new InvalidOptionsError(`${flags.output} is there already. --force writes over it.`);
    const chosen: Candidate[] = [];
    for (const one of named) {
      note(terminal, tierText(one, terminal.stderr.columns).join("\n"));
      if (ask === undefined || (await askYes(ask, `Use ${one.facts.title}?`, true))) chosen.push(one);
    }
    if (chosen.length === 0) throw new InvalidOptionsError("No provider was chosen; nothing is written.");
    const training = flags.training ?? (await askTraining(ask, chosen));
    await write(terminal, flags, chosen, training);
  };
  if (isSaid) await choose();
  else await withPerson(terminal, choose);
}

/** @returns `undefined` where nobody says, or nothing depends on it */
async function askTraining(ask: Ask | undefined, chosen: readonly Candidate[]): Promise<Training | undefined> {
  const telling = chosen.filter(({ facts }) => facts.terms.training?.value !== "no");
  if (telling.length === 0 || ask === undefined) return undefined;
  const names = telling.map(({ facts }) => facts.title).join(", ");
  const question = `These may train on prompts, or don't say: ${names}.\nUse them all the same?`;
  return (await askYes(ask, question, true)) ? "allowed" : "refused";
}

async function write(
  terminal: Terminal,
  { output, json }: InitFlags,
  chosen: readonly Candidate[],
  training: Training | undefined,
): Promise<void> {
  const config = { providers: chosen.map(entryOf), ...(training === undefined ? {} : { training }) };
  await writeFile(terminal.resolve(output), `${JSON.stringify(config, undefined, 2)}\n`).catch((cause: unknown) => {
    throw new InvalidOptionsError(`${output} can't be written: ${reasonOf(cause)}.`, { cause });
  });
  const awaited = chosen.flatMap(unset);
  const leftOut = chosen.filter(({ facts }) => training === "refused" && facts.terms.training?.value !== "no");
  const telling = chosen.filter(({ facts }) => training === undefined && facts.terms.training?.value !== "no");
  const ids = (some: readonly Candidate[]): string => some.map(({ facts }) => facts.id).join(", ");
  const isNoneLeft = leftOut.length === chosen.length;
  const option = output === "laplas.config.json" ? "" : ` --config ${output}`;
  note(
    terminal,
    [
      "",
      `Written: ${output}, which names variables and holds no key.`,
      ...(awaited.length === 0 ? [] : [`Still to be set: ${awaited.join(", ")}`]),
      ...(leftOut.length === 0
        ? []
        : [`Never asked, since they may train on prompts or don't say: ${ids(leftOut)}. "training" decides it.`]),
      ...(isNoneLeft ? ["None is left to ask: --training allowed --force lets them be asked."] : []),
      ...(telling.length === 0
        ? []
        : [`May train on prompts, or don't say: ${ids(telling)}. --training refused leaves them out.`]),
      ...(isNoneLeft
        ? []
        : [
            "",
            `  laplas doctor${option}              does each answer, and accept its key?`,
            `  laplas chat${option} "Hello"        from whichever can answer`,
            `  laplas serve${option}               one address for all: model "auto"`,
          ]),
    ].join("\n"),
  );
  if (json) printJson(terminal, { object: "init", output, ...config });
}

function tierText({ facts, keyIn, missing }: Candidate, columns: number): string[] {
  const { id, title, keyVariable, tiers, terms } = facts;
  const age = ageWords(ageOf(tiers[0], Date.now()));
  const key = {
    variable: `in ${keyVariable}`,
    "keys.json": "in keys.json",
    "none needed": "none is needed",
    nowhere: `not there yet: ${keyVariable}`,
  }[keyIn];
  return [
    "",
    `${paint("bold", title)} (${id})`,
    ...fields(
      [
        ["Key", missing.length === 0 ? key : `${key}; ${missing.join(", ")} is not set`],
        ["A day", dayWords(tiers[0])],
        ["Source", age],
        ["Prompts", [trainingWords(terms), terms.training?.note].filter(Boolean).join(": ")],
        ["Use", [productionWords(terms), terms.production?.note].filter(Boolean).join(": ")],
      ],
      columns,
    ),
  ];
}

/** What there is to sign up for, where no key was found. */
function signUps(candidates: readonly Candidate[], columns: number): string[] {
  const wanting = candidates.filter(({ facts }) => facts.keyVariable !== undefined);
  const half = wanting.filter((one) => one.keyIn !== "nowhere");
  return [
    ...wrap(
      half.length > 0
        ? `Something is missing: ${half.map((one) => `${one.facts.title} needs ${unset(one).join(", ")}`).join("; ")}.`
        : "No key was found in the usual variables. These give free ones; each line says what a day holds:",
      columns,
    ),
    "",
    ...fields(
      wanting.map(({ facts: { title, keyVariable, variables, tiers } }) => [
        title,
        `${dayWords(tiers[0])}. ${paint("dim", `export ${[keyVariable, ...Object.values(variables)].map((name) => `${name}=...`).join(" ")}`)}`,
      ]),
      columns,
    ),
    "",
    ...wrap("Then: laplas init. A server on this machine needs no key: laplas init --providers local", columns),
  ];
}
