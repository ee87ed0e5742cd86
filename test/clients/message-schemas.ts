import type * as Messages from "@anthropic-ai/sdk/resources/messages/messages";
import type { ErrorResponse } from "@anthropic-ai/sdk/resources/shared";
import { z } from "zod";

/**
 * What a message and its events are, checked twice as those of Responses are: by TypeScript against the types of Anthropic's package, which
 * are made of its published reference, and by zod against what comes. Keys that the package does not know are refused, but for `usage`.
 */
type Schema<Known> = z.ZodType<Known>;

type Nullable<Known> = { [Key in keyof Known]-?: null extends Known[Key] ? Key : never }[keyof Known];
/** As it is on the wire: the package's types name every key, and Anthropic leaves out those that would be null. */
type Wire<Known> = Omit<Known, Nullable<Known>> & Partial<Pick<Known, Nullable<Known>>>;

type WireUse = Wire<Messages.ToolUseBlock>;
type WireBlock = Wire<Messages.TextBlock> | Messages.ThinkingBlock | WireUse;

const count = z.int().nonnegative();
const usage: Schema<Wire<Messages.Usage>> = z.looseObject({
  input_tokens: count,
  cache_creation_input_tokens: count,
  cache_read_input_tokens: count,
  output_tokens: count,
});

const direct = z.strictObject({ type: z.literal("direct") });
const name = z.string().regex(/^[\w-]{1,64}$/);
const toolUse = { type: z.literal("tool_use"), id: z.string().regex(/^[\w-]+$/), caller: direct, name };
const text: Schema<Wire<Messages.TextBlock>> = z.strictObject({ type: z.literal("text"), text: z.string() });
const thinking: Schema<Messages.ThinkingBlock> = z.strictObject({
  type: z.literal("thinking"),
  thinking: z.string(),
  signature: z.string(),
});
const use: Schema<WireUse> = z.strictObject({ ...toolUse, input: z.record(z.string(), z.unknown()) });
/** Its arguments are still to come. */
const begunUse: Schema<WireUse> = z.strictObject({ ...toolUse, input: z.strictObject({}) });

const stopReason = z.enum(["end_turn", "max_tokens", "tool_use", "refusal"]);
const head = {
  id: z.string().regex(/^msg_[\w-]+$/),
  type: z.literal("message"),
  role: z.literal("assistant"),
  model: z.string().min(1),
  stop_sequence: z.null(),
} as const;

type WireMessage = Wire<Omit<Messages.Message, "content" | "usage">> & {
  content: WireBlock[];
  usage: Wire<Messages.Usage>;
};

export const messageObject: Schema<WireMessage> = z.strictObject({
  ...head,
  content: z.array(z.union([text, thinking, use])).min(1),
  stop_reason: stopReason,
  usage,
});

const begun: Schema<WireMessage> = z.strictObject({
  ...head,
  content: z.tuple([]),
  stop_reason: z.null(),
  // By an estimate: clients manage their context by it.
  usage: usage.refine(({ input_tokens: input }) => input > 0),
});

const errorTypes = [
  "overloaded_error",
  "rate_limit_error",
  "invalid_request_error",
  "api_error",
  "timeout_error",
] as const;
const index = count;

type WireEvent =
  | { type: "message_start"; message: WireMessage }
  | { type: "content_block_start"; index: number; content_block: WireBlock }
  | Messages.RawContentBlockDeltaEvent
  | Messages.RawContentBlockStopEvent
  | { type: "message_delta"; delta: Wire<Messages.RawMessageDeltaEvent.Delta>; usage: Wire<Messages.Usage> }
  | Messages.RawMessageStopEvent
  // The package drops it.
  | { type: "ping" }
  | Wire<ErrorResponse>;

const delta: Schema<Messages.RawContentBlockDelta> = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text_delta"), text: z.string().min(1) }),
  z.strictObject({ type: z.literal("thinking_delta"), thinking: z.string().min(1) }),
  z.strictObject({ type: z.literal("signature_delta"), signature: z.string() }),
  z.strictObject({ type: z.literal("input_json_delta"), partial_json: z.string().min(1) }),
]);

/** The events of answers of thoughts, words and calls. */
export const messageEvent: Schema<WireEvent> = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("message_start"), message: begun }),
  z.strictObject({ type: z.literal("ping") }),
  z.strictObject({
    type: z.literal("content_block_start"),
    index,
    content_block: z.union([text, thinking, begunUse]),
  }),
  z.strictObject({ type: z.literal("content_block_delta"), index, delta }),
  z.strictObject({ type: z.literal("content_block_stop"), index }),
  z.strictObject({
    type: z.literal("message_delta"),
    delta: z.strictObject({ stop_reason: stopReason, stop_sequence: z.null() }),
    usage,
  }),
  z.strictObject({ type: z.literal("message_stop") }),
  z.strictObject({
    type: z.literal("error"),
    error: z.strictObject({ type: z.enum(errorTypes), message: z.string().min(1) }),
  }),
]);

/**
 * The events of a stream as it is on the wire, each of them valid, and all of them in order: one block open at a time, indexes without
 * gaps, each delta of its block's kind, and nothing after the end.
 */
export function readMessageEvents(stream: string): WireEvent[] {
  const events = stream.split("\n\n").filter(Boolean).map(readEvent);
  let open: WireBlock["type"] | undefined;
  let blocks = 0;
  for (const [place, event] of events.entries()) {
    const isLast = event.type === "message_stop" || event.type === "error";
    if (isLast !== (place === events.length - 1)) throw new Error(`${event.type} at ${place} of ${events.length}`);
    if ((event.type === "message_start") !== (place === 0)) throw new Error(`${event.type} at ${place}`);
    if ("index" in event && event.index !== blocks)
      throw new Error(`${event.type} of ${event.index}, not of ${blocks}`);
    if (event.type === "content_block_start") {
      if (open !== undefined) throw new Error(`block ${event.index} begins before the one before it ends`);
      open = event.content_block.type;
    }
    if (event.type === "content_block_delta" && !KINDS[event.delta.type]?.includes(open ?? "")) {
      throw new Error(`${event.delta.type} in ${open}`);
    }
    if (event.type === "content_block_stop") {
      if (open === undefined) throw new Error(`block ${event.index} ends and has not begun`);
      open = undefined;
      blocks += 1;
    }
    if (event.type === "message_delta" && (open !== undefined || blocks === 0)) throw new Error("ended within a block");
  }
  return events;
}

const KINDS: Readonly<Record<string, string>> = {
  text_delta: "text",
  thinking_delta: "thinking",
  signature_delta: "thinking",
  input_json_delta: "tool_use",
};

function readEvent(lines: string): WireEvent {
  const [, named, data = ""] = /^event: (.*)\ndata: (.*)$/.exec(lines) ?? [];
  const event = messageEvent.parse(JSON.parse(data));
  if (event.type !== named) throw new Error(`${named} holds ${event.type}`);
  return event;
}
