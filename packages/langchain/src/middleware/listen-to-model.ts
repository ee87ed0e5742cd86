import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { LLMResult } from "@langchain/core/outputs";

/** Settings of a model call, and the last answer that was heard of it. */
export interface ModelListener {
  readonly settings: Record<string, unknown>;
  heard(): AIMessage | undefined;
}

/**
 * Hears the answer of a model call that LangChain's agent throws away: where it fits no schema there is only an error.
 *
 * @param settings of the call, handed on with a callback beside the caller's own
 */
export function listenToModel(settings: Record<string, unknown> = {}): ModelListener {
  let heard: AIMessage | undefined;
  const listener = {
    // Else it would run after the error has been thrown.
    awaitHandlers: true,
    handleLLMError() {
      heard = undefined;
    },
    handleLLMEnd({ generations }: LLMResult) {
      const [generation] = generations.flat() as { message?: BaseMessage }[];
      if (AIMessage.isInstance(generation?.message)) heard = generation.message;
    },
  };
  const { callbacks = [] } = settings;
  // A callback manager is left alone: it belongs to its maker.
  return {
    settings: Array.isArray(callbacks) ? { ...settings, callbacks: [...callbacks, listener] } : settings,
    heard: () => heard,
  };
}
