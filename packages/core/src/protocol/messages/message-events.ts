import type { ChatCompletionChunk, ChatDelta, Usage } from "../../request/wire-types.js";
import type { EventWriter } from "../expand-events.js";
import type { ClientEvent, StreamItem } from "../protocol.js";
import { type BlockWriter, createBlockWriter } from "./block-writer.js";
import { type AnswerSettings, messageId, messageUsage, stopReason } from "./write-message.js";

/** What the events of an answer are written with. */
export interface StreamSettings extends AnswerSettings {
  /** An estimate of the prompt: clients manage their context by what the first event says. */
  readonly inputTokens: () => number;
}

/** The events of one answer's stream, from `message_start` to `message_delta` and `message_stop`. */
export function createMessageWriter(settings: StreamSettings): EventWriter<StreamItem> {
  const { wantsThoughts } = settings;
  let blocks: BlockWriter | undefined;
  let usage: Usage | undefined;
  let reason: string | null = null;
  let isRefused = false;
  let inputTokens = 0;

  const start = ({ id, model }: Pick<ChatCompletionChunk, "id" | "model">, events: ClientEvent[]): BlockWriter => {
    inputTokens = Math.max(1, settings.inputTokens());
    const message = {
      id: messageId(id),
      type: "message",
      role: "assistant",
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: messageUsage({ completion_tokens: 1 }, inputTokens),
    };
    events.push(messageEvent({ type: "message_start", message }), messageEvent({ type: "ping" }));
    return createBlockWriter(message.id, settings, (data) => void events.push(messageEvent(data)));
  };

  const say = (delta: ChatDelta, to: BlockWriter): void => {
    const { content, refusal, reasoning_content: thoughts, tool_calls: calls } = delta;
    if (wantsThoughts && thoughts) to.say("thinking", thoughts);
    if (content) to.say("text", content);
    if (typeof refusal === "string" && refusal !== "") {
      isRefused = true;
      to.say("text", refusal);
    }
    for (const call of calls ?? []) to.call(call);
  };

  const events: ClientEvent[] = [];
  const taken = (): readonly ClientEvent[] => events.splice(0);
  return {
    begin: () => [],
    read(item) {
      const chunk = typeof item === "string" ? (JSON.parse(item) as ChatCompletionChunk) : item;
      blocks ??= start(chunk, events);
      if (chunk.usage) usage = chunk.usage;
      for (const { index, delta, finish_reason: ended } of chunk.choices) {
        if (index !== 0) continue;
        say(delta ?? {}, blocks);
        if (ended) reason = ended;
      }
      return taken();
    },
    end() {
      blocks ??= start({ id: "", model: "" }, events);
      blocks.end();
      const stop = isRefused && reason === "stop" ? "refusal" : stopReason(reason);
      events.push(
        messageEvent({
          type: "message_delta",
          delta: { stop_reason: stop, stop_sequence: null },
          usage: messageUsage(usage, inputTokens),
        }),
        messageEvent({ type: "message_stop" }),
      );
      return taken();
    },
  };
}

/** An event, named by its type. */
export function messageEvent(data: { readonly type: string } & Readonly<Record<string, unknown>>): ClientEvent {
  return { name: data.type, data: JSON.stringify(data) };
}
