import type { JsonSchema } from "../chat/chat-request.js";
import { escapePattern } from "../text/escape-pattern.js";
import { humanName } from "./answer-from-tools.js";
import { fitNumber, fitText, numberOf, textOfFormat } from "./fit-value.js";
import { resolveSchema, typeOf } from "./resolve-schema.js";
import { createTextValues, type TextValues } from "./text-values.js";

interface Filling {
  root: JsonSchema;
  values: TextValues;
  /** The answer in words, for fields that want a text. */
  words: () => string;
  depth: number;
}

/** Nesting from which on only what is required is filled. */
const deepest = 5;
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

function fill(given: unknown, name: string, filling: Filling): unknown {
  const schema = resolveSchema(given, filling.root, filling.depth >= deepest);
  if (filling.depth > deepest * 2) return null;
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
      return fitText(fillString(schema, name, filling), schema, filling.values.text);
  }
}

function fillObject(schema: JsonSchema, filling: Filling): object {
  const properties = (schema.properties ?? {}) as JsonSchema;
  const required: string[] = Array.isArray(schema.required) ? schema.required : [];
  // A strict caller names every property as required; with an open list only those named are sure to be wanted. A schema
  // that contains itself ends by leaving out what it can.
  const wanted = required.length > 0 || filling.depth >= deepest ? required : Object.keys(properties);
  const keys = [...new Set([...Object.keys(properties).filter((key) => wanted.includes(key)), ...required])];
  for (const key of Object.keys(properties))
    if (keys.length < numberOf(schema.minProperties, 0) && !keys.includes(key)) keys.push(key);
  while (keys.length < numberOf(schema.minProperties, 0)) keys.push(`key${keys.length + 1}`);
  const inner = { ...filling, depth: filling.depth + 1 };
  return Object.fromEntries(keys.map((key) => [key, fill(properties[key] ?? schema.additionalProperties, key, inner)]));
}

function fillArray(schema: JsonSchema, name: string, filling: Filling): unknown[] {
  const inner = { ...filling, depth: filling.depth + 1 };
  const fixed: unknown[] = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  const least = numberOf(schema.minItems, fixed.length);
  const most = numberOf(schema.maxItems, schema.items === false ? fixed.length : 10);
  const list = fixed.slice(0, most).map((item) => fill(item, name, inner));
  const items = resolveSchema(schema.items, filling.root, false);
  if (list.length === 0) list.push(...foundItems(items, filling.values).slice(0, most));
  const wanted = Math.min(filling.depth >= deepest ? least : Math.max(least, 1), most);
  while (list.length < wanted) {
    const next = fill(items, name, inner);
    list.push(schema.uniqueItems === true ? another(next, list, items) : next);
  }
  return schema.uniqueItems === true ? [...new Set(list)] : list;
}

/** What a text has of the kind that a list wants, where nothing but the kind is asked for. */
function foundItems(items: JsonSchema, values: TextValues): unknown[] {
  const type = typeOf(items);
  if (Object.keys(items).some((key) => !["type", "description", "title"].includes(key))) return [];
  if (type === "number") return values.allNumbers();
  if (type === "integer") return values.allNumbers().filter(Number.isInteger);
  return type === "string" ? values.allNames() : [];
}

/** Another value than those that are there already. */
function another(value: unknown, taken: readonly unknown[], schema: JsonSchema): unknown {
  if (!taken.includes(value)) return value;
  if (Array.isArray(schema.enum)) return schema.enum.find((option) => !taken.includes(option)) ?? value;
  if (typeof value === "string") return `${value} ${taken.length + 1}`;
  return typeof value === "number" ? value + taken.length * numberOf(schema.multipleOf, 1) : value;
}

function fillNumber(schema: JsonSchema, name: string, values: TextValues): number {
  const near = Number.parseFloat(values.labelled(humanName(name)) ?? "");
  const found = Number.isNaN(near) ? values.number() : near;
  return fitNumber(found ?? numberOf(schema.default, 1), schema);
}

function fillString(schema: JsonSchema, name: string, { values, words }: Filling): string {
  const question = values.text.split("\n")[0] ?? "";
  const formatted = textOfFormat(schema.format, values.text);
  if (formatted !== undefined) return formatted;
  const email = /[\w.+-]+@[\w-]+(?:\.\w+)+/.exec(values.text)?.[0];
  if (email && /^(?:to|e?mail.*|recipient.*|address)$/i.test(name)) return email;
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
