import type { Laplas, Modality, Model, ModelStatus } from "@laplas/core";
import { costWords, counted, providerOf, routeNames, whole } from "@laplas/gateway/bodies";
import { type Command, Option } from "commander";
import { addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { type OpenEngine, withEngine } from "../config/open-engine.js";
import { EXIT } from "../terminal/exit-codes.js";
import { paint } from "../terminal/paint.js";
import { note, printJson, printLines } from "../terminal/print.js";
import { safeLine } from "../terminal/safe-text.js";
import { fields, table, wrap } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { callsLeft } from "./calls-left.js";
import { costText } from "./check.js";

interface ModelsFlags extends EngineFlags {
  readonly modality?: Modality;
  readonly sort?: "calls";
  readonly tools?: boolean;
}

export function define(command: Command, terminal: Terminal): void {
  command
    .argument("[search]", "part of an id, alias, label or vendor")
    .addOption(new Option("-m, --modality <kind>", "only one kind").choices(["chat", "embedding", "image"]))
    .option("--tools", "only chat models documented to call functions")
    .addOption(
      new Option("-s, --sort <order>", "calls: most calls left first (default: the catalog's order)").choices([
        "calls",
      ]),
    );
  addEngineFlags(addJsonFlag(command))
    .addHelpText(
      "after",
      `
Examples:
  laplas models --sort calls               which go furthest today
  laplas models claude                     of one vendor
  laplas models gpt-4o-mini                all that is known of one
  laplas models --modality embedding --json | jq '.data[].id'

Without a key, the calls left assume that nothing is used yet.`,
    )
    .action(async (search: string | undefined, flags: ModelsFlags) => {
      await withEngine(terminal, flags, ({ laplas, account }) => list(terminal, laplas, account, search, flags), {
        needsKey: false,
      });
    });
}

async function list(
  terminal: Terminal,
  laplas: Laplas,
  account: OpenEngine["account"],
  search: string | undefined,
  { modality, sort, tools, json }: ModelsFlags,
): Promise<void> {
  const isPool = laplas.providers.length > 1;
  // Of several providers the names in the list begin with theirs.
  const listed = await laplas.models(isPool ? { modality, sort } : { search, modality, sort });
  const found = isPool && search !== undefined ? listed.filter((model) => isLike(model, search)) : listed;
  const models = tools ? found.filter((model) => model.modality === "chat" && model.capabilities.tools) : found;
  if (json) printJson(terminal, { object: "list", data: models.map(modelBody) });
  if (models.length === 0) {
    note(terminal, notFound(laplas, search));
    terminal.exitCode = EXIT.failed;
  }
  if (json || models.length === 0) return;
  const named = search === undefined ? undefined : laplas.findModel(search);
  const exact = models.find(({ id }) => id === search || (!isPool && named?.kind === "model" && id === named.model.id));
  const one = exact ?? (models.length === 1 ? models[0] : undefined);
  if (one !== undefined) printLines(terminal, modelLines(laplas, one, terminal.stdout.columns));
  const others = models.filter((model) => model !== one);
  if (others.length > 0)
    printLines(terminal, [...(one === undefined ? [] : [""]), ...modelTable(laplas, others, terminal.stdout.room)]);
  if (terminal.stdout.isTerminal) {
    const meaning =
      others.length > 0
        ? ` A call is ${CALL}: what it costs, in ${isPool ? "each provider's unit" : laplas.tier.unit.name}, is expected by ${BASES}.`
        : "";
    const keyless = account === "none" ? " There is no key, so the calls left assume that nothing is used yet." : "";
    const routes = routeNames(laplas);
    const picking = routes.length === 0 ? "" : ` Names that pick one: ${routes.join(", ")}.`;
    const lines = wrap(`${countText(models, isPool)}.${meaning}${picking}${keyless}`, terminal.stderr.columns);
    note(terminal, paint("dim", `\n${lines.join("\n")}`));
  }
}

/** The documentation counts its pages, of which one may be about several models. */
function countText(models: readonly ModelStatus[], isPool: boolean): string {
  const count = counted(models.length, "model");
  if (isPool) return count;
  const titles = new Set(models.map(({ modality, label }) => `${modality} ${label}`)).size;
  if (titles === models.length) return count;
  return `${count}; the documentation counts ${titles}, with sizes or versions of a model as one`;
}

function isLike({ id, aliases, label, vendor }: ModelStatus, search: string): boolean {
  const wanted = search.toLowerCase();
  return [id, ...aliases, label, vendor].some((text) => text.toLowerCase().includes(wanted));
}

function unitName(laplas: Pick<Laplas, "providers" | "provider">, { provider }: ModelStatus): string {
  return providerOf(laplas, provider).tier.unit.name;
}

function notFound(laplas: Laplas, search: string | undefined): string {
  if (search === undefined) return "No model matches.";
  const lookup = laplas.findModel(search);
  const shown = JSON.stringify(safeLine(search));
  if (lookup.kind === "off-tier") return `${shown} is a model for ${lookup.modality}, which is not on this tier.`;
  const near = lookup.kind === "unknown" && lookup.suggestions.length > 0 ? lookup.suggestions.join(", ") : undefined;
  return `No model has ${shown} in its name.${near === undefined ? "" : ` Did you mean ${near}?`}`;
}

/** The call that models are compared by. */
const CALL = '"Hello", a short one';
const BASES = "what the newest calls did, or else by published figures";

/** What a figure rests on, in words. */
const BASIS: Readonly<Record<ModelStatus["costBasis"], string>> = {
  settled: "settled: what the newest calls have cost",
  published: "published: what this very call is documented to cost",
  inferred: "inferred: the rates are known or follow from published figures",
  assumed: "assumed: nobody has published a price",
};

export function modelTable(
  laplas: Pick<Laplas, "providers" | "provider">,
  models: readonly ModelStatus[],
  room: number,
): string[] {
  const isPool = laplas.providers.length > 1;
  const isAsked = models.some(({ obeyed }) => obeyed !== undefined);
  return table(
    [
      { title: "MODEL" },
      { title: "KIND", spare: 2 },
      { title: "CALLS LEFT", align: "right" },
      { title: "PER CALL", align: "right", spare: 1 },
      { title: "AT MOST", align: "right", spare: 5 },
      { title: "CONTEXT", align: "right", spare: 3 },
      ...(isAsked ? [{ title: "OBEYED", align: "right", spare: 6 } as const] : []),
      { title: "VENDOR", spare: 4 },
    ],
    models.map((model) => [
      model.id,
      model.modality,
      callsLeft(laplas, model),
      // Each provider counts in a unit of its own.
      isPool ? costWords(model.costPerCall, { name: unitName(laplas, model) }) : amount(model.costPerCall),
      model.worstCostPerCall > model.costPerCall ? amount(model.worstCostPerCall) : "",
      model.contextTokens === undefined ? "" : whole(model.contextTokens),
      ...(isAsked ? [model.obeyed === undefined ? "" : `${model.obeyed.obeyed}/${model.obeyed.asked}`] : []),
      paint("dim", model.vendor),
    ]),
    room,
  );
}

/** What costs a fraction does not cost nothing. */
function amount(count: number): string {
  return count > 0 && count < 10 ? count.toFixed(1).replace(/\.0$/, "") : whole(count);
}

function modelLines(laplas: Laplas, model: ModelStatus, columns: number): string[] {
  const unit = unitName(laplas, model);
  const { id, aliases, label, vendor, modality, costPerCall, worstCostPerCall, costBasis, rates } = model;
  return [
    paint("bold", id),
    "",
    ...fields(
      [
        ["Name", label],
        ["Vendor", vendor],
        ["Kind", modality],
        ...(aliases.length === 0 ? [] : [["Also", aliases.join(", ")] as const]),
        ["Calls left", callsLeft(laplas, model)],
        ["Per call", `${costText({ expected: costPerCall, worst: worstCostPerCall, unit })}: ${CALL}`],
        ["", paint("dim", BASIS[costBasis])],
        ...(rates === undefined
          ? []
          : [
              ["Rates", `${rates.input} in, ${rates.output} out: ${unit} per model token`] as const,
              ["", paint("dim", rates.evidence)] as const,
            ]),
        ...(model.contextTokens === undefined
          ? []
          : [["Context", `${whole(model.contextTokens)} model tokens`] as const]),
        ...obeyedText(model),
        ...abilities(model),
      ],
      columns,
    ),
  ];
}

/** Whether long answers are continued well: a model that does not repeat its end as asked is given up after the second time. */
function obeyedText({ obeyed: counts }: ModelStatus): (readonly [string, string])[] {
  if (counts === undefined) return [];
  const { asked, obeyed } = counts;
  return [["Goes on", `as asked ${whole(obeyed)} of ${counted(asked, "time")} that its answer was cut and continued`]];
}

function abilities(model: Model): (readonly [string, string])[] {
  switch (model.modality) {
    case "chat": {
      const { tools, streaming, systemRole, responseFormat, reasoning } = model.capabilities;
      const names = { tools, streaming, "system messages": systemRole, "response format": responseFormat, reasoning };
      const documented = Object.entries(names).flatMap(([name, is]) => (is ? [name] : []));
      return [["Documented", documented.join(", ") || "nothing beyond text"]];
    }
    case "embedding": {
      const { input, dimensions, maxCharacters } = model.embedding;
      return [
        ["Takes", input === "strings" ? "many texts at once" : "one text at a time"],
        ...(dimensions === undefined ? [] : [["Vector", `${whole(dimensions)} numbers`] as const]),
        ...(maxCharacters === undefined ? [] : [["Longest", `${whole(maxCharacters)} characters`] as const]),
      ];
    }
    case "image": {
      const { sizes, sidePixels, defaultSize, referenceImage } = model.image;
      const bounds = sidePixels === undefined ? "" : `${sidePixels.min} to ${sidePixels.max} pixels a side`;
      return [
        ["Sizes", sizes?.join(", ") ?? (bounds || "one")],
        ...(defaultSize === undefined ? [] : [["Draws", `${defaultSize} when no size is given`] as const]),
        ...(referenceImage === "required" ? [["Needs", "a picture to draw from"] as const] : []),
      ];
    }
  }
}

/** A model as JSON. `calls_left` is null where it is not known, or where `unlimited` says that there is no limit. */
function modelBody(model: ModelStatus): object {
  const { id, aliases, label, vendor, modality, contextTokens, callsLeft: calls, rates } = model;
  return {
    id,
    object: "model",
    provider: model.provider,
    aliases,
    label,
    vendor,
    modality,
    context_length: contextTokens ?? null,
    cost_per_call: model.costPerCall,
    worst_cost_per_call: model.worstCostPerCall,
    cost_basis: model.costBasis,
    calls_left: calls === undefined || calls === Number.POSITIVE_INFINITY ? null : calls,
    calls_bound_by: model.callsBoundBy ?? null,
    unlimited: calls === Number.POSITIVE_INFINITY,
    rates: rates ?? null,
    obeyed: model.obeyed ?? null,
    tools: model.modality === "chat" ? model.capabilities.tools : null,
    dimensions: model.modality === "embedding" ? (model.embedding.dimensions ?? null) : null,
  };
}
