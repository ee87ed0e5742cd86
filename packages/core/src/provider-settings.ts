import type { ModelEntryInput } from "./catalog/model-entry.js";
import { quote } from "./errors/quote.js";
import { InvalidOptionsError } from "./errors/setup-errors.js";
import { optionTable } from "./options-table.js";
import type { Provider, ProviderDocument } from "./provider/provider.js";
import { resolveProvider } from "./provider/resolve-provider.js";
import { laplas } from "./providers/laplas/laplas.js";
import type { TierDocument } from "./tier/tier.js";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One provider of an engine. */
export interface ProviderSettings {
  /** A provider's document, or "laplas" for the one that is built in. */
  readonly document: ProviderDocument | "laplas";
  /** @default the environment variable that the document names; a provider that names none needs no key */
  readonly apiKey?: string | undefined;
  /** In place of the document's address. @default the document's */
  readonly baseURL?: string | undefined;
  /** A tier of the document by name, a tier document of one's own, or the path of a JSON file that holds one. @default the document's */
  readonly tier?: string | TierDocument | undefined;
  /** Models added to the document's, or put in their place. */
  readonly models?: readonly ModelEntryInput[] | undefined;
}

/** Options that each provider has for itself. */
export const PROVIDER_OPTIONS: ReadonlySet<string> = new Set(["apiKey", "baseURL", "tier", "models"]);

/**
 * One key at one server is one account, which two providers can't count apart; and of several accounts of one person at one provider nearly
 * all terms say no.
 *
 * @throws InvalidOptionsError naming both
 */
export function refuseTwice(sources: readonly ProviderSource[]): void {
  const origins = sources.map(({ provider, settings }) => new URL(settings.baseURL ?? provider.baseURL).origin);
  const ids = sources.map(({ provider }) => provider.id);
  for (const index of sources.keys()) {
    const sameOrigin = origins.indexOf(origins[index] ?? "");
    const sameId = ids.indexOf(ids[index] ?? "");
    if (sameOrigin === index && sameId === index) continue;
    const what =
      sameOrigin < index
        ? `has the same origin as "providers[${sameOrigin}]", ${quote(origins[index])}`
        : `has the same id as "providers[${sameId}]", ${quote(ids[index])}`;
    throw new InvalidOptionsError(
      `Option "providers[${index}]" ${what}: a provider may be in an engine once, with one key. Several keys of one person don't make a larger tier, and most terms forbid them. Leave providers[${index}] out.`,
    );
  }
}

/** A provider and what a user says of it. */
export interface ProviderSource {
  readonly provider: Provider;
  readonly settings: Omit<ProviderSettings, "document">;
  /** What stands before the names of its options in messages. */
  readonly prefix: string;
}

/** @throws InvalidOptionsError naming the option, or the place in the document */
export function readProvider(settings: ProviderSettings, index: number, environment: Environment): ProviderSource {
  const prefix = `providers[${index}].`;
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw new InvalidOptionsError(`Option "providers[${index}]" must be an object, as in { document: "laplas" }.`);
  }
  refuseUnknown(settings, ["document", ...PROVIDER_OPTIONS], `option of providers[${index}]`);
  const { document } = settings;
  if (document === "laplas") {
    const { variable = "" } = optionTable.baseURL;
    const option = `Option "${prefix}baseURL" (${variable})`;
    const baseURL = readURL(option, settings.baseURL ?? (environment[variable] || laplas.baseURL), laplas.baseURL);
    return { provider: laplas, settings: { ...settings, baseURL }, prefix };
  }
  const given = settings.baseURL === undefined ? undefined : readURL(`Option "${prefix}baseURL"`, settings.baseURL);
  return { provider: resolveProvider(document, { environment, baseURL: given }), settings, prefix };
}

/** @throws InvalidOptionsError unless it can be a key. What it is does not get into the message. */
export function readKey(option: string, key: unknown, { title, keyVariable }: Provider): string {
  if (key === undefined || key === "") {
    if (keyVariable === undefined) return "";
    throw new InvalidOptionsError(
      `${option} is missing. Give the key of your ${title} account; against a sandbox any text will do.`,
    );
  }
  // Header values: anything else would throw in the middle of a call, with the key in the message.
  if (typeof key !== "string" || !/^[\x21-\x7e]+$/.test(key)) {
    throw new InvalidOptionsError(
      `${option} holds characters that no key has: blanks, line ends or letters beyond ASCII. Was it copied whole, without quotes?`,
    );
  }
  return key;
}

/** @throws InvalidOptionsError unless it is an address without secrets */
export function readURL(option: string, text: unknown, example = "https://api.example.com/v1"): string {
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "") {
    throw new InvalidOptionsError(
      `${option} is ${quote(typeof text === "string" ? text.replace(/[?#@].*/s, "...") : text)}, but must be an http or https address, like ${example}.`,
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new InvalidOptionsError(`${option} holds a user or password. Use option "apiKey".`);
  }
  return url.href.replace(/\/+$/, "");
}

/** @throws InvalidOptionsError naming the first that is none of the names */
export function refuseUnknown(options: object, names: readonly string[], what: string): void {
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new InvalidOptionsError(`There is no ${what} ${quote(unknown)}. Options are ${names.join(", ")}.`);
}
