import type { z } from "zod";
import type { Model } from "./model.js";
import { type ModelEntry, type ModelEntryInput, modelEntrySchema } from "./model-entry.js";

/**
 * Adds a user's entries to the built-in models. An entry with a built-in id takes that model's place and, unless it
 * names its own, its aliases; an entry may also take a single alias over. Throws a `TypeError` that names the entry and the field.
 */
export function mergeModels(builtIn: readonly Model[], extra: readonly ModelEntryInput[]): Model[] {
  const merged = new Map(builtIn.map((model) => [model.id, model]));
  const claimed = new Map<string, string>();
  for (const [position, input] of extra.entries()) {
    const entry = check(input, position);
    const model = complete(
      entry,
      builtIn.find(({ id }) => id === entry.id),
    );
    // Inherited aliases are not claimed: the next entry may give one of them facts of its own.
    for (const name of [entry.id, ...(entry.aliases ?? [])]) {
      const owner = claimed.get(name);
      if (owner !== undefined) throw problem(entry.id, position, `"${name}" is already a name of "${owner}"`);
      claimed.set(name, entry.id);
    }
    merged.set(model.id, model);
  }
  return [...merged.values()].map((model) => withoutClaimed(model, claimed));
}

function check(input: ModelEntryInput, position: number): ModelEntry {
  const checked = modelEntrySchema().safeParse(input);
  if (checked.success) return checked.data;
  throw problem(idOf(input), position, checked.error.issues.map(describe).join("; "));
}

/** An entry with all its names. */
export function complete(entry: ModelEntry, replaced?: Model | undefined): Model {
  return {
    ...entry,
    aliases: entry.aliases ?? replaced?.aliases ?? [],
    label: entry.label ?? replaced?.label ?? entry.id,
    vendor: entry.vendor ?? replaced?.vendor ?? "custom",
  };
}

/** A name has one owner: a built-in model gives up the aliases that an entry took, but never its primary id. */
function withoutClaimed(model: Model, claimed: ReadonlyMap<string, string>): Model {
  const owner = claimed.get(model.id);
  if (owner !== undefined && owner !== model.id) {
    throw new TypeError(
      `models: "${owner}" can't take "${model.id}" as an alias, it is the id of a model. To replace that model, give an entry with this id.`,
    );
  }
  const kept = model.aliases.filter((alias) => (claimed.get(alias) ?? model.id) === model.id);
  return kept.length === model.aliases.length ? model : { ...model, aliases: kept };
}

function describe(issue: z.core.$ZodIssue): string {
  const field = issue.path.map(String).join(".");
  return field === "" ? issue.message : `${field}: ${issue.message}`;
}

function idOf(input: unknown): string | undefined {
  const id = typeof input === "object" && input !== null && "id" in input ? input.id : undefined;
  return typeof id === "string" ? id.slice(0, 80) : undefined;
}

function problem(id: string | undefined, position: number, what: string): TypeError {
  return new TypeError(`models[${position}]${id === undefined ? "" : ` ("${id}")`}: ${what}`);
}
