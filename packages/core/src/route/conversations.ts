import { isObject } from "../dialect/field-values.js";

/** Which target answered a conversation last. In memory, for this process only. */
export interface Conversations {
  /** The name of the target that answered last. */
  find(body: unknown, session: string | undefined): Place | undefined;
  /** Remembers the target of an answer. @param callIds of the tools that the answer calls */
  keep(body: unknown, session: string | undefined, target: string, callIds: Iterable<string>): void;
}

/** Where a conversation stands. */
export interface Place {
  /** Name of the target. */
  readonly target: string;
  /** Whether the request has results of tools that the target called: the same target should go on. */
  readonly isInsideTurn: boolean;
}

const MOST = 10_000;
/** The beginning of a text tells it apart from others: the rest is not read. */
const READ_CHARACTERS = 4_000;

/** Keeps the newest conversations. */
export function createConversations(): Conversations {
  const kept: Map<string, string> = new Map();
  const put = (key: string | undefined, target: string): void => {
    if (key === undefined) return;
    kept.delete(key);
    kept.set(key, target);
    if (kept.size > MOST) kept.delete(kept.keys().next().value as string);
  };
  return {
    find(body, session) {
      const messages = messagesOf(body);
      const callId = lastCallId(messages);
      // Clients put the user's words behind tool results, so the last message alone does not show that a turn is open.
      const lastAnswer = messages.findLastIndex(({ role }) => role === "assistant");
      const isInsideTurn = callId !== undefined && messages.slice(lastAnswer + 1).some(({ role }) => role === "tool");
      const ofSession = sessionKey(session);
      const ofPrompt = promptKey(messages);
      const ofCall = [callKey(callId, ofPrompt), callKey(callId)];
      // Inside a turn the target that called the tool comes before the last one of the session.
      const keys = isInsideTurn ? [...ofCall, ofSession, ofPrompt] : [ofSession, ...ofCall, ofPrompt];
      for (const key of keys) {
        const target = key === undefined ? undefined : kept.get(key);
        if (target !== undefined) return { target, isInsideTurn };
      }
      return undefined;
    },
    keep(body, session, target, callIds) {
      put(sessionKey(session), target);
      // The beginning of a conversation that has a name of its own may be that of many.
      const ofPrompt = promptKey(messagesOf(body));
      if (session === undefined) put(ofPrompt, target);
      for (const id of callIds) {
        put(callKey(id), target);
        put(callKey(id, ofPrompt), target);
      }
    },
  };
}

type Message = Readonly<Record<string, unknown>>;

function messagesOf(body: unknown): readonly Message[] {
  const { messages } = isObject(body) ? body : {};
  return Array.isArray(messages) ? messages.filter(isObject) : [];
}

function lastCallId(messages: readonly Message[]): string | undefined {
  const id = messages.findLast(({ role }) => role === "tool")?.tool_call_id;
  return typeof id === "string" && id !== "" ? id : undefined;
}

function sessionKey(session: string | undefined): string | undefined {
  return session === undefined || session === "" ? undefined : `session:${hash(session)}`;
}

/** Some models number their calls anew in each conversation, others make ids that no other has. */
function callKey(id: string | undefined, prompt = ""): string | undefined {
  return id === undefined ? undefined : `call:${hash(id)}${prompt}`;
}

/** From the first user message: instructions before it are the same in all conversations of a program. */
function promptKey(messages: readonly Message[]): string | undefined {
  const content = messages.find(({ role }) => role === "user")?.content;
  if (content === undefined || content === null) return undefined;
  return `prompt:${hash(typeof content === "string" ? content : JSON.stringify(content, beginning))}`;
}

/** A picture in a prompt may have megabytes. */
function beginning(_: string, value: unknown): unknown {
  return typeof value === "string" ? value.slice(0, READ_CHARACTERS) : value;
}

/** A short key that does not contain the text: two hashes of its beginning in the manner of FNV-1a, and its length. */
function hash(text: string): string {
  let [high, low] = [0x811c9dc5, 0x1000193];
  const end = Math.min(text.length, READ_CHARACTERS);
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ (code + at), 0x85ebca6b);
  }
  return `${(high >>> 0).toString(36)}.${(low >>> 0).toString(36)}.${text.length}`;
}
