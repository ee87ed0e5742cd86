import type { JsonSchema } from "../chat/chat-request.js";
import { matches, textOfPattern } from "./pattern-text.js";

export function numberOf(value: unknown, fallback: number): number {
  return typeof value === "number" ? value : fallback;
}

/** The number nearest to a given one that a schema takes. */
export function fitNumber(given: number, schema: JsonSchema): number {
  const integer = schema.type === "integer" || (Array.isArray(schema.type) && schema.type.includes("integer"));
  const step = numberOf(schema.multipleOf, integer ? 1 : 0);
  const above = numberOf(schema.exclusiveMinimum, Number.NEGATIVE_INFINITY);
  const below = numberOf(schema.exclusiveMaximum, Number.POSITIVE_INFINITY);
  const nudge = step || Math.min(1, (below - above) / 2);
  const least = Math.max(numberOf(schema.minimum, Number.NEGATIVE_INFINITY), above + nudge);
  const most = Math.min(numberOf(schema.maximum, Number.POSITIVE_INFINITY), below - nudge);
  if (step === 0) return Math.min(Math.max(given, least), most);
  const low = Math.ceil(least / step);
  const high = Math.floor(most / step);
  return Math.min(Math.max(Math.round(given / step), low), high) * step;
}

/** A text within a schema's length and pattern: the given one, one that stands in the source, or one made for it. */
export function fitText(given: string, schema: JsonSchema, source: string): string {
  const least = numberOf(schema.minLength, 0);
  const most = numberOf(schema.maxLength, Number.POSITIVE_INFINITY);
  const { pattern } = schema;
  const fits = (text: string) =>
    text.length >= least && text.length <= most && (typeof pattern !== "string" || matches(text, pattern));
  if (fits(given)) return given;
  const cut = given.slice(0, most).padEnd(Math.min(least, most), ` ${given || "x"}`);
  if (fits(cut)) return cut;
  const found = source.split(/[\s"'`,;()]+/).find((word) => word !== "" && fits(word));
  return found ?? (typeof pattern === "string" ? textOfPattern(pattern) : undefined) ?? cut;
}

const formats: readonly [format: string, found: RegExp | undefined, otherwise: string][] = [
  ["date", /\d{4}-\d{2}-\d{2}/, "2025-01-01"],
  ["time", undefined, "12:00:00Z"],
  ["duration", undefined, "PT1H"],
  ["email", /[\w.+-]+@[\w-]+(?:\.\w+)+/, "someone@example.com"],
  ["uri", /https?:\/\/[^\s"')]+/, "https://example.com"],
  ["uuid", /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/i, "3f0b8c1e-6d2a-4f57-9b1c-0a2e4d6f8b10"],
  ["ipv4", /\b(?:\d{1,3}\.){3}\d{1,3}\b/, "192.0.2.1"],
  ["ipv6", undefined, "2001:db8::1"],
  ["hostname", undefined, "example.com"],
];

/** A text in a named format, from the source where it has one; undefined for a format without a form. */
export function textOfFormat(format: unknown, source: string): string | undefined {
  if (format === "date-time") return `${textOfFormat("date", source)}T00:00:00Z`;
  const row = formats.find(([name]) => name === format);
  return row && (row[1]?.exec(source)?.[0] ?? row[2]);
}
