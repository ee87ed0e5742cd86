import type { ChatModelStreamEvent } from "@langchain/core/language_models/event";
import {
  convertOpenAICompletionsStream,
  type OpenAICompletionsStreamChunk,
} from "@langchain/core/language_models/openai_completions_stream";
import type { CallReport, ChatCompletionChunk, ChatStream } from "@laplas/core";
import { answerEnd } from "../messages/answer-end.js";
import { noticeOf } from "../messages/invalid-calls.js";
import { toMessageReport } from "../messages/message-report.js";
import { modelProvider } from "../messages/model-provider.js";
import { createStreamedCalls, type StreamedCalls } from "../messages/streamed-calls.js";
import { partition, readEach } from "../messages/tool-calls.js";

/** What the end of a stream is told by. */
interface Heard {
  model: string | undefined;
  text: string;
  finishReason: string | null;
  reasons: boolean;
  report: CallReport | undefined;
}

/**
 * An engine's stream as LangChain's content-block events, by core's own converter, but for what that can't know: which tool
 * calls can be run, and why one can't, whose answer it is, and the report.
 */
export async function* toStreamEvents(stream: ChatStream, streamUsage: boolean): AsyncGenerator<ChatModelStreamEvent> {
  const heard: Heard = { model: undefined, text: "", finishReason: null, reasons: false, report: undefined };
  const calls = createStreamedCalls();
  /** By the index of a content block, the place of the call in it. */
  const places = new Map<number, number>();
  let blocks = 0;

  for await (const event of convertOpenAICompletionsStream(listen(stream, heard, calls), {
    streamUsage,
    provider: "laplas",
  })) {
    if (event.event === "content-block-start") {
      blocks = Math.max(blocks, event.index + 1);
      if (event.content.type === "tool_call_chunk") places.set(event.index, Number(event.content.index));
    }
    if (event.event === "message-start" && event.id === "") {
      const { id: _, ...start } = event;
      yield start;
    } else if (event.event === "content-block-finish" && places.has(event.index)) {
      const read = readEach(calls.written, answerEnd(heard.finishReason, heard.report));
      const content = read[places.get(event.index) ?? 0];
      yield { ...event, content: content as typeof event.content };
    } else if (event.event === "message-finish") {
      yield* noticeEvents(heard, calls, blocks);
      const responseMetadata = {
        ...event.responseMetadata,
        model_provider: modelProvider(heard.reasons),
        model_name: heard.model,
        model: heard.model,
        laplas: heard.report && toMessageReport(heard.report),
      };
      yield { ...event, responseMetadata };
    } else yield event;
  }
}

async function* listen(
  stream: ChatStream,
  heard: Heard,
  calls: StreamedCalls,
): AsyncGenerator<OpenAICompletionsStreamChunk> {
  for await (const chunk of stream) {
    // The converter reads the first choice of a chunk, whichever that is.
    const choice = chunk.choices.find(({ index }) => (index ?? 0) === 0);
    heard.model ??= chunk.model;
    heard.finishReason = choice?.finish_reason ?? heard.finishReason;
    heard.reasons ||= Boolean(choice?.delta?.reasoning_content);
    heard.text += choice?.delta?.content ?? "";
    // The same shape; only its finish reasons are fewer, and the converter takes unknown ones for "stop".
    yield onlyChoice(chunk, choice && withCalls(choice, calls)) as unknown as OpenAICompletionsStreamChunk;
  }
  // The converter finishes its blocks when this returns, so the report is there when a call is judged.
  heard.report = await stream.report;
}

type Choice = ChatCompletionChunk["choices"][number];

function onlyChoice(chunk: ChatCompletionChunk, choice: Choice | undefined): ChatCompletionChunk {
  const { choices } = chunk;
  return choices.length < 2 && choices[0] === choice ? chunk : { ...chunk, choices: choice ? [choice] : [] };
}

function withCalls(choice: Choice, calls: StreamedCalls): Choice {
  if (!choice.delta?.tool_calls?.length) return choice;
  const deltas = calls.add(choice.delta.tool_calls).map(({ index, id, name, args }) => ({
    index: index ?? 0,
    ...(id === undefined ? {} : { id }),
    function: { ...(name === undefined ? {} : { name }), arguments: args ?? "" },
  }));
  return { ...choice, delta: { ...choice.delta, tool_calls: deltas } };
}

function* noticeEvents(heard: Heard, calls: StreamedCalls, index: number): Generator<ChatModelStreamEvent> {
  const read = partition(readEach(calls.written, answerEnd(heard.finishReason, heard.report)));
  const text = noticeOf(heard.text, read.tool_calls, read.invalid_tool_calls);
  if (text === "") return;
  yield { event: "content-block-start", index, content: { type: "text", text: "" } };
  yield { event: "content-block-delta", index, delta: { type: "text-delta", text } };
  yield { event: "content-block-finish", index, content: { type: "text", text } };
}
