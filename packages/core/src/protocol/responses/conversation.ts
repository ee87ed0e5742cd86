import type { ChatMessage, ToolCall } from "../../request/wire-types.js";

/** Between two texts of an assistant that stand next to each other. */
const BETWEEN = "\n\n";

/** Puts a chat together from items: of an assistant's neighbouring texts and calls becomes one message. */
export interface Conversation {
  add(message: ChatMessage, place: string): void;
  /** The assistant's words. */
  say(text: string, place: string): void;
  /** The assistant's call. */
  call(call: ToolCall, place: string): void;
  messages(): readonly PlacedMessage[];
}

/** A message, and where the client has it: of an assistant's items the first. */
export interface PlacedMessage {
  readonly message: ChatMessage;
  readonly place: string;
}

interface OpenAnswer {
  readonly place: string;
  readonly texts: string[];
  readonly calls: ToolCall[];
}

export function createConversation(): Conversation {
  const messages: PlacedMessage[] = [];
  let open: OpenAnswer | undefined;

  const assistant = (place: string): OpenAnswer => {
    open ??= { place, texts: [], calls: [] };
    return open;
  };
  const close = (): void => {
    if (open === undefined) return;
    const { place, texts, calls } = open;
    open = undefined;
    const content = texts.length === 0 ? null : texts.join(BETWEEN);
    const message = { role: "assistant", content, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
    messages.push({ message, place });
  };

  return {
    add(message, place) {
      close();
      messages.push({ message, place });
    },
    say: (text, place) => void assistant(place).texts.push(text),
    call: (call, place) => void assistant(place).calls.push(call),
    messages() {
      close();
      return messages;
    },
  };
}
