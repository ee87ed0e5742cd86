import { basename } from "node:path";
import { readKeys } from "../config/keys-file.js";
import { allFacts } from "../config/provider-facts.js";
import { configPath, readConfig } from "../config/read-config.js";
import { findDocuments } from "../config/read-providers.js";
import type { Terminal } from "../terminal/terminal.js";

/** A provider that a key can be of. */
interface KeyOwner {
  readonly id: string;
  readonly title: string;
}

/** Where a provider's key comes from, and what uses it; never the key. */
export interface KeyState extends KeyOwner {
  /** The variable that the configuration names, if it is set. */
  readonly variable: string | undefined;
  readonly isStored: boolean;
  readonly isNeeded: boolean;
  /** The configuration's file; `undefined` where nothing asks the provider. */
  readonly usedBy: string | undefined;
}

/** Providers that a configuration can name, and those of documents that it names. @throws InvalidOptionsError */
export function keyOwners(terminal: Terminal, config: string | undefined): readonly KeyOwner[] {
  const known = allFacts().flatMap(({ id, title, keyVariable }) => (keyVariable === undefined ? [] : [{ id, title }]));
  const configured = named(terminal, config).filter(({ id }) => !known.some((one) => one.id === id));
  return [...known, ...configured.map(({ id, title }) => ({ id, title }))];
}

/** The keys that the configuration asks for, in its order, then those that are stored beside. @throws InvalidOptionsError */
export function findKeys(terminal: Terminal, config: string | undefined): readonly KeyState[] {
  const { environment } = terminal;
  const keys = readKeys(environment);
  const usedBy = basename(configPath({ file: config, environment, directory: terminal.cwd() }));
  const entries = named(terminal, config);
  const isLone = entries.length === 0;
  const asked = isLone
    ? [{ id: "laplas", title: "laplas", keyVariable: "LAPLAS_API_KEY", isNeeded: true, usedBy: "every command" }]
    : entries.map((one) => ({ ...one, usedBy }));
  const others = Object.keys(keys).filter((id) => !asked.some((one) => one.id === id));
  return [
    ...asked.map(({ keyVariable = "", ...one }) => ({
      id: one.id,
      title: one.title,
      variable: environment[keyVariable] ? keyVariable : undefined,
      isStored: Object.hasOwn(keys, one.id),
      isNeeded: one.isNeeded,
      usedBy: one.usedBy,
    })),
    ...others.map((id) => ({ id, title: id, variable: undefined, isStored: true, isNeeded: true, usedBy: undefined })),
  ];
}

/** The providers of a configuration, each with the variable that it names: no other is looked at. */
function named(
  { environment, cwd }: Terminal,
  file: string | undefined,
): readonly (KeyOwner & { readonly keyVariable: string | undefined; readonly isNeeded: boolean })[] {
  const { providers = [] } = readConfig({ file, environment, directory: cwd() });
  return findDocuments(providers).map(({ id, title, entry, document }) => ({
    id,
    title,
    keyVariable: entry.keyVariable,
    isNeeded: document === "laplas" || (entry.keyVariable ?? document.keyVariable) !== undefined,
  }));
}
