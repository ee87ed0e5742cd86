import { catalogOf } from "../catalog/create-catalog.js";
import { offTierFinder } from "../catalog/find-off-tier.js";
import { mergeModels } from "../catalog/merge-models.js";
import type { Model } from "../catalog/model.js";
import { TOKEN_UNIT } from "../cost/meter.js";
import { quote } from "../errors/quote.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import type { Tier } from "../tier/tier.js";
import type { CheckedDocument } from "../tier/tier-schema.js";
import { fillIn, isPlainValue, placeholdersOf } from "./address.js";
import { completeProvider } from "./complete-provider.js";
import { checkWith, describeFaults, type Fault } from "./describe-fault.js";
import { documentFaults } from "./document-faults.js";
import type { Provider, ProviderDocument } from "./provider.js";
import { type CheckedProvider, providerSchema } from "./provider-schema.js";
import { extendTier } from "./resolve-tier.js";

/** What a document is resolved with. */
export interface ResolveProviderOptions {
  /** Has the values of the address's placeholders. Only the variables that the document names are read. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** In place of the document's address, of which no variable is read then. It is taken as it is. */
  readonly baseURL?: string | undefined;
}

/**
 * Checks a provider document and fills in its defaults.
 *
 * @throws InvalidOptionsError with a sentence for each fault, which names the place in the document and no value of a key
 * @example
 * ```ts
 * const provider = resolveProvider(JSON.parse(await readFile("my-provider.json", "utf8")));
 * console.log(provider.tiers.map(({ name }) => name));
 * ```
 */
export function resolveProvider(document: ProviderDocument, options: ResolveProviderOptions = {}): Provider {
  const { checked, models } = checkDocument(document);
  const baseURL = options.baseURL ?? readAddress(checked, options.environment ?? {});
  const catalog = catalogOf(models ?? []);
  const resolved = new Map<string, Tier>();
  const resolve = (tier: CheckedDocument): Tier => {
    let done = resolved.get(tier.name);
    if (done === undefined) {
      const base = checked.tiers.find(({ name }) => name === tier.extends);
      done = extendTier(tier, base && resolve(base), {
        unit: checked.unit ?? TOKEN_UNIT,
        catalog,
        signals: checked.signals,
      });
      resolved.set(tier.name, done);
    }
    return done;
  };
  const [first, ...others] = checked.tiers.map(resolve);
  // A document without a tier has not passed the check.
  if (first === undefined) throw invalid(document, [{ path: ["tiers"], message: "must not be empty" }]);
  return completeProvider(checked as ProviderDocument, {
    baseURL,
    models,
    findOffTier: offTierFinder(checked.notServed ?? []),
    tiers: [first, ...others],
  });
}

function checkDocument(document: ProviderDocument): {
  readonly checked: CheckedProvider;
  readonly models: readonly Model[] | undefined;
} {
  const { checked, faults } = checkWith(providerSchema(), document);
  if (checked === undefined) throw invalid(document, faults);
  const models = completeModels(document);
  const between = documentFaults(checked, models);
  if (between.length > 0) throw invalid(document, between);
  return { checked, models };
}

function completeModels(document: ProviderDocument): readonly Model[] | undefined {
  const { models } = document;
  if (models === undefined || models === "listed") return undefined;
  try {
    return mergeModels([], models);
  } catch (cause) {
    // Each entry is right by itself: two of them want the same name.
    throw new InvalidOptionsError(`${whose(document)}\n${(cause as Error).message}.`, { cause });
  }
}

function readAddress(
  { baseURL, variables = {}, ...document }: CheckedProvider,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const values: Record<string, string> = {};
  const faults: Fault[] = [];
  for (const name of placeholdersOf(baseURL)) {
    const variable = variables[name] ?? "";
    const value = environment[variable] ?? "";
    const path = ["variables", name];
    if (value === "") faults.push({ path, message: `names the environment variable ${variable}, which is not set` });
    else if (!isPlainValue(value)) {
      faults.push({
        path,
        message: `names the environment variable ${variable}, which has characters that no address may have in that place`,
      });
    } else values[name] = value;
  }
  if (faults.length > 0) throw invalid(document, faults);
  return fillIn(baseURL, values);
}

function invalid(document: unknown, faults: readonly Fault[]): InvalidOptionsError {
  return new InvalidOptionsError(`${whose(document)}\n${describeFaults(faults)}`);
}

function whose(document: unknown): string {
  const id = typeof document === "object" && document !== null && "id" in document ? document.id : undefined;
  const name = typeof id === "string" && /^[a-z][a-z0-9-]{0,39}$/.test(id) ? ` ${quote(id)}` : "";
  return `The provider document${name} is not valid:`;
}
