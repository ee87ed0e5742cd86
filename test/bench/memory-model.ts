import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import type { ChatModelStreamEvent } from "@langchain/core/language_models/event";
import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";
import { ANSWER_TEXT, STREAM_WORD, WORDS_PER_STREAM } from "./upstream-answers.ts";

/** Answers at once, without a network: what is left is what LangChain's core costs any model built on it. */
export class MemoryModel extends BaseChatModel {
  override _llmType(): string {
    return "memory";
  }

  override async _generate(): Promise<ChatResult> {
    return { generations: [{ text: ANSWER_TEXT, message: new AIMessage(ANSWER_TEXT) }] };
  }

  override async *_streamResponseChunks(
    _messages: BaseMessage[],
    _options: this["ParsedCallOptions"],
    runManager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const place = { prompt: 0, completion: 0 };
    for (let word = 0; word < WORDS_PER_STREAM; word += 1) {
      const chunk = new ChatGenerationChunk({ text: STREAM_WORD, message: new AIMessageChunk(STREAM_WORD) });
      yield chunk;
      await runManager?.handleLLMNewToken(STREAM_WORD, place, undefined, undefined, undefined, { chunk });
    }
  }

  /** Core would make them of the chunks above, which costs more than the events themselves. */
  override async *_streamChatModelEvents(): AsyncGenerator<ChatModelStreamEvent> {
    yield { event: "message-start" };
    yield { event: "content-block-start", index: 0, content: { type: "text", text: "" } };
    for (let word = 0; word < WORDS_PER_STREAM; word += 1) {
      yield { event: "content-block-delta", index: 0, delta: { type: "text-delta", text: STREAM_WORD } };
    }
    const text = STREAM_WORD.repeat(WORDS_PER_STREAM);
    yield { event: "content-block-finish", index: 0, content: { type: "text", text } };
    yield { event: "message-finish", reason: "stop" };
  }
}
