import { InvalidOptionsError, type Laplas, type LaplasOptions } from "@laplas/core";

/** The fields of this package's classes that choose the engine. Environment variables fill what is left out. */
export interface EngineFields
  extends Pick<
    LaplasOptions,
    | "apiKey"
    | "baseURL"
    | "tier"
    | "ledger"
    | "onExcess"
    | "admission"
    | "reserve"
    | "patienceMs"
    | "unknownModels"
    | "fetch"
  > {
  /** Headers added to every request. Requests then go through `fetch`, which is slower than the built-in client. */
  defaultHeaders?: Readonly<Record<string, string>> | undefined;
  /** A ready engine, in place of the fields above. @default one engine shared by all that have equal settings */
  engine?: Laplas | undefined;
}

/** The settings of an engine, with the variable that stands in for each. */
export const ENGINE_SETTINGS: readonly (readonly [
  name: Exclude<keyof EngineFields, "engine">,
  variable?: `LAPLAS_${string}`,
])[] = [
  ["apiKey", "LAPLAS_API_KEY"],
  ["baseURL", "LAPLAS_BASE_URL"],
  ["tier", "LAPLAS_TIER"],
  ["ledger", "LAPLAS_LEDGER"],
  ["onExcess"],
  ["admission"],
  ["reserve"],
  ["patienceMs"],
  ["unknownModels"],
  ["fetch"],
  ["defaultHeaders"],
];

/** Settings that a ready engine would silently ignore are a mistake. @throws InvalidOptionsError naming the first */
export function refuseSettingsBesideEngine(fields: EngineFields): void {
  const [extra] = ENGINE_SETTINGS.find(([name]) => fields[name] !== undefined) ?? [];
  if (extra === undefined) return;
  throw new InvalidOptionsError(
    `Option "${extra}" was given together with "engine", which has its own. Give it to createLaplas, or leave "engine" out.`,
  );
}

/** A whole number, 0 or more, or nothing. @throws InvalidOptionsError naming the option */
export function checkCount(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw new InvalidOptionsError(`Option "${name}" is "${String(value)}", but must be a whole number, 0 or more.`);
}

const EXAMPLES = {
  ChatLaplas: "gpt-4o-mini",
  LaplasEmbeddings: "text-embedding-3-small",
  LaplasImages: "flux/schnell",
} as const;

/** @throws InvalidOptionsError unless a model is named */
export function checkModel(className: keyof typeof EXAMPLES, model: unknown): string {
  if (typeof model === "string" && model.trim() !== "") return model;
  throw new InvalidOptionsError(
    `Option "model" is missing. Name one, as in new ${className}({ model: "${EXAMPLES[className]}" }).`,
  );
}
