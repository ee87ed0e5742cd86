import type { ContentBlock } from "@langchain/core/messages";
import type { ToolCallChunk } from "@langchain/core/messages/tool";
import type { ChatGenerationChunk } from "@langchain/core/outputs";
import type { ChatCompletionChunk, ChatDelta, ChatStream, Usage } from "@laplas/core";
import { answerEnd } from "../messages/answer-end.js";
import { noticeOf } from "../messages/invalid-calls.js";
import { LaplasMessageChunk } from "../messages/laplas-message-chunk.js";
import { toMessageReport } from "../messages/message-report.js";
import { modelProvider } from "../messages/model-provider.js";
import { createStreamedCalls, sealUnreadable } from "../messages/streamed-calls.js";
import { partition, readEach } from "../messages/tool-calls.js";
import { usageField } from "../messages/usage-metadata.js";
import { LaplasGenerationChunk } from "./generation-chunk.js";

/** How the chunks of a stream are to look. */
export interface ChunkStyle {
  /** Output version v1: content is a list of blocks, each with its place. */
  readonly asBlocks: boolean;
  /**
   * Whether the first chunk carries the upstream's id. Where a run is traced LangChain names every chunk after the run, and
   * one chunk of another name would be a message of its own to those who collect by id (LangGraph's `messages` mode).
   */
  readonly withId: boolean;
}

/**
 * An engine's stream as LangChain's chunks, each as small as it can be: an id or metadata on every chunk doubles the cost
 * of putting them together. Names are on the first; finish reason, usage and report on one last chunk, because core adds
 * up whatever comes twice.
 */
export async function* toGenerationChunks(stream: ChatStream, style: ChunkStyle): AsyncGenerator<ChatGenerationChunk> {
  const blocks = style.asBlocks ? createBlockWriter() : undefined;
  const calls = createStreamedCalls();
  let first = true;
  let text = "";
  let finishReason: string | null = null;
  let usage: Usage | null | undefined;
  for await (const chunk of stream) {
    usage = chunk.usage ?? usage;
    const choice = chunk.choices.find((candidate) => (candidate.index ?? 0) === 0);
    if (choice === undefined) continue;
    finishReason = choice.finish_reason ?? finishReason;
    const delta = choice.delta ?? {};
    if (!first && !says(delta)) continue;
    const metadata = first ? { model_provider: modelProvider(false), model_name: chunk.model, model: chunk.model } : {};
    text += delta.content ?? "";
    yield toChunk(chunk, delta, calls.add(delta.tool_calls), metadata, blocks, first && style.withId);
    first = false;
  }
  const laplas = await stream.report;
  const end = answerEnd(finishReason, laplas);
  const read = partition(readEach(calls.written, end));
  const notice = noticeOf(text, read.tool_calls, read.invalid_tool_calls);
  const seals = sealUnreadable(calls.written, end);
  yield new LaplasGenerationChunk({
    text: notice,
    message: new LaplasMessageChunk({
      content: blocks ? blocks.write(notice, undefined, seals) : notice,
      response_metadata: { ...blocks?.metadata, finish_reason: finishReason, laplas: toMessageReport(laplas) },
      ...(seals.length > 0 ? { tool_call_chunks: seals } : {}),
      ...usageField(usage),
    }),
    generationInfo: { finish_reason: finishReason },
  });
}

/** False for the empty chunks around an answer: the one that only ends it, and keep-alives. */
function says(delta: ChatDelta): boolean {
  return Boolean(delta.content || delta.reasoning_content || delta.tool_calls?.length || delta.refusal);
}

function toChunk(
  { id, choices }: ChatCompletionChunk,
  delta: ChatDelta,
  calls: ToolCallChunk[],
  metadata: Record<string, unknown>,
  blocks: BlockWriter | undefined,
  withId: boolean,
): ChatGenerationChunk {
  const text = delta.content ?? "";
  const reasoning = delta.reasoning_content;
  const message = new LaplasMessageChunk({
    content: blocks ? blocks.write(text, reasoning, calls) : text,
    additional_kwargs: {
      ...(reasoning ? { reasoning_content: reasoning } : {}),
      ...(delta.refusal ? { refusal: delta.refusal } : {}),
    },
    response_metadata: {
      ...metadata,
      // Core appends the lists of the chunks, so that the whole message has them all.
      ...(choices[0]?.logprobs ? { logprobs: choices[0].logprobs } : {}),
      ...blocks?.metadata,
      ...(reasoning ? { model_provider: modelProvider(true) } : {}),
    },
    ...(calls.length > 0 ? { tool_call_chunks: calls } : {}),
    ...(withId && id ? { id } : {}),
  });
  return new LaplasGenerationChunk({ text, message });
}

interface BlockWriter {
  readonly metadata: { readonly output_version: "v1" };
  write(text: string, reasoning: string | null | undefined, calls: ToolCallChunk[]): ContentBlock[];
}

/** Numbers the blocks in the order in which they begin: core puts pieces of the same number together. */
function createBlockWriter(): BlockWriter {
  const places = new Map<string, number>();
  const place = (block: string): number => {
    const known = places.get(block) ?? places.size;
    places.set(block, known);
    return known;
  };
  return {
    metadata: { output_version: "v1" },
    write(text, reasoning, calls) {
      const written: ContentBlock[] = [];
      if (reasoning) written.push({ type: "reasoning", reasoning, index: place("reasoning") });
      if (text !== "") written.push({ type: "text", text, index: place("text") });
      for (const call of calls) written.push({ ...call, type: "tool_call_chunk", index: place(`call ${call.index}`) });
      return written;
    },
  };
}
