import type { FindOffTier } from "../catalog/create-catalog.js";
import type { NotServedModels } from "../catalog/find-off-tier.js";
import type { InputOutput, Model } from "../catalog/model.js";
import type { ModelEntryInput } from "../catalog/model-entry.js";
import type { CostUnit } from "../cost/meter.js";
import type { Tier, TierDocument } from "../tier/tier.js";
import type { Signals } from "./signals.js";

/** Paths below the provider's address. */
export interface ProviderPaths {
  readonly chat: string;
  readonly embedding: string;
  readonly image: string;
  /** Where the provider lists its models. */
  readonly models: string;
}

/** A place where an answer tells its cost: a path of field names, such as `meta.usage.tokens_used`. */
export interface CostPath {
  readonly path: string;
  /** What the answer's `usage` counts where this place has a figure: model tokens, or the cost itself. */
  readonly usageCounts: "tokens" | "cost";
}

/** What the provider says of the use of its free tier, each with its source. */
export interface Terms {
  readonly training?: Term | undefined;
  readonly production?: Term | undefined;
  readonly severalKeys?: Term | undefined;
}

/** Whether something is allowed or done, and who says so. */
export interface Term {
  readonly value: "yes" | "no" | "unknown";
  /** What one word can't say: `by default; a switch in the console turns it off`. */
  readonly note?: string | undefined;
  readonly source: string;
  readonly date: string;
}

/** Costs per model token that are assumed of models without a figure of their own. */
export interface UnknownRates {
  readonly chat: InputOutput;
  readonly embedding: InputOutput;
  /** What an image without a published price holds. */
  readonly image: number;
}

/** What a provider's server takes of tools in chats, where that is less than OpenAI's takes. */
export interface ToolShape {
  /** Ids of calls are exactly so many letters and digits. @default any */
  readonly idLength?: number | undefined;
  /** Keys that the server puts on a call and wants back with it; each with what is sent where the caller has none. @default none */
  readonly callKeys?: Readonly<Record<string, unknown>> | undefined;
  /** Keys of a function that are taken. @default all */
  readonly functionKeys?: readonly string[] | undefined;
  /** Keys of JSON Schema that are refused in a function's parameters. @default none */
  readonly schemaKeysOff?: readonly string[] | undefined;
}

/** What both forms of a provider have. */
interface ProviderFacts {
  /** Lower case letters, digits and `-`. */
  readonly id: string;
  /** Name, for people. */
  readonly title: string;
}

/** A provider with every default filled in: what the engine works with. */
export interface Provider extends ProviderFacts {
  /** Address below which the paths lie, without a trailing slash. Placeholders are filled in. */
  readonly baseURL: string;
  /** The environment variable that has the key. Absent: the provider takes none. */
  readonly keyVariable: string | undefined;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly paths: ProviderPaths;
  /** `undefined`: those that the provider lists at `paths.models`. */
  readonly models: readonly Model[] | undefined;
  /** Places in an entry of the provider's list that have a price. A model with one above 0 is refused. */
  readonly listedPrices: readonly string[];
  /** Models that are known not to be served. */
  readonly findOffTier: FindOffTier;
  /** ISO date of the documentation that the entries were made from. */
  readonly catalogDate: string | undefined;
  readonly tiers: readonly Tier[];
  readonly defaultTier: Tier;
  /** What costs are counted in. */
  readonly unit: CostUnit;
  readonly unknownRates: UnknownRates;
  /** Where an answer tells its cost: the first place that has a figure counts. None: it is counted from the model tokens, at the model's rates. */
  readonly costPaths: readonly CostPath[];
  readonly toolShape: ToolShape | undefined;
  /** Root fields of chats that its server takes, and keys of messages that it refuses. */
  readonly fieldsTaken: readonly string[] | undefined;
  readonly messageKeysOff: readonly string[];
  readonly signals: Signals;
  /** How long a request may run on upstream after its connection broke. */
  readonly lingerMs: number;
  readonly terms: Terms;
}

/** A provider as its author writes it: plain JSON. */
export interface ProviderDocument extends ProviderFacts {
  /** May hold placeholders: `https://api.example.com/accounts/{account}/v1`. */
  readonly baseURL: string;
  /** Placeholders of the address, each with the environment variable of its value. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** @default none: the provider takes no key */
  readonly keyVariable?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** @default OpenAI's */
  readonly paths?: Partial<ProviderPaths> | undefined;
  /** Entries, or `listed`: those at the path `models` of the provider. @default "listed" */
  readonly models?: readonly ModelEntryInput[] | "listed" | undefined;
  /** Places in an entry of the provider's list that have a price, such as `pricing.prompt`. A model with one above 0 is refused. @default none */
  readonly listedPrices?: readonly string[] | undefined;
  /** ISO date of the documentation that the entries were made from: what `/v1/models` says of those without a date. */
  readonly catalogDate?: string | undefined;
  /** Models that the provider has and that can't be called here, so that a call for one is told what it is. */
  readonly notServed?: readonly NotServedModels[] | undefined;
  readonly tiers: readonly TierDocument[];
  /** @default the first */
  readonly defaultTier?: string | undefined;
  /** @default model tokens */
  readonly unit?: CostUnit | undefined;
  /** @default 1 for each model token */
  readonly unknownRates?: UnknownRates | undefined;
  /** An empty list: answers report model tokens alone, which cost what the model's rates say. @default `usage.total_tokens`, which counts model tokens */
  readonly costPaths?: readonly CostPath[] | undefined;
  /** @default as OpenAI takes them */
  readonly toolShape?: ToolShape | undefined;
  /** Root fields of chats that its server takes, where it refuses all others: they are never sent. @default any */
  readonly fieldsTaken?: readonly string[] | undefined;
  /** Keys of messages that its server refuses, such as `name`. @default none */
  readonly messageKeysOff?: readonly string[] | undefined;
  readonly signals?: Partial<Signals> | undefined;
  /** @default 5_000 */
  readonly lingerMs?: number | undefined;
  readonly terms?: Terms | undefined;
}
