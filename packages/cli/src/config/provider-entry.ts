import { dirname, resolve } from "node:path";
import { InvalidOptionsError, isDocumentPath, type ProviderSettings } from "@laplas/core";
import { z } from "zod";

/** One provider of several, as a configuration has it. */
export interface ProviderEntry extends Omit<ProviderSettings, "document" | "apiKey"> {
  /** `laplas`, the id of a document of `@laplas/providers`, or the path of a document. */
  readonly provider: string;
  /** The environment variable that has the key. Without it, or where it is empty, the key stands in `keys.json`. */
  readonly keyVariable?: string | undefined;
  /** Placeholders of the document's address, each with the environment variable of its value. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
}

const text = z.string().min(1);
const document = z.record(z.string(), z.unknown());
// Lower case is left out because most keys have some: one that stands here by mistake is neither looked up nor shown.
const variable = z.string().regex(/^[A-Z_][A-Z0-9_]*$/, {
  error: "must be the name of an environment variable, in capitals, and not the value itself",
});

const fields = {
  provider: text,
  keyVariable: variable.optional(),
  tier: z.union([text, document]).optional(),
  baseURL: text.optional(),
  variables: z.record(z.string(), variable).optional(),
  models: z.array(document).optional(),
} satisfies Record<keyof ProviderEntry, z.ZodType>;

/** Names of an entry's options. */
export const entryNames: readonly string[] = Object.keys(fields);

const noKey = z
  .never({
    error:
      'has no place in this file, which is copied, shared and committed: name the variable that has the key ("keyVariable"), or store it with: laplas keys set',
  })
  .optional();

/** The list, as far as its types go: documents, tiers and models are the engine's to check. */
export const providerEntries: z.ZodType = z
  .array(
    z.strictObject(
      { ...fields, apiKey: noKey },
      // What is no option of it has an explanation of its own.
      {
        error: ({ code }) =>
          code === "invalid_type"
            ? 'must be an object, as in {"provider": "groq", "keyVariable": "GROQ_API_KEY"}'
            : undefined,
      },
    ),
  )
  .min(1, { error: "must name at least one provider, or be left out" });

/** Options beside `providers` that have only to do with laplas. */
const OF_LAPLAS = ["apiKey", "baseURL", "tier", "models"] as const;

/** What of a configuration has to do with providers. */
export interface ProviderConfig {
  readonly providers?: readonly ProviderEntry[] | undefined;
  readonly routes?: unknown;
  readonly training?: unknown;
  readonly apiKey?: unknown;
  readonly baseURL?: unknown;
  readonly tier?: unknown;
  readonly models?: unknown;
}

/**
 * Checks what the options of a file say about each other, and lets the paths in it start at its folder.
 *
 * @throws InvalidOptionsError naming the file and the option
 */
export function readEntries<Config extends ProviderConfig>(config: Config, path: string): Config {
  const { providers } = config;
  if (providers === undefined) {
    const needing = (["routes", "training"] as const).find((name) => config[name] !== undefined);
    if (needing === undefined) return config;
    throw new InvalidOptionsError(`${path}: "${needing}" needs "providers", a list of those to ask.`);
  }
  const stray = OF_LAPLAS.find((name) => config[name] !== undefined);
  if (stray !== undefined && !providers.some(({ provider }) => provider === "laplas")) {
    throw new InvalidOptionsError(
      `${path}: "${stray}" is that of laplas, which is not among "providers". ${
        stray === "apiKey"
          ? 'Keys of others don\'t stand in this file: name their variables ("keyVariable"), or store them with: laplas keys set'
          : "That of another provider stands in its entry."
      }`,
    );
  }
  return { ...config, providers: providers.map((entry) => withPaths(entry, dirname(path))) };
}

function withPaths(entry: ProviderEntry, folder: string): ProviderEntry {
  const { provider, tier } = entry;
  return {
    ...entry,
    ...(isDocumentPath(provider) ? { provider: resolve(folder, provider) } : {}),
    ...(typeof tier === "string" && isDocumentPath(tier) ? { tier: resolve(folder, tier) } : {}),
  };
}
