import { AIMessageChunk, type ContentBlock } from "@langchain/core/messages";
import { reportOf } from "./report-of.js";
import { type ReadToolCalls, readToolCalls } from "./tool-calls.js";

/**
 * A piece of an answer. Core's own class completes cut JSON when pieces are put together, so a tool call that was cut at the
 * output limit would be executed with what is left of its arguments. This one reads the calls strictly as soon as the
 * last piece, which knows how the answer ended, is there. Serialised, it is an AIMessageChunk.
 */
export class LaplasMessageChunk extends AIMessageChunk {
  override get lc_id(): string[] {
    return [...this.lc_namespace, "AIMessageChunk"];
  }

  override concat(chunk: AIMessageChunk): this {
    const whole = super.concat(chunk);
    const report = reportOf(whole);
    const written = whole.tool_call_chunks ?? [];
    if (report === undefined || written.length === 0) return whole;
    const finishReason = whole.response_metadata.finish_reason as string | null | undefined;
    const calls = readToolCalls(written, { finishReason, truncatedByTier: report.truncatedByTier });
    whole.tool_calls = calls.tool_calls;
    whole.invalid_tool_calls = calls.invalid_tool_calls;
    if (Array.isArray(whole.content)) whole.content = withCalls(whole.content, calls);
    return whole;
  }
}

/** Output version v1 shows calls among the content blocks: while they are written as chunks, in the end as calls. */
function withCalls(content: readonly ContentBlock[], calls: ReadToolCalls): AIMessageChunk["content"] {
  const said = content.filter((block) => block.type !== "tool_call_chunk");
  return [...said, ...calls.tool_calls, ...calls.invalid_tool_calls] as AIMessageChunk["content"];
}
