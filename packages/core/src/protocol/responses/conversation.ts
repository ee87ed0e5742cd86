import type { ChatMessage, ToolCall } from "../../request/wire-types.js";

/** Between two texts of an assistant that stand next to each other. */
const BETWEEN = "\n\n";

/** Puts a chat together from items: of an assistant's neighbouring texts and calls becomes one message. */
export interface Conversation {
  add(message: ChatMessage): void;
  /** The assistant's words. */
  say(text: string): void;
  /** The assistant's call. */
  call(call: ToolCall): void;
  messages(): readonly ChatMessage[];
}

export function createConversation(): Conversation {
  const messages: ChatMessage[] = [];
  let open: { readonly texts: string[]; readonly calls: ToolCall[] } | undefined;

  const assistant = (): { readonly texts: string[]; readonly calls: ToolCall[] } => {
    open ??= { texts: [], calls: [] };
    return open;
  };
  const close = (): void => {
    if (open === undefined) return;
    const { texts, calls } = open;
    open = undefined;
    const content = texts.length === 0 ? null : texts.join(BETWEEN);
    messages.push({ role: "assistant", content, ...(calls.length === 0 ? {} : { tool_calls: calls }) });
  };

  return {
    add(message) {
      close();
      messages.push(message);
    },
    say: (text) => void assistant().texts.push(text),
    call: (call) => void assistant().calls.push(call),
    messages() {
      close();
      return messages;
    },
  };
}
