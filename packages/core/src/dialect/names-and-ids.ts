import type { Dialect } from "../catalog/model.js";
import type { ChatMessage, ToolCall } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";

/** What a family takes as the id of a call. */
interface IdShape {
  readonly others: RegExp;
  readonly most: number;
}

/** Anthropic's and OpenAI's own bounds. Of the other families nothing is published. */
const ID_SHAPES: Readonly<Partial<Record<Dialect, IdShape>>> = {
  claude: { others: /[^\w-]/g, most: 64 },
  openai: { others: /(?!)/g, most: 40 },
};

/** What OpenAI takes in no name. */
const NOT_IN_NAMES = /[\s<|\\/>]+/g;
const MOST_IN_NAME = 64;

/** Messages whose names and ids of calls are as the family takes them. Ids keep telling whose result is whose. */
export function withPlainNames(messages: readonly ChatMessage[], draft: ChatDraft): readonly ChatMessage[] {
  const shape = ID_SHAPES[draft.dialect];
  const idOf = shape === undefined ? (id: string) => id : createIds(shape, draft);
  return messages.map((message) => {
    const { name, tool_calls: calls, tool_call_id: id } = message;
    const plain = typeof name === "string" ? plainName(name) : name;
    if (plain !== name) adjust(draft, "messages", "plain_names");
    const isSame =
      plain === name &&
      !hasOddCall(calls) &&
      !calls?.some((call) => idOf(call.id) !== call.id) &&
      (id === undefined || idOf(id) === id);
    if (isSame) return message;
    return {
      ...message,
      ...(plain === undefined ? {} : { name: plain }),
      ...(calls === undefined
        ? {}
        : { tool_calls: calls.map((call) => ({ ...call, id: idOf(call.id), function: plainCall(call, draft) })) }),
      ...(id === undefined ? {} : { tool_call_id: idOf(id) }),
    };
  });
}

const NOT_IN_CALLS = /[^\w-]+/g;

function hasOddCall(calls: readonly ToolCall[] | undefined): boolean {
  return calls?.some(({ function: { name } }) => name.length > MOST_IN_NAME || /[^\w-]/.test(name)) === true;
}

/** A tool of another world, that was called there. */
function plainCall({ function: called }: ToolCall, draft: ChatDraft): ToolCall["function"] {
  const name = called.name.replace(NOT_IN_CALLS, "_").slice(0, MOST_IN_NAME);
  if (name === called.name) return called;
  adjust(draft, "messages", "plain_names");
  return { ...called, name };
}

function plainName(name: string): string {
  return name.trim().replace(NOT_IN_NAMES, "_").slice(0, MOST_IN_NAME);
}

/** Ids in a shape, each of its own and the same each time. */
function createIds({ others, most }: IdShape, draft: ChatDraft): (id: string) => string {
  const given = new Map<string, string>();
  const taken = new Set<string>();
  return (id) => {
    const known = given.get(id);
    if (known !== undefined) return known;
    let plain = id.replace(others, "_");
    if (plain.length > most) plain = plain.slice(-most);
    for (let number = 2; taken.has(plain) || plain === ""; number += 1) plain = `${plain.slice(0, most - 6)}_${number}`;
    if (plain !== id) adjust(draft, "messages", "plain_ids");
    given.set(id, plain);
    taken.add(plain);
    return plain;
  };
}
