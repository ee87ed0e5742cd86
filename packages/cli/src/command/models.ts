import type { Laplas, Modality, ModelStatus } from "@laplas/core";
import { counted, routeNames } from "@laplas/gateway/bodies";
import { type Command, Option } from "commander";
import { addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { type OpenEngine, withEngine } from "../config/open-engine.js";
import { EXIT } from "../terminal/exit-codes.js";
import { paint } from "../terminal/paint.js";
import { note, printJson, printLines } from "../terminal/print.js";
import { safeLine } from "../terminal/safe-text.js";
import { wrap } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { modelBody } from "./model-body.js";
import { BASES, CALL, modelLines, modelTable } from "./model-lines.js";

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

function notFound(laplas: Laplas, search: string | undefined): string {
  if (search === undefined) return "No model matches.";
  const lookup = laplas.findModel(search);
  const shown = JSON.stringify(safeLine(search));
  if (lookup.kind === "off-tier") return `${shown} is a model for ${lookup.modality}, which is not on this tier.`;
  const near = lookup.kind === "unknown" && lookup.suggestions.length > 0 ? lookup.suggestions.join(", ") : undefined;
  return `No model has ${shown} in its name.${near === undefined ? "" : ` Did you mean ${near}?`}`;
}
