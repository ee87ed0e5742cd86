import { isObject } from "../dialect/field-values.js";

/** Who answered a conversation, by what is known of it. In memory, of this process. */
export interface Conversations {
  /** The name of the target that answered last. */
  find(body: unknown, session: string | undefined): Place | undefined;
  /** Remembers who answers. @param callIds of the tools that the answer calls */
  keep(body: unknown, session: string | undefined, target: string, callIds: Iterable<string>): void;
}

/** Where a conversation stands. */
export interface Place {
  /** Name of the target. */
  readonly target: string;
  /** Whether the request has results of tools that the target has called: it has to go on. */
  readonly isInsideTurn: boolean;
}

const MOST = 10_000;
/** What is told apart by its beginning need not be read to its end. */
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
      // Clients put words of the user behind results: the model has answered neither.
      const lastAnswer = messages.findLastIndex(({ role }) => role === "assistant");
      const isInsideTurn = callId !== undefined && messages.slice(lastAnswer + 1).some(({ role }) => role === "tool");
      const ofSession = sessionKey(session);
      const ofPrompt = promptKey(messages);
      const ofCall = [callKey(callId, ofPrompt), callKey(callId)];
      // What a tool was called by says more than who spoke last in a session.
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

/** Of the first thing that a user said: what is before it is alike in all conversations of a program. */
function promptKey(messages: readonly Message[]): string | undefined {
  const content = messages.find(({ role }) => role === "user")?.content;
  if (content === undefined || content === null) return undefined;
  return `prompt:${hash(typeof content === "string" ? content : JSON.stringify(content, beginning))}`;
}

/** A picture in a prompt may have megabytes. */
function beginning(_: string, value: unknown): unknown {
  return typeof value === "string" ? value.slice(0, READ_CHARACTERS) : value;
}

/** A short name of a text, which holds nothing of it (FNV-1a in two halves). */
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
