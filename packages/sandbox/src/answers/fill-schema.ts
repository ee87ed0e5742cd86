import type { JsonSchema } from "../chat/chat-request.js";
import { escapePattern } from "../text/escape-pattern.js";
import { humanName } from "./answer-from-tools.js";
import { createTextValues, type TextValues } from "./text-values.js";

interface Filling {
  root: JsonSchema;
  values: TextValues;
  /** The answer in words, for fields that want a text. */
  words: () => string;
  depth: number;
}

const deepest = 8;
const placeField = /city|location|place|country|destination|town|region/i;
const wholeText = /^(?:query|question|input|prompt|request|message|body|search(?:_?term)?|q)$/i;
const answerText =
  /answer|summary|description|explanation|reason|analysis|text|content|response|result|comment|detail|overview|report|setup|punchline/i;

/** A value that fits a JSON schema, its numbers, names and words taken from a text. */
export function fillSchema(schema: JsonSchema, text: string, words: () => string): unknown {
  const values = createTextValues(text);
  return fill(objectLike(schema), "", { root: schema, values, words, depth: 0 });
}

/** A tool without parameters still wants an object. */
function objectLike(schema: JsonSchema): JsonSchema {
  return schema.type === undefined && Object.keys(schema).length === 0 ? { type: "object" } : schema;
}

function fill(given: JsonSchema, name: string, filling: Filling): unknown {
  const schema = resolve(given, filling.root);
  if (filling.depth > deepest) return null;
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return fromEnum(schema.enum, name, filling.values);
  switch (typeOf(schema)) {
    case "object":
      return fillObject(schema, filling);
    case "array":
      return fillArray(schema, name, filling);
    case "number":
    case "integer":
      return fillNumber(schema, name, filling.values);
    case "boolean":
      return typeof schema.default === "boolean" ? schema.default : saysYes(name, filling.values.text);
    case "null":
      return null;
    default:
      return fillString(schema, name, filling);
  }
}

/** Follows local references and takes the first alternative that is not null. */
function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let current = schema;
  for (let hops = 0; hops < deepest; hops += 1) {
    const alternatives = current.anyOf ?? current.oneOf;
    if (typeof current.$ref === "string") current = lookUp(current.$ref, root);
    else if (Array.isArray(alternatives)) {
      current = (alternatives as JsonSchema[]).find((option) => option.type !== "null") ?? {};
    } else if (Array.isArray(current.allOf)) {
      current = Object.assign({}, ...(current.allOf as JsonSchema[]).map((part) => resolve(part, root)));
    } else break;
  }
  return current;
}

