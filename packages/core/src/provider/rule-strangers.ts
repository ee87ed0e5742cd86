import type { Catalog } from "../catalog/create-catalog.js";
import { quote } from "../errors/quote.js";
import { matchesModel } from "../tier/binds-model.js";
import type { Rule, Tier } from "../tier/tier.js";
import { describeFaults, type Fault } from "./describe-fault.js";
import { withPrimaryIds } from "./resolve-tier.js";

/**
 * What is wrong with the models that a rule names. A limit that nobody meets is a slip of the pen, and the calls that it was meant for would
 * go unlimited.
 *
 * @param owner whose models they should be: `this document`
 */
export function ruleFaults(rule: Rule, path: readonly PropertyKey[], catalog: Catalog, owner: string): Fault[] {
  const names = withPrimaryIds(rule, catalog).models;
  if (names === undefined) return [];
  const isNobody = (list: readonly string[]): boolean => !catalog.models.some(({ id }) => matchesModel(list, id));
  const strangers = names.flatMap((name, place) =>
    isNobody([name.replace(/^!/, "")])
      ? [
          {
            path: [...path, place],
            message: `is ${quote(rule.models?.[place] ?? name)}, which is no model of ${owner}`,
          },
        ]
      : [],
  );
  if (strangers.length > 0) return strangers;
  return isNobody(names) ? [{ path, message: "leaves no model that the rule could bind" }] : [];
}

/** The same of all rules of a tier, where it can't be an error: a sentence for each rule, and one for a model that several rules name. */
export function strangerWarnings({ title, rules }: Tier, catalog: Catalog, owner: string): string[] {
  const found = rules.map((rule) => ({ id: rule.id, faults: ruleFaults(rule, ["models"], catalog, owner) }));
  const rulesOf = (message: string): string[] =>
    found.flatMap(({ id, faults }) => (faults.some((fault) => fault.message === message) ? [id] : []));
  const isShared = ({ path, message }: Fault): boolean => path.length > 1 && rulesOf(message).length > 1;
  const shared = new Set(found.flatMap(({ faults }) => faults.filter(isShared).map(({ message }) => message)));
  return [
    ...[...shared].map((message) => `${title}, rules ${rulesOf(message).join(", ")}: one of "models" ${message}.`),
    ...found.flatMap(({ id, faults }) => {
      const own = faults.filter((fault) => !isShared(fault));
      return own.length === 0 ? [] : [`${title}, rule ${id}: ${describeFaults(own).replaceAll("\n", " ")}`];
    }),
  ];
}

/** A catalog that says once, when its provider's list is there, which rules name no model of it. */
export function warningOfStrangers(catalog: Catalog, tier: Tier, owner: string): Catalog {
  const { ready, recall, close } = catalog;
  if (ready === undefined) return catalog;
  let isTold = false;
  return {
    get models() {
      return catalog.models;
    },
    find: (name) => catalog.find(name),
    async ready(warn) {
      await ready(warn);
      if (isTold || warn === undefined || isUnlisted(catalog)) return;
      isTold = true;
      for (const warning of strangerWarnings(tier, catalog, owner)) warn(warning);
    },
    ...(recall === undefined ? {} : { recall }),
    ...(close === undefined ? {} : { close }),
  };
}

/** Whether there is no list yet: then no name is known to be wrong. */
function isUnlisted(catalog: Catalog): boolean {
  const found = catalog.find("");
  return found.kind === "unknown" && found.unlisted === true;
}
