import { stripVTControlCharacters } from "node:util";
import {
  InvalidOptionsError,
  isDocumentPath,
  type ProviderDocument,
  readDocument,
  type Term,
  type Terms,
} from "@laplas/core";
import type { Command } from "commander";
import { addJsonFlag } from "../config/engine-flags.js";
import { allFacts, factsOf, type ProviderFacts } from "../config/provider-facts.js";
import { paint } from "../terminal/paint.js";
import { note, printJson, printLines } from "../terminal/print.js";
import { fields, table, wrap } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { tierBody, tierLines } from "./tier.js";
import { ageOf, ageWords, dayWords, productionWords, trainingWords } from "./tier-summary.js";

export function define(command: Command, terminal: Terminal): void {
  command.addHelpText(
    "after",
    `
Examples:
  laplas providers list
  laplas providers show groq
  laplas providers show ./my-provider.json
  laplas providers list --json | jq '.data[] | select(.terms.training == "no")'

What is known of free tiers, with the date of each source. Nothing is sent, and
no variable is looked at: laplas init does that.`,
  );
  addJsonFlag(command.command("list", { isDefault: true }).description("the providers, and what a day of each holds"))
    .addHelpText("after", "\nExamples:\n  laplas providers list\n  laplas providers list --json | jq -r '.data[].id'")
    .action(({ json }: { readonly json?: boolean }) => list(terminal, json === true));
  addJsonFlag(command.command("show").description("all rules of a provider, with their sources"))
    .argument("<provider>", "its id, or the file of a document of your own")
    .addHelpText("after", "\nExamples:\n  laplas providers show groq\n  laplas providers show ./my-provider.json")
    .action((name: string, { json }: { readonly json?: boolean }) => show(terminal, name, json === true));
}

const AGE =
  "Providers change these numbers. Where one is stale, check its source; until then it applies as an upper bound.";

function list(terminal: Terminal, json: boolean): void {
  const now = Date.now();
  const all = allFacts();
  if (json) {
    printJson(terminal, { object: "list", data: all.map((one) => factsBody(one, now)) });
    return;
  }
  const { room, columns } = terminal.stdout;
  const rows = table(
    [
      { title: "ID" },
      { title: "A DAY HOLDS" },
      { title: "EVIDENCE", spare: 1 },
      { title: "TERMS", spare: 2 },
      { title: "KEY IN", spare: 3 },
    ],
    all.map(({ id, tiers: [tier], terms, keyVariable }) => {
      const age = ageOf(tier, now);
      return [
        paint("bold", id),
        dayWords(tier),
        paint(age?.isStale ? "yellow" : "green", ageWords(age)),
        termsWords(terms),
        keyVariable ?? paint("dim", "no key"),
      ];
    }),
    room,
  );
  const isTooWide = rows.some((line) => stripVTControlCharacters(line).length > room);
  printLines(
    terminal,
    isTooWide
      ? fields(
          all.map(({ id, tiers: [tier] }) => [id, dayWords(tier)]),
          columns,
        )
      : rows,
  );
  if (terminal.stdout.isTerminal) {
    note(terminal, paint("dim", `\n${wrap(AGE, terminal.stderr.columns).join("\n")}`));
  }
}

function termsWords(terms: Terms): string {
  return `${trainingWords(terms)}${terms.production?.value === "no" ? `, ${productionWords(terms)}` : ""}`;
}

/** @throws InvalidOptionsError */
function show(terminal: Terminal, name: string, json: boolean): void {
  const now = Date.now();
  const facts = findFacts(terminal, name);
  if (json) {
    const { tiers } = facts;
    printJson(terminal, { ...factsBody(facts, now), tiers: tiers.map((tier) => tierBody(tier, now)) });
    return;
  }
  const { id, title, baseURL, keyVariable, variables, tiers, terms } = facts;
  const { columns } = terminal.stdout;
  printLines(terminal, [
    `${paint("bold", title)} (${id})`,
    "",
    ...fields(
      [
        ["Address", baseURL],
        ["Key in", keyVariable ?? "it takes none"],
        ...Object.entries(variables).map(([placeholder, variable]) => [`{${placeholder}}`, `in ${variable}`] as const),
        ["A day", dayWords(tiers[0])],
        ["Evidence", ageWords(ageOf(tiers[0], now)) || "there are no rules"],
        ["Training", termText(terms.training === undefined ? "not known" : trainingWords(terms), terms.training)],
        [
          "Production",
          termText(terms.production === undefined ? "not known" : productionWords(terms), terms.production),
        ],
        ...(terms.severalKeys?.note === undefined ? [] : [["Keys", termText("", terms.severalKeys)] as const]),
      ],
      columns,
    ),
    ...tiers.flatMap((tier) => ["", ...tierLines(tier, columns, now)]),
  ]);
}

function termText(words: string, term: Term | undefined): string {
  if (term === undefined) return words;
  const said = [words, term.note].filter((part) => part !== undefined && part !== "").join(": ");
  return `${said}\n${paint("dim", `${term.source}, ${term.date}`)}`;
}

/** @throws InvalidOptionsError */
function findFacts(terminal: Terminal, name: string): ProviderFacts {
  if (isDocumentPath(name)) {
    const document = readDocument(terminal.resolve(name), "The argument");
    if (typeof document === "object" && document !== null) return factsOf(document as ProviderDocument);
    throw new InvalidOptionsError(`${name} holds no provider.`);
  }
  const all = allFacts();
  const found = all.find(({ id }) => id === name);
  if (found !== undefined) return found;
  throw new InvalidOptionsError(
    `There is no provider ${JSON.stringify(name)}. There are ${all.map(({ id }) => id).join(", ")}; of your own, give the path of its document.`,
  );
}

/** A provider as JSON. */
function factsBody({ id, title, baseURL, keyVariable, variables, tiers, terms }: ProviderFacts, now: number): object {
  const age = ageOf(tiers[0], now);
  return {
    object: "provider",
    id,
    title,
    base_url: baseURL,
    key_variable: keyVariable ?? null,
    variables,
    tier: tiers[0].name,
    day: dayWords(tiers[0]),
    evidence: age === undefined ? null : { status: age.status, date: age.date, stale: age.isStale },
    terms: {
      training: terms.training?.value ?? "unknown",
      production: terms.production?.value ?? "unknown",
      several_keys: terms.severalKeys?.value ?? "unknown",
    },
  };
}