function lookUp(reference: string, root: JsonSchema): JsonSchema {
  let found: unknown = root;
  for (const step of reference.replace(/^#\/?/, "").split("/").filter(Boolean)) {
    found = (found as Record<string, unknown> | undefined)?.[step];
  }
  return typeof found === "object" && found !== null ? (found as JsonSchema) : {};
}

function typeOf(schema: JsonSchema): unknown {
  const { type } = schema;
  if (Array.isArray(type)) return type.find((option) => option !== "null") ?? "null";
  if (type !== undefined) return type;
  if (schema.properties) return "object";
  return schema.items ? "array" : "string";
}

function fillObject(schema: JsonSchema, filling: Filling): object {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  // A strict caller names every property as required; with an open list only those named are sure to be wanted.
  const wanted = required.size > 0 ? properties.filter(([key]) => required.has(key)) : properties;
  const inner = { ...filling, depth: filling.depth + 1 };
  return Object.fromEntries(wanted.map(([key, property]) => [key, fill(property, key, inner)]));
}

function fillArray(schema: JsonSchema, name: string, filling: Filling): unknown[] {
  const items = resolve((schema.items ?? {}) as JsonSchema, filling.root);
  const least = typeof schema.minItems === "number" ? schema.minItems : 0;
  const most = typeof schema.maxItems === "number" ? schema.maxItems : 10;
  const type = typeOf(items);
  const found =
    type === "number" || type === "integer"
      ? filling.values.allNumbers()
      : type === "string" && !Array.isArray(items.enum)
        ? filling.values.allNames()
        : [];
  const list: unknown[] = found.slice(0, most);
  while (list.length < Math.max(least, 1)) list.push(fill(items, name, { ...filling, depth: filling.depth + 1 }));
  return list;
}

function fillNumber(schema: JsonSchema, name: string, values: TextValues): number {
  const near = Number.parseFloat(values.labelled(humanName(name)) ?? "");
  const found = Number.isNaN(near) ? values.number() : near;
  const fallback = typeof schema.default === "number" ? schema.default : 1;
  const least = typeof schema.minimum === "number" ? schema.minimum : Number.NEGATIVE_INFINITY;
  const most = typeof schema.maximum === "number" ? schema.maximum : Number.POSITIVE_INFINITY;
  const number = Math.min(Math.max(found ?? fallback, least), most);
  return typeOf(schema) === "integer" ? Math.round(number) : number;
}

function fillString(schema: JsonSchema, name: string, { values, words }: Filling): string {
  const question = values.text.split("\n")[0] ?? "";
  if (schema.format === "date" || schema.format === "date-time") {
    const date = /\d{4}-\d{2}-\d{2}/.exec(values.text)?.[0] ?? "2025-01-01";
    return schema.format === "date" ? date : `${date}T00:00:00Z`;
  }
  const email = /[\w.+-]+@[\w-]+(?:\.\w+)+/.exec(values.text)?.[0];
  if (schema.format === "email") return email ?? "someone@example.com";
  if (email && /^(?:to|e?mail.*|recipient.*|address)$/i.test(name)) return email;
  if (schema.format === "uri") return /https?:\/\/[^\s"')]+/.exec(values.text)?.[0] ?? "https://example.com";
  if (/expression|formula|calculation/i.test(name)) {
    const expression = /[-(\d][\d\s.()+*/^×÷-]*[\d)]/.exec(question)?.[0];
    if (expression) return expression.trim();
  }
  const labelled = values.labelled(humanName(name));
  if (labelled) return labelled;
  if (wholeText.test(name)) return values.quoted() ?? question;
  if (answerText.test(name)) return words();
  const found =
    (placeField.test(name) ? values.placed() : undefined) ?? values.quoted() ?? values.name() ?? values.placed();
  if (found !== undefined) return found;
  return typeof schema.default === "string" ? schema.default : lastWord(question);
}

function fromEnum(options: readonly unknown[], name: string, values: TextValues): unknown {
  const mentioned = options.find((option) =>
    new RegExp(`\\b${escapePattern(String(option))}\\b`, "i").test(values.text),
  );
  return mentioned ?? byTone(options, name, values.text) ?? options[0];
}

/** A mood is rarely named by its label: count kind and unkind words. */
function byTone(options: readonly unknown[], name: string, text: string): unknown {
  if (!/sentiment|tone|mood|polarity/i.test(name)) return undefined;
  const kind =
    text.match(/\b(?:love|great|good|excellent|amazing|happy|wonderful|best|nice|perfect|enjoy\w*)\b/gi)?.length ?? 0;
  const unkind =
    text.match(/\b(?:hate|bad|terrible|awful|poor|worst|angry|broken|sad|disappoint\w*|never again)\b/gi)?.length ?? 0;
  const wanted = kind > unkind ? /^pos/i : unkind > kind ? /^neg/i : /^(?:neu|mixed)/i;
  return options.find((option) => wanted.test(String(option)));
}

function saysYes(name: string, text: string): boolean {
  return !new RegExp(
    `\\b(?:no|not|without|never|off|disable)\\b[^.]{0,20}\\b${escapePattern(humanName(name))}`,
    "i",
  ).test(text);
}

function lastWord(text: string): string {
  return text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu)?.at(-1) ?? text;
}
