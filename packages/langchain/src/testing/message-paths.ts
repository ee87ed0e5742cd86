import { load } from "@langchain/core/load";
import { AIMessage, AIMessageChunk, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type { ChatGeneration } from "@langchain/core/outputs";
import type { ChatLaplasCallOptions } from "../chat/chat-fields.js";
import type { ChatLaplas } from "../chat/chat-laplas.js";

const question = "Pay Ada 1000";

/** Every way to a message. Those that stream put the pieces together as their users do. */
export const MESSAGE_PATHS: Record<string, (model: ChatLaplas) => Promise<BaseMessage>> = {
  invoke: (model) => model.invoke(question),
  "invoke in another version": (model) => model.invoke(question, { outputVersion: "v1" }),
  batch: async (model) => (await model.batch([question]))[0] as BaseMessage,
  generate: async (model) => {
    const { generations } = await model.generate([[new HumanMessage(question)]]);
    const [generation] = generations.flat() as ChatGeneration[];
    return generation?.message as BaseMessage;
  },
  stream: (model) => joined(model, (whole, chunk) => whole?.concat(chunk) ?? chunk),
  "stream in another version": (model) =>
    joined(model, (whole, chunk) => whole?.concat(chunk) ?? chunk, { outputVersion: "v1" }),
  "stream, put together by core's own class": (model) =>
    joined(model, (whole, chunk) => (whole ?? new AIMessageChunk("")).concat(chunk)),
  "stream, each piece copied before": (model) =>
    joined(model, (whole, chunk) => (whole === undefined ? copy(chunk) : whole.concat(copy(chunk)))),
  "a handler that wants streams": (model) =>
    model.invoke(question, { callbacks: [{ lc_prefer_streaming: true, handleLLMNewToken() {} } as never] }),
  "streamEvents v2": async (model) => {
    let output: BaseMessage | undefined;
    for await (const event of model.streamEvents(question, { version: "v2" })) {
      if (event.event === "on_chat_model_end") output = event.data.output;
    }
    return output as BaseMessage;
  },
  "streamEvents v3": async (model) => model.streamEvents(question),
  _streamChatModelEvents: async (model) => {
    const content: unknown[] = [];
    for await (const event of model._streamChatModelEvents([new HumanMessage(question)], {} as never)) {
      if (event.event === "content-block-finish") content[event.index] = event.content;
    }
    return new AIMessage({ content: content as never, response_metadata: { output_version: "v1" } });
  },
};

async function joined(
  model: ChatLaplas,
  add: (whole: AIMessageChunk | undefined, chunk: AIMessageChunk) => AIMessageChunk,
  options: Partial<ChatLaplasCallOptions> = {},
): Promise<BaseMessage> {
  let whole: AIMessageChunk | undefined;
  for await (const chunk of await model.stream(question, options)) whole = add(whole, chunk);
  return whole as BaseMessage;
}

function copy(chunk: AIMessageChunk): AIMessageChunk {
  return new (chunk.constructor as typeof AIMessageChunk)({ ...chunk });
}

/** What may have become of a message by the time that an agent reads it. */
export const AFTERWARDS: Record<string, (message: BaseMessage) => BaseMessage | Promise<BaseMessage>> = {
  "as it is": (message) => message,
  "loaded from a checkpoint": async (message) => load(JSON.stringify(message)) as Promise<BaseMessage>,
  "copied by its fields": (message) => new (message.constructor as typeof AIMessage)({ ...message } as never),
  "copied as an AIMessage": (message) => new AIMessage({ ...message } as never),
  "copied by what it was made from, as agents with names do": (message) => new AIMessage({ ...message.lc_kwargs }),
};
