import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { JsonObject } from "../request/wire-types.js";

/** Whether a value means the same as leaving the field out. */
export type IsNeutral = (value: unknown) => boolean;

/** One of these values is what a model does anyway. */
export function neutralAt(...values: readonly unknown[]): IsNeutral {
  return (value) => values.includes(value);
}

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value as a message shows it: an object from a caller may have no way to a text. */
export function shown(value: unknown): string {
  if (typeof value === "string") return quote(value);
  return typeof value === "object" ? (value === null ? "null" : "an object") : String(value);
}

/** A value as JSON. @throws FatalUpstreamError `invalid_request` for a value that nests too deep, or that JSON has no form for */
export function writeJson(value: unknown, param: string): string {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    throw new FatalUpstreamError("invalid_request", `"${param}" can't be written as JSON.`, { param });
  }
}

/** SDKs write `null` for "not set"; the server's schemas know the absent field only. */
export function withoutNulls(fields: Readonly<JsonObject>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

/** The range in which a shape takes a number. */
export interface NumberRange {
  readonly least?: number;
  readonly most?: number | undefined;
  readonly whole?: boolean;
}

/** The value in the range that is nearest to one outside. */
export function nearestIn({ least, most, whole }: NumberRange, value: number): number {
  const rounded = whole === true ? Math.round(value) : value;
  return Math.min(Math.max(rounded, least ?? Number.NEGATIVE_INFINITY), most ?? Number.POSITIVE_INFINITY);
}

/** A number in the range of a shape, for which no other stands. @throws FatalUpstreamError `invalid_request` naming field and model */
export function requireIn(field: string, value: unknown, range: NumberRange, model: string): number {
  if (typeof value !== "number") throw wrongType(field, "a number");
  if (nearestIn(range, value) !== value) throw outOfRange(field, value, range, model);
  return value;
}

function outOfRange(field: string, value: number, range: NumberRange, model: string): FatalUpstreamError {
  const { least, most, whole } = range;
  const demand =
    whole === true && !Number.isInteger(value)
      ? "whole numbers only"
      : least !== undefined && value < least
        ? `${least} at least`
        : `${most} at most`;
  return new FatalUpstreamError("invalid_request", `"${field}" is ${value}, and ${quote(model)} takes ${demand}.`, {
    param: field,
  });
}

/** The error for a field that is of another type. @param demand as `a number` */
export function wrongType(field: string, demand: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", `"${field}" must be ${demand}.`, { param: field });
}

/** The error for a field that this model's request shape lacks. */
export function notTaken(field: string, model: string): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `${quote(model)} does not take ${quote(field)}, and leaving it out would change what you asked for. Leave it out yourself, or take another model.`,
    { param: field },
  );
}

/** Keeps the fields that a strict shape has. @throws FatalUpstreamError `invalid_request` for any other */
export function onlyKnown(fields: JsonObject, known: ReadonlySet<string>, model: string): JsonObject {
  for (const field of Object.keys(fields)) if (!known.has(field)) throw notTaken(field, model);
  return fields;
}

/** Checks numbers against the ranges of a shape. @throws FatalUpstreamError `invalid_request` naming field and model */
export function checkRanges(fields: JsonObject, ranges: Readonly<Record<string, NumberRange>>, model: string): void {
  for (const [field, range] of Object.entries(ranges)) {
    const value = fields[field];
    if (typeof value === "number") requireIn(field, value, range, model);
  }
}
