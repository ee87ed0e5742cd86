import {
  InvalidOptionsError,
  isDocumentPath,
  type ProviderDocument,
  type ProviderSettings,
  readDocument,
} from "@laplas/core";
import { documents } from "@laplas/providers";
import type { GatewayConfig } from "./config-schema.js";
import { isKey, type Keys, keysPath, notKey, readKeys } from "./keys-file.js";
import type { ProviderEntry } from "./provider-entry.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** What is said of laplas beside the list goes for its entry. */
type LaplasConfig = Pick<GatewayConfig, "apiKey" | "baseURL" | "tier" | "models">;

/** A configured provider before it is opened. */
export interface NamedProvider {
  readonly id: string;
  readonly title: string;
  readonly entry: ProviderEntry;
  readonly document: ProviderSettings["document"];
}

/** Ids that a configuration can name. */
export const providerIds: readonly string[] = ["laplas", ...documents.map(({ id }) => id)];

/** Finds the documents of a list's entries. @throws InvalidOptionsError */
export function findDocuments(entries: readonly ProviderEntry[]): readonly NamedProvider[] {
  return entries.map((entry, index) => {
    const { provider: name } = entry;
    const place = `"providers[${index}].provider"`;
    if (name === "laplas") return { id: name, title: "laplas", entry, document: name };
    const known = documents.find(({ id }) => id === name);
    if (known !== undefined) return { id: name, title: known.title, entry, document: known };
    if (!isDocumentPath(name)) {
      throw new InvalidOptionsError(
        `${place} is ${JSON.stringify(name)}, which is no provider. There are ${providerIds.join(", ")}; of your own, give the path of its document.`,
      );
    }
    const document = readDocument(name, place);
    if (typeof document !== "object" || document === null || typeof (document as { id?: unknown }).id !== "string") {
      throw new InvalidOptionsError(`${place} names the file ${JSON.stringify(name)}, which holds no provider.`);
    }
    const { id, title } = document as ProviderDocument;
    return { id, title, entry, document: document as ProviderDocument };
  });
}

/**
 * The settings of the engine's providers. No variable is read that the configuration does not name.
 *
 * @param baseURLs of sandboxes that stand in for them, in their order: those want no key of the user's
 * @param onMissing hears of each key that is missing, for commands that send nothing; without it they are refused
 * @throws InvalidOptionsError naming every key that is missing and both ways to give it
 */
export function readProviders(
  named: readonly NamedProvider[],
  own: LaplasConfig,
  environment: Environment,
  baseURLs?: readonly string[],
  onMissing: (message: string) => void = refuse,
): readonly ProviderSettings[] {
  if (baseURLs !== undefined) {
    return named.map(({ entry, document }, index) => ({
      ...settingsOf(entry, document, own),
      baseURL: baseURLs[index],
      apiKey: "sandbox",
    }));
  }
  const keys = named.some((one) => keyVariableOf(one) !== undefined) ? readKeys(environment) : {};
  const missing: NamedProvider[] = [];
  const settings = named.map((one) => {
    const found = keyOf(one, keys, own, environment);
    const isMissing = found === undefined && keyVariableOf(one) !== undefined;
    if (isMissing) missing.push(one);
    const apiKey = isMissing ? "none" : found;
    return { ...settingsOf(one.entry, withVariables(one), own), ...(apiKey === undefined ? {} : { apiKey }) };
  });
  if (missing.length > 0) onMissing(missingKeys(missing));
  return settings;
}

function refuse(message: string): never {
  throw new InvalidOptionsError(message);
}

function settingsOf(
  { tier, baseURL, models }: ProviderEntry,
  document: ProviderSettings["document"],
  own: LaplasConfig,
): ProviderSettings {
  const beside = document === "laplas" ? own : {};
  return {
    document,
    tier: tier ?? beside.tier,
    baseURL: baseURL ?? beside.baseURL,
    models: models ?? beside.models,
  };
}

/** @throws InvalidOptionsError for what can't be one, naming where it stands: the engine knows only its place in the list */
function keyOf(
  { id, title, entry }: NamedProvider,
  keys: Keys,
  own: LaplasConfig,
  environment: Environment,
): string | undefined {
  const { keyVariable = "" } = entry;
  const places = [
    [environment[keyVariable], keyVariable],
    [Object.hasOwn(keys, id) ? keys[id] : undefined, `${keysPath(environment)} ("${id}")`],
    [id === "laplas" ? own.apiKey : undefined, 'LAPLAS_API_KEY, or "apiKey" of the configuration'],
  ] as const;
  const [key, place] = places.find(([value]) => value) ?? [];
  if (key === undefined || isKey(key)) return key;
  throw new InvalidOptionsError(notKey(title, place ?? ""));
}

/** The variable that usually has the key; `undefined` for a provider without keys. */
function keyVariableOf({ document, entry }: NamedProvider): string | undefined {
  return entry.keyVariable ?? (document === "laplas" ? "LAPLAS_API_KEY" : document.keyVariable);
}

/** The document with the variables that the configuration names: those it names itself are not read. @throws InvalidOptionsError */
function withVariables({ title, entry, document }: NamedProvider): ProviderSettings["document"] {
  if (document === "laplas" || document.variables === undefined || entry.baseURL !== undefined) return document;
  const { variables = {} } = entry;
  const missing = Object.entries(document.variables).filter(([name]) => !Object.hasOwn(variables, name));
  if (missing.length === 0) return { ...document, variables: { ...document.variables, ...variables } };
  const wanted = JSON.stringify(Object.fromEntries(missing));
  throw new InvalidOptionsError(
    `The address of ${title} has a part that is yours. Name its variable in the provider's entry: "variables": ${wanted}.`,
  );
}

function missingKeys(missing: readonly NamedProvider[]): string {
  return missing
    .map((one) => {
      const { id, title, entry } = one;
      const variable = keyVariableOf(one) ?? "";
      const first =
        entry.keyVariable === undefined
          ? `Name its variable in laplas.config.json ({"provider": ${JSON.stringify(entry.provider)}, "keyVariable": "${variable}"})`
          : `Set ${variable}`;
      return `There is no key of ${title}. ${first}, or store it: laplas keys set ${id}.`;
    })
    .join("\n");
}
