import type { ChatMessage } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import { joinContents } from "./join-contents.js";

/** Whether a message instructs: `developer` is OpenAI's newer name of the same role. */
export function isInstruction({ role }: Pick<ChatMessage, "role">): boolean {
  return role === "system" || role === "developer";
}

/** An instruction as a user message. The mark shows its origin but proves nothing: a user can write it too. */
export function markInstruction(text: string): string {
  return `<system>\n${text}\n</system>`;
}

/** The adjustment reported for instructions that became user messages. */
export const LATE_INSTRUCTIONS = "later_system_as_user_message";

/**
 * For families that take instructions only before a conversation: later ones stay in place, as marked user messages. At the head they would
 * mean something else: "from now on" would apply from the beginning. User messages next to them are joined with them, since several of
 * these servers require the roles to alternate.
 *
 * @param messages whose results follow their calls, and whose instructions are texts
 */
export function placeLateInstructions(
  messages: readonly ChatMessage[],
  draft: Pick<ChatDraft, "adjustments">,
): readonly ChatMessage[] {
  const start = messages.findIndex((message) => !isInstruction(message));
  if (start < 0 || !messages.slice(start).some(isInstruction)) return messages;
  const placed = messages.slice(0, start);
  let isAfterLate = false;
  for (const message of messages.slice(start)) {
    const isLate = isInstruction(message);
    const next = isLate ? asUserMessage(message, draft) : message;
    const last = placed.at(-1);
    if (next !== undefined && last !== undefined && (isLate || isAfterLate) && canJoin(last, next))
      placed[placed.length - 1] = { ...next, ...last, content: joinContents([last.content, next.content]) };
    else if (next !== undefined) placed.push(next);
    isAfterLate = isLate;
  }
  return placed;
}

/** `undefined` for an instruction without text. */
function asUserMessage({ content, name }: ChatMessage, draft: Pick<ChatDraft, "adjustments">): ChatMessage | undefined {
  const text = joinContents([content]);
  if (typeof text !== "string" || text.trim() === "") {
    adjust(draft, "messages", "without_empty");
    return undefined;
  }
  adjust(draft, "messages", LATE_INSTRUCTIONS);
  if (name !== undefined) adjust(draft, "messages", "without_names");
  return { role: "user", content: markInstruction(text) };
}

/** A name labels the speaker: two speakers stay two. */
function canJoin(one: ChatMessage, other: ChatMessage): boolean {
  if (one.role !== "user" || other.role !== "user") return false;
  return one.name === undefined || other.name === undefined || one.name === other.name;
}
