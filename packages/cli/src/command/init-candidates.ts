import { InvalidOptionsError } from "@laplas/core";
import { readKeys } from "../config/keys-file.js";
import type { ProviderEntry } from "../config/provider-entry.js";
import type { ProviderFacts } from "../config/provider-facts.js";
import type { Terminal } from "../terminal/terminal.js";

/** A provider, and whether its key is there. What the key is nobody looks at. */
export interface Candidate {
  readonly facts: ProviderFacts;
  /** Where the key was found. */
  readonly keyIn: "variable" | "keys.json" | "none needed" | "nowhere";
  /** Variables of its address that are not set. */
  readonly missing: readonly string[];
}

/** Looks whether the variables that the documents name are set: the only place where one is looked at that no configuration names. */
export function findCandidates({ environment }: Terminal, all: readonly ProviderFacts[]): readonly Candidate[] {
  const keys = readKeys(environment);
  const isSet = (variable: string): boolean => (environment[variable] ?? "") !== "";
  return all.map((facts) => {
    const { id, keyVariable, variables } = facts;
    const keyIn =
      keyVariable === undefined
        ? "none needed"
        : isSet(keyVariable)
          ? "variable"
          : Object.hasOwn(keys, id)
            ? "keys.json"
            : "nowhere";
    return { facts, keyIn, missing: Object.values(variables).filter((variable) => !isSet(variable)) };
  });
}

/** Those that can be used as they are. */
export function isReady({ keyIn, missing }: Candidate): boolean {
  return (keyIn === "variable" || keyIn === "keys.json") && missing.length === 0;
}

/** @throws InvalidOptionsError for a name that is none */
export function namedCandidates(candidates: readonly Candidate[], names: string): readonly Candidate[] {
  const ids = [...new Set(names.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()])))];
  if (ids.length === 0) throw new InvalidOptionsError("--providers names no provider.");
  return ids.map((id) => {
    const found = candidates.find(({ facts }) => facts.id === id);
    if (found !== undefined) return found;
    const known = candidates.map(({ facts }) => facts.id).join(", ");
    throw new InvalidOptionsError(`--providers names ${JSON.stringify(id)}, which is no provider. There are ${known}.`);
  });
}

/** As the configuration has it: a key that is in keys.json needs no variable, and one that is nowhere yet is awaited in its usual one. */
export function entryOf({ facts, keyIn }: Candidate): ProviderEntry {
  const { id, keyVariable, variables } = facts;
  return {
    provider: id,
    ...(keyVariable === undefined || keyIn === "keys.json" ? {} : { keyVariable }),
    ...(Object.keys(variables).length === 0 ? {} : { variables }),
  };
}

/** What has to be set before it can be asked. */
export function unset({ facts, keyIn, missing }: Candidate): readonly string[] {
  return [...(keyIn === "nowhere" && facts.keyVariable !== undefined ? [facts.keyVariable] : []), ...missing];
}
