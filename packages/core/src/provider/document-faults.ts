import { catalogOf } from "../catalog/create-catalog.js";
import type { Model } from "../catalog/model.js";
import { quote } from "../errors/quote.js";
import { placeholdersOf } from "./address.js";
import type { Fault } from "./describe-fault.js";
import type { CheckedProvider } from "./provider-schema.js";
import { ruleFaults } from "./rule-strangers.js";

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

function modelFaults({ tiers }: CheckedProvider, models: readonly Model[]): Fault[] {
  const catalog = catalogOf(models);
  return tiers.flatMap(({ rules }, tier) =>
    rules.flatMap((rule, index) =>
      ruleFaults(rule, ["tiers", tier, "rules", index, "models"], catalog, "this document"),
    ),
  );
}
