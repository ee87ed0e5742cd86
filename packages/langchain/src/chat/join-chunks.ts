import type { ChatGenerationChunk, ChatResult } from "@langchain/core/outputs";

/** A stream read to its end, as the result of one call. */
export async function joinChunks(chunks: AsyncIterable<ChatGenerationChunk>): Promise<ChatResult> {
  let whole: ChatGenerationChunk | undefined;
  for await (const chunk of chunks) whole = whole === undefined ? chunk : whole.concat(chunk);
  return { generations: whole === undefined ? [] : [whole] };
}
