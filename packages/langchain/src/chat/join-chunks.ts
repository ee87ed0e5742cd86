import type { AIMessageChunk, UsageMetadata } from "@langchain/core/messages";
import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";
import { toLlmOutput } from "../messages/from-completion.js";

/** A stream read to its end, as the result of one call. */
export async function joinChunks(chunks: AsyncIterable<ChatGenerationChunk>): Promise<ChatResult> {
  let whole: ChatGenerationChunk | undefined;
  for await (const chunk of chunks) whole = whole === undefined ? chunk : whole.concat(chunk);
  if (whole === undefined) return { generations: [] };
  const { usage_metadata: usage } = whole.message as AIMessageChunk & { usage_metadata?: UsageMetadata };
  return { generations: [whole], llmOutput: toLlmOutput(usage) };
}
