import type { z } from "zod";
import { quote } from "../errors/quote.js";

/** One thing that is wrong in a document. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  /** The end of a sentence that begins with the path: `must be a number`. */
  readonly message: string;
}

const MOST_FAULTS = 20;

/** Faults as sentences, one a line. Each names its place; none has a value from the document, which could be a key. */
export function describeFaults(faults: readonly Fault[]): string {
  const sentences = faults.slice(0, MOST_FAULTS).map(({ path, message }) => `${placeOf(path)} ${message}.`);
  const more = faults.length - sentences.length;
  return [...sentences, ...(more > 0 ? [`And ${more} more.`] : [])].join("\n");
}

/** Checks a document, and says in words what is wrong with it. */
export function checkWith<Checked>(
  schema: z.ZodType<Checked>,
  document: unknown,
):
  | { readonly checked: Checked; readonly faults: readonly [] }
  | { readonly checked?: undefined; readonly faults: readonly Fault[] } {
  // With the input, what is missing can be told from what is wrong. It stays out of the sentences.
  const { success, data, error } = schema.safeParse(document, { reportInput: true });
  return success ? { checked: data, faults: [] } : { faults: error.issues.flatMap((issue) => readIssue(issue)) };
}

function readIssue(issue: z.core.$ZodIssue, outer: readonly PropertyKey[] = []): Fault[] {
  const path = [...outer, ...issue.path];
  const fault = (message: string): Fault[] => [{ path, message }];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path: [...path, key], message: "is not a known field" }));
    case "invalid_type":
      return fault(issue.input === undefined ? "is missing" : `must be ${withArticle(issue.expected)}`);
    case "invalid_value":
      return fault(issue.input === undefined ? "is missing" : `must be ${issue.values.map(String).join(" or ")}`);
    case "too_small":
      if (issue.origin === "array" || issue.origin === "string") return fault("must not be empty");
      return fault(`must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`);
    case "too_big":
      return fault(
        `must ${issue.origin === "string" || issue.origin === "array" ? "have" : "be"} at most ${issue.maximum}`,
      );
    case "invalid_union":
      return readUnion(issue, path);
    case "invalid_key":
      return fault("is not a name that can stand here");
    case "invalid_format":
      return fault(issue.format === "date" ? "must be a date, like 2026-01-31" : issue.message);
    default:
      return fault(issue.message);
  }
}

function readUnion({ errors, ...issue }: z.core.$ZodIssueInvalidUnion, path: readonly PropertyKey[]): Fault[] {
  // Without forms that were tried, it is the field that tells them apart that has no known value.
  if (errors.length === 0) {
    const known = "options" in issue && Array.isArray(issue.options) ? issue.options : [];
    return [{ path, message: known.length > 0 ? `must be ${known.join(" or ")}` : "has a value that is not known" }];
  }
  const forms = errors.map((inner) => inner.flatMap((each) => readIssue(each, path)));
  // The form that was meant is the one in which the most is right: its faults lie deepest.
  const [meant = [], other = []] = forms.toSorted((one, two) => depthOf(two) - depthOf(one));
  if (depthOf(meant) > depthOf(other)) return meant;
  const message = forms.flatMap((faults) => faults.map((fault) => fault.message)).join(" or ");
  return [{ path, message: message.replaceAll(" or must be ", " or ") }];
}

function depthOf(faults: readonly Fault[]): number {
  return Math.max(0, ...faults.map(({ path }) => path.length));
}

function withArticle(expected: string): string {
  const [name = expected] = { int: "whole number", array: "list", string: "text" }[expected]?.split("|") ?? [];
  return `${/^[aeio]/.test(name) ? "an" : "a"} ${name}`;
}

/** As in a program: `tiers[0].rules[2].limit`. */
function placeOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "The document";
  return path.reduce<string>((place, part) => {
    if (typeof part === "number") return `${place}[${part}]`;
    const name = String(part);
    if (!/^[\w$-]{1,80}$/.test(name)) return `${place}[${quote(name)}]`;
    return place === "" ? name : `${place}.${name}`;
  }, "");
}
