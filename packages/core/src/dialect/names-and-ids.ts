import type { Dialect } from "../catalog/model.js";
import type { ChatMessage, ToolCall } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import { freeName } from "./free-name.js";

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
const ANY_ID: IdShape = { others: /(?!)/g, most: Number.POSITIVE_INFINITY };

/** What OpenAI takes in no name. */
const NOT_IN_NAMES = /[\s<|\\/>]+/g;
const MOST_IN_NAME = 64;

/**
 * Messages whose names and ids of calls are as the family takes them, in a conversation in which results follow their calls. Clients that
 * count calls anew on each turn repeat ids, which Anthropic refuses: each call gets one of its own, and its result the same.
 */
export function withPlainNames(messages: readonly ChatMessage[], draft: ChatDraft): readonly ChatMessage[] {
  const createId = createIds(ID_SHAPES[draft.dialect] ?? ANY_ID, draft);
  /** Of calls whose results are still to come. */
  let open: string[] = [];
  return messages.map((message) => {
    const named = withPlainName(message, draft);
    const { tool_calls: calls, tool_call_id: given } = named;
    if (calls?.length) {
      const ids = calls.map(({ id }) => createId(id));
      open = [...ids];
      if (!hasOddCall(calls) && ids.every((id, place) => id === calls[place]?.id)) return named;
      const plain = calls.map((call, place) => ({
        ...call,
        id: ids[place] ?? call.id,
        function: plainCall(call, draft),
      }));
      return { ...named, tool_calls: plain };
    }
    const id = message.role === "tool" ? open.shift() : undefined;
    return id === undefined || id === given ? named : { ...named, tool_call_id: id };
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

/** A name labels the speaker: one that says nothing is taken off. */
function withPlainName(message: ChatMessage, draft: ChatDraft): ChatMessage {
  // Most have none.
  if (!("name" in message)) return message;
  const { name, ...unnamed } = message;
  if (name === undefined || name === "") return unnamed;
  const plain = typeof name === "string" ? name.trim().replace(NOT_IN_NAMES, "_").slice(0, MOST_IN_NAME) : "";
  if (plain === name) return message;
  adjust(draft, "messages", plain === "" ? "without_names" : "plain_names");
  return plain === "" ? unnamed : { ...message, name: plain };
}

/** Ids in a shape, each of its own: the same for a call as long as what is before it stays. */
function createIds({ others, most }: IdShape, draft: ChatDraft): (id: string) => string {
  const taken = new Set<string>();
  return (id) => {
    const short = id.replace(others, "_").slice(-Math.min(most, id.length));
    const plain = freeName(short, most, (one) => taken.has(one));
    if (plain !== id) adjust(draft, "messages", "plain_ids");
    taken.add(plain);
    return plain;
  };
}
