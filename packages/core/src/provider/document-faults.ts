import { type Catalog, catalogOf } from "../catalog/create-catalog.js";
import type { Model } from "../catalog/model.js";
import { quote } from "../errors/quote.js";
import { matchesModel } from "../tier/binds-model.js";
import type { Rule } from "../tier/tier.js";
import { placeholdersOf } from "./address.js";
import type { Fault } from "./describe-fault.js";
import type { CheckedProvider } from "./provider-schema.js";
import { withPrimaryIds } from "./resolve-tier.js";

/** What is wrong between the parts of a document, each of which is right by itself. */
export function documentFaults(document: CheckedProvider, models: readonly Model[] | undefined): Fault[] {
  return [
    ...variableFaults(document),
    ...tierFaults(document),
    ...(models === undefined ? [] : modelFaults(document, models)),
  ];
}

function variableFaults({ baseURL, variables = {} }: CheckedProvider): Fault[] {
  const placeholders = placeholdersOf(baseURL);
  return [
    ...placeholders
      .filter((name) => !Object.hasOwn(variables, name))
      .map((name) => ({
        path: ["baseURL"],
        message: `has the placeholder {${name}}, which "variables" does not have`,
      })),
    ...Object.keys(variables)
      .filter((name) => !placeholders.includes(name))
      .map((name) => ({ path: ["variables", name], message: `is no placeholder of "baseURL"` })),
  ];
}

function tierFaults({ tiers, defaultTier, unit }: CheckedProvider): Fault[] {
  const faults: Fault[] = [];
  const names = tiers.map(({ name }) => name);
  for (const [index, tier] of tiers.entries()) {
    const first = names.indexOf(tier.name);
    if (first < index) faults.push({ path: ["tiers", index, "name"], message: `is also the name of tiers[${first}]` });
    const { extends: base } = tier;
    if (base !== undefined && !names.includes(base)) {
      faults.push({
        path: ["tiers", index, "extends"],
        message: `is ${quote(base)}, but must be one of ${names.join(", ")}`,
      });
    } else if (leadsBack(index, tiers)) {
      faults.push({ path: ["tiers", index, "extends"], message: "leads back to the tier itself" });
    }
    if (tier.unit !== undefined && (tier.unit.name !== unit?.name || tier.unit.field !== unit.field)) {
      faults.push({ path: ["tiers", index, "unit"], message: `differs from the document's "unit"` });
    }
  }
  if (defaultTier !== undefined && !names.includes(defaultTier)) {
    faults.push({ path: ["defaultTier"], message: `is ${quote(defaultTier)}, but must be one of ${names.join(", ")}` });
  }
  return faults;
}

function leadsBack(start: number, tiers: CheckedProvider["tiers"]): boolean {
  const seen = new Set<number>();
  for (let at = start; !seen.has(at); ) {
    seen.add(at);
    const base = tiers[at]?.extends;
    const next = base === undefined ? -1 : tiers.findIndex(({ name }) => name === base);
    if (next === start) return true;
    if (next < 0) return false;
    at = next;
  }
  return false;
}

/** A limit that nobody meets is a slip of the pen, and the calls that it was meant for would go unlimited. */
function modelFaults({ tiers }: CheckedProvider, models: readonly Model[]): Fault[] {
  const catalog = catalogOf(models);
  return tiers.flatMap(({ rules }, tier) =>
    rules.flatMap((rule, index) => ruleFaults(rule, ["tiers", tier, "rules", index, "models"], models, catalog)),
  );
}

function ruleFaults(rule: Rule, path: readonly PropertyKey[], models: readonly Model[], catalog: Catalog): Fault[] {
  const names = withPrimaryIds(rule, catalog).models;
  if (names === undefined) return [];
  const isNobody = (list: readonly string[]): boolean => !models.some(({ id }) => matchesModel(list, id));
  const strangers = names.flatMap((name, place) =>
    isNobody([name.replace(/^!/, "")])
      ? [
          {
            path: [...path, place],
            message: `is ${quote(rule.models?.[place] ?? name)}, which is no model of this document`,
          },
        ]
      : [],
  );
  if (strangers.length > 0) return strangers;
  return isNobody(names) ? [{ path, message: "leaves no model that the rule could bind" }] : [];
}
