import type { JsonObject } from "../request/wire-types.js";
import { adjust, type ChatDraft, putFirst } from "./chat-draft.js";
import { type IsNeutral, isObject, writeJson, wrongType } from "./field-values.js";
import { jsonInText } from "./json-in-text.js";
import { answerByTool } from "./structured-answer.js";
import { WRAPPER, wrapSchema } from "./structured-wrapper.js";
import { type ToolChoice, toolsOf } from "./tool-choice.js";
import { NOT_AT_ROOT, offerTools } from "./tools.js";

/** `{type: "text"}` is what a model answers without a format. */
export const isPlainText: IsNeutral = (value) => isObject(value) && value.type === "text";

/** An answer that must be JSON. */
interface Format {
  /** Absent: any object. */
  readonly schema: JsonObject | undefined;
  readonly description: string | undefined;
}

/**
 * The form of the answer. Where a family has no `response_format`, the answer is the arguments of a tool of ours, or, of a model that calls
 * no tools, JSON that it is asked for in words.
 */
export function answerInFormat(value: unknown, draft: ChatDraft): unknown {
  const format = readFormat(value);
  if (format === undefined) return undefined;
  if (draft.dialect !== "claude" && draft.dialect !== "gemini") return toOwnFormat(format, value, draft);
  const { tool_choice: choice } = draft.fields as { tool_choice?: ToolChoice };
  if (typeof choice === "object") {
    // A tool that is chosen by name is the answer.
    adjust(draft, "response_format", "removed", "changes-answer");
  } else if (draft.known?.capabilities.tools === false) askInWords(format, draft);
  else offerOurs(format, choice, draft);
  return undefined;
}

function readFormat(value: unknown): Format | undefined {
  const demand =
    '{"type": "text"}, {"type": "json_object"}, or {"type": "json_schema"} with a "json_schema" that has a name';
  if (!isObject(value)) throw wrongType("response_format", demand);
  if (value.type === "text") return undefined;
  if (value.type === "json_object") return { schema: undefined, description: undefined };
  const { json_schema: named } = value;
  if (value.type !== "json_schema" || !isObject(named) || typeof named.name !== "string") {
    throw wrongType("response_format", demand);
  }
  const { schema, description } = named;
  if (schema !== undefined && schema !== null && !isObject(schema))
    throw wrongType("response_format.json_schema.schema", "a JSON schema");
  return {
    schema: isObject(schema) ? schema : undefined,
    description: typeof description === "string" && description !== "" ? description : undefined,
  };
}

/** A closed shape, with a name of letters, digits, _ and -. */
function toOwnFormat({ schema, description }: Format, value: unknown, draft: ChatDraft): JsonObject {
  const { type, json_schema: named } = value as { type: string; json_schema?: { name: string; strict?: unknown } };
  if (type !== "json_schema" || named === undefined) return { type };
  const name = named.name.replace(/[^\w-]+/g, "_").slice(0, 64) || "answer";
  if (name !== named.name) adjust(draft, "response_format", "plain_name");
  return {
    type,
    json_schema: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(schema === undefined ? {} : { schema }),
      ...(typeof named.strict === "boolean" ? { strict: named.strict } : {}),
    },
  };
}

function offerOurs(format: Format, choice: Exclude<ToolChoice, object> | undefined, draft: ChatDraft): void {
  const others = choice === "none" ? [] : toolsOf(draft);
  const name = freeName(draft);
  const { schema } = format;
  const isWrapped = schema !== undefined && !isPlainObject(schema);
  const tool = {
    type: "function",
    function: {
      name,
      description: [
        format.description ?? "The answer to the user.",
        "Always give the final answer by calling this tool.",
        ...(schema === undefined ? ["Its arguments are all of the JSON object that the answer is."] : []),
      ].join(" "),
      parameters: isWrapped ? wrapSchema(schema) : { type: "object", ...schema },
    },
  };
  const [ours] = offerTools([tool], draft) ?? [];
  draft.fields.tools = [...others, ours];
  const isAlone = others.length === 0;
  const mayForce = draft.dialect !== "claude" || draft.fields.thinking === undefined;
  if (!mayForce) draft.fields.tool_choice = "auto";
  else draft.fields.tool_choice = isAlone ? { type: "function", function: { name } } : "required";
  draft.transforms.push(answerByTool({ name, isAlone, ...(isWrapped ? { wrapper: WRAPPER } : {}) }));
  adjust(draft, "response_format", "tool");
}

/** Whether arguments of a tool can be the value themselves. One that is the same always, or elsewhere, says no properties. */
function isPlainObject(schema: JsonObject): boolean {
  return (schema.type ?? "object") === "object" && ![...NOT_AT_ROOT, "const", "$ref"].some((key) => key in schema);
}

/** One that neither the caller's tools nor the history has. */
function freeName(draft: ChatDraft): string {
  const taken = new Set(toolsOf(draft).map(({ function: { name } }) => name));
  for (const { tool_calls: calls } of draft.messages) {
    if (Array.isArray(calls)) for (const call of calls) taken.add(call?.function?.name);
  }
  let name = "give_answer";
  for (let number = 2; taken.has(name); number += 1) name = `give_answer_${number}`;
  return name;
}

function askInWords({ schema, description }: Format, draft: ChatDraft): void {
  const wanted =
    schema === undefined
      ? "one JSON object"
      : `JSON that is valid by this JSON schema: ${writeJson(schema, "response_format")}`;
  const about = description === undefined ? "" : ` It is: ${description}`;
  const instruction = `Answer with ${wanted}.${about} Write nothing but the JSON: no words around it, no code fence.`;
  putFirst(draft, instruction);
  draft.transforms.push(jsonInText);
  adjust(draft, "response_format", "in_words", "changes-answer");
}
