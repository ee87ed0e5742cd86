import { AIMessageChunk, type AIMessageChunkFields, type ContentBlock } from "@langchain/core/messages";
import type { ToolCallChunk } from "@langchain/core/messages/tool";
import { answerEnd } from "./answer-end.js";
import type { LaplasResponseMetadata } from "./from-completion.js";
import { UNREADABLE, unsealed } from "./streamed-calls.js";
import { partition, type ReadToolCalls, readEach } from "./tool-calls.js";

/**
 * A piece of an answer, or several put together. Core's own class completes cut JSON whenever one is made: of two pieces, as
 * a copy in another output version, from a checkpoint. While an answer is written that shows how far it is; once the last
 * piece is there, which knows how it ended, the calls are read strictly. Serialised, this is an AIMessageChunk.
 */
export class LaplasMessageChunk extends AIMessageChunk {
  constructor(fields: ConstructorParameters<typeof AIMessageChunk>[0]) {
    const ended = typeof fields === "string" || Array.isArray(fields) ? undefined : readEnded(fields);
    super(ended?.fields ?? fields);
    if (ended === undefined) return;
    // Also where core keeps what a message was made from: copies are made of that.
    Object.assign(this, ended.calls);
    Object.assign(this.lc_kwargs, ended.calls);
  }

  override get lc_id(): string[] {
    return [...this.lc_namespace, "AIMessageChunk"];
  }
}

/** The calls of an answer that is whole, and fields from which core's class reads no other ones. */
function readEnded(
  fields: AIMessageChunkFields,
): { readonly fields: AIMessageChunkFields; readonly calls: ReadToolCalls } | undefined {
  const { finish_reason: finishReason, laplas: report } = (fields.response_metadata ??
    {}) as Partial<LaplasResponseMetadata>;
  const chunks = fields.tool_call_chunks ?? [];
  // A call without a name or an id is the rest of one: the last piece alone is no answer.
  if (report === undefined || chunks.length === 0 || chunks.some(({ id, name }) => !id && !name)) return undefined;
  const written = chunks.map((chunk) => ({ ...chunk, args: unsealed(chunk.args) }));
  const read = readEach(written, answerEnd(finishReason, report));
  const calls = partition(read);
  const sealed = written.map((chunk, index): ToolCallChunk => {
    const isReadable = read[index]?.type === "tool_call";
    // Core takes `null` for unreadable.
    return { ...chunk, args: !isReadable ? chunk.args + UNREADABLE : chunk.args.trim() === "null" ? "{}" : chunk.args };
  });
  const content = Array.isArray(fields.content) ? { content: withCalls(fields.content, calls) } : {};
  return { fields: { ...fields, ...content, tool_call_chunks: sealed }, calls };
}

/** Output version v1 shows calls among the content blocks: while they are written as chunks, in the end as calls. */
function withCalls(content: readonly ContentBlock[], calls: ReadToolCalls): AIMessageChunk["content"] {
  const said = content.filter((block) => !CALL_BLOCKS.has(block.type));
  return [...said, ...calls.tool_calls, ...calls.invalid_tool_calls] as AIMessageChunk["content"];
}

const CALL_BLOCKS: ReadonlySet<string> = new Set(["tool_call_chunk", "tool_call", "invalid_tool_call"]);
