import { adjust, type ChatDraft, putFirst } from "./chat-draft.js";
import { isObject, wrongType } from "./field-values.js";

/** Anthropic has instructions apart; OpenAI's shape has them as the first message. */
export function moveSystem(value: unknown, draft: ChatDraft): undefined {
  const text = systemText(value);
  if (text === "") return;
  putFirst(draft, text);
  adjust(draft, "system", "first_message");
}

/** The published schema takes a text, Anthropic's own a list of text blocks as well. */
export function systemText(system: unknown): string {
  if (typeof system === "string") return system;
  const blocks: unknown[] = Array.isArray(system) ? system : [undefined];
  return blocks.map(textOf).join("\n\n");
}

function textOf(block: unknown): string {
  if (typeof block === "string") return block;
  if (isObject(block) && typeof block.text === "string") return block.text;
  throw wrongType("system", "a text, or a list of text blocks");
}

/** Anthropic's name of `stop`, which is read after it. */
export function moveStops(value: unknown, draft: ChatDraft): undefined {
  draft.rest.stop ??= value;
}
