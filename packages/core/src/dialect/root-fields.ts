import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { JsonObject } from "../request/wire-types.js";

/** Whether a value means the same as leaving the field out. */
export type IsNeutral = (value: unknown) => boolean;

/** Fields that a request shape lacks, each with the values that can be left out without loss. */
export type MissingFields = Readonly<Record<string, IsNeutral>>;

/** Nothing but absence is neutral. */
export const NEVER_NEUTRAL: IsNeutral = () => false;

/** One of these values is what the model does anyway. */
export function neutralAt(...values: readonly unknown[]): IsNeutral {
  return (value) => values.includes(value);
}

/** `{type: "text"}` is what a model without `response_format` answers. */
export const neutralFormat: IsNeutral = (value) => (value as { type?: unknown } | null)?.type === "text";

/** SDKs write `null` for "not set"; the server's schemas know the absent field only. */
export function withoutNulls(fields: Readonly<JsonObject>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

/** Takes fields off that the shape lacks. @throws FatalUpstreamError `invalid_request` for one whose value would be lost */
export function withoutMissing(fields: JsonObject, missing: MissingFields, model: string): JsonObject {
  const kept: JsonObject = {};
  for (const [field, value] of Object.entries(fields)) {
    const isNeutral = Object.hasOwn(missing, field) ? missing[field] : undefined;
    if (isNeutral === undefined) kept[field] = value;
    else if (!isNeutral(value)) throw notTaken(field, model);
  }
  return kept;
}

/** Keeps the fields that a strict shape has. @throws FatalUpstreamError `invalid_request` for any other */
export function onlyKnown(fields: JsonObject, known: ReadonlySet<string>, model: string): JsonObject {
  for (const field of Object.keys(fields)) if (!known.has(field)) throw notTaken(field, model);
  return fields;
}

/** The range in which a shape takes a number. */
export interface NumberRange {
  readonly least?: number;
  readonly most?: number | undefined;
  readonly whole?: boolean;
}

/** Checks numbers against the ranges of a shape. @throws FatalUpstreamError `invalid_request` naming field and model */
export function checkRanges(fields: JsonObject, ranges: Readonly<Record<string, NumberRange>>, model: string): void {
  for (const [field, { least, most, whole }] of Object.entries(ranges)) {
    const value = fields[field];
    if (typeof value !== "number") continue;
    const demand =
      whole === true && !Number.isInteger(value)
        ? "whole numbers only"
        : least !== undefined && value < least
          ? `${least} at least`
          : most !== undefined && value > most
            ? `${most} at most`
            : undefined;
    if (demand === undefined) continue;
    throw new FatalUpstreamError("invalid_request", `"${field}" is ${value}, and ${quote(model)} takes ${demand}.`, {
      param: field,
    });
  }
}

/** An empty list of tools offers none, and a choice among them says nothing; OpenAI and Anthropic refuse both. */
export function withoutEmptyTools(fields: JsonObject): JsonObject {
  if (!Array.isArray(fields.tools) || fields.tools.length > 0) return fields;
  const { tools: _, tool_choice: choice, ...rest } = fields;
  return choice === undefined || choice === "auto" || choice === "none" ? rest : { ...rest, tool_choice: choice };
}

/** The error for a field that this model's request shape lacks. */
export function notTaken(field: string, model: string): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `${quote(model)} does not take ${quote(field)}, and leaving it out would change what you asked for. Leave it out yourself, or take another model.`,
    { param: field },
  );
}
