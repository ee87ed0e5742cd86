import type { ChatModelStreamEvent } from "@langchain/core/language_models/event";
import {
  convertOpenAICompletionsStream,
  type OpenAICompletionsStreamChunk,
} from "@langchain/core/language_models/openai_completions_stream";
import type { CallReport, ChatStream } from "@laplas/core";
import { toMessageReport } from "../messages/message-report.js";
import { modelProvider } from "../messages/model-provider.js";
import { unreadableCall } from "../messages/tool-calls.js";

/**
 * An engine's stream as LangChain's content-block events, by core's own converter, completed by what it can't know: why a
 * tool call can't be read, whose answer it is, and the report.
 */
export async function* toStreamEvents(stream: ChatStream, streamUsage: boolean): AsyncGenerator<ChatModelStreamEvent> {
  const end: { model?: string; finishReason: string | null; reasons: boolean; report?: CallReport } = {
    finishReason: null,
    reasons: false,
  };

  async function* listen(): AsyncGenerator<OpenAICompletionsStreamChunk> {
    for await (const chunk of stream) {
      const choice = chunk.choices[0];
      end.model ??= chunk.model;
      end.finishReason = choice?.finish_reason ?? end.finishReason;
      end.reasons ||= Boolean(choice?.delta?.reasoning_content);
      // The same shape; only its finish reasons are fewer, and the converter takes unknown ones for "stop".
      yield chunk as unknown as OpenAICompletionsStreamChunk;
    }
    // The converter finishes its blocks when this returns, so the report is there when a cut call is judged.
    end.report = await stream.report;
  }

  for await (const event of convertOpenAICompletionsStream(listen(), { streamUsage, provider: "laplas" })) {
    if (event.event === "content-block-finish" && event.content.type === "invalid_tool_call") {
      const error = unreadableCall({
        finishReason: end.finishReason,
        truncatedByTier: end.report?.truncatedByTier ?? false,
      });
      yield { ...event, content: { ...event.content, error } };
    } else if (event.event === "message-finish") {
      const responseMetadata = {
        ...event.responseMetadata,
        model_provider: modelProvider(end.reasons),
        model_name: end.model,
        model: end.model,
        laplas: end.report && toMessageReport(end.report),
      };
      yield { ...event, responseMetadata };
    } else yield event;
  }
}
