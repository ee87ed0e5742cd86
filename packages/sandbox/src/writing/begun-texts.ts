import { createHash } from "node:crypto";
import type { ChatTurn } from "../chat/chat-request.js";
import type { ResolvedDraft } from "./draft.js";

/** A text that was cut: what a model would still know of it when it is asked to go on. */
export interface BegunText {
  /** Stands for the conversation before the answer. */
  conversation: string;
  /** All of it, with what the caller had put into the assistant's mouth before it. */
  whole: string;
  /** Where the answer begins in it, behind the caller's own words and the thoughts. */
  startsAt: number;
  /** Where it was cut last. */
  cutAt: number;
  draft: ResolvedDraft | undefined;
  /** The call whose arguments it is. */
  call: { name: string } | undefined;
  /** Whether it is a JSON document. */
  json: boolean;
  /** Another text in its place. */
  otherText: (seed: number) => string;
  /** How often it was asked for so far. */
  followUps: number;
  /** Whether the cap left nothing but thoughts of it. A client has only its first request to send again. */
  unsaid: boolean;
}

export interface BegunTexts {
  add(text: BegunText): void;
  /** The text that begins so: of this conversation, else, where `elsewhere` is allowed, the only one of all. */
  find(conversation: string, soFar: string, elsewhere: boolean): BegunText | undefined;
  /** The draft of the oldest unsaid text of this conversation. It is handed out once. */
  takeUnsaid(conversation: string): ResolvedDraft | undefined;
  clear(): void;
}

/** Remembers the last texts that were cut. Without bound, a long load test would hold all that it ever read. */
export function createBegunTexts(limit = 1000): BegunTexts {
  let texts: BegunText[] = [];
  return {
    add(text) {
      texts.push(text);
      if (texts.length > limit) texts.shift();
    },
    find(conversation, soFar, elsewhere) {
      const begun = texts.filter(({ whole }) => whole.startsWith(soFar)).reverse();
      const own = begun.filter((text) => text.conversation === conversation);
      // Of two answers with one beginning, the one that was cut here is meant.
      const found = own.find(({ whole, cutAt }) => whole.slice(0, cutAt).trimEnd().length === soFar.length) ?? own[0];
      if (found || !elsewhere) return found;
      return new Set(begun.map(({ whole }) => whole)).size === 1 ? begun[0] : undefined;
    },
    takeUnsaid(conversation) {
      const text = texts.find((each) => each.unsaid && each.draft && each.conversation === conversation);
      if (text) text.unsaid = false;
      return text?.draft;
    },
    clear() {
      texts = [];
    },
  };
}

/** A short name of a conversation. */
export function nameOf(turns: readonly ChatTurn[]): string {
  const content = turns.map(({ role, text, toolCalls }) => [
    role,
    text,
    toolCalls.map((call) => [call.name, call.arguments]),
  ]);
  return createHash("sha256").update(JSON.stringify(content)).digest("base64");
}
