import type OpenAI from "openai";
import type * as Responses from "openai/resources/responses/responses";
import { z } from "zod";

/**
 * What a response and its events are, checked twice: by TypeScript against the types of the openai package, which are made of OpenAI's
 * published reference, and by zod against what comes. Keys that the package does not know are refused, but for `usage`.
 */
type Schema<Known> = z.ZodType<Known>;

const text: Schema<Responses.ResponseOutputText> = z.strictObject({
  type: z.literal("output_text"),
  text: z.string(),
  annotations: z.array(z.never()),
  logprobs: z.array(z.never()),
});
const refusal: Schema<Responses.ResponseOutputRefusal> = z.strictObject({
  type: z.literal("refusal"),
  refusal: z.string(),
});
const status = z.enum(["in_progress", "completed", "incomplete"]);
const id = (prefix: string): z.ZodString => z.string().regex(new RegExp(`^${prefix}_[\\da-f]{32}$`));

const message: Schema<Responses.ResponseOutputMessage> = z.strictObject({
  id: id("msg"),
  type: z.literal("message"),
  role: z.literal("assistant"),
  status,
  content: z.array(z.union([text, refusal])),
});
const functionCall: Schema<Responses.ResponseFunctionToolCall> = z.strictObject({
  id: id("fc"),
  type: z.literal("function_call"),
  status,
  call_id: z.string().min(1),
  name: z.string().min(1),
  namespace: z.string().exactOptional(),
  arguments: z.string(),
});
const customCall: Schema<Responses.ResponseCustomToolCallItem> = z.strictObject({
  id: id("ctc"),
  type: z.literal("custom_tool_call"),
  status,
  call_id: z.string().min(1),
  name: z.string().min(1),
  input: z.string(),
});
const summary = z.strictObject({ type: z.literal("summary_text"), text: z.string() });
const reasoning: Schema<Responses.ResponseReasoningItem> = z.strictObject({
  id: id("rs"),
  type: z.literal("reasoning"),
  summary: z.array(summary),
  encrypted_content: z.null(),
});
const item: Schema<Responses.ResponseOutputItem> = z.union([message, functionCall, customCall, reasoning]);

const count = z.int().nonnegative();
const usage: Schema<Responses.ResponseUsage> = z.looseObject({
  input_tokens: count,
  input_tokens_details: z.strictObject({ cached_tokens: count, cache_write_tokens: count }),
  output_tokens: count,
  output_tokens_details: z.strictObject({ reasoning_tokens: count }),
  total_tokens: count,
});

/** `output_text` is added by the package; access programs are a matter of OpenAI's accounts. */
type WireResponse = Omit<Responses.Response, "output_text" | "access_programs" | "usage"> & {
  usage: Responses.ResponseUsage | null;
};

const tools = z.array(z.custom<Responses.Tool>((value) => typeof value === "object" && value !== null));
export const responseObject: Schema<WireResponse> = z.strictObject({
  id: id("resp"),
  object: z.literal("response"),
  created_at: count,
  status: z.enum(["in_progress", "completed", "incomplete", "failed"]),
  background: z.literal(false),
  error: z.null(),
  incomplete_details: z.strictObject({ reason: z.enum(["max_output_tokens", "content_filter"]) }).nullable(),
  instructions: z.string().nullable(),
  max_output_tokens: count.nullable(),
  metadata: z.record(z.string(), z.string()),
  model: z.string().min(1),
  output: z.array(item),
  parallel_tool_calls: z.boolean(),
  previous_response_id: z.null(),
  prompt_cache_key: z.string().nullable(),
  reasoning: z.strictObject({ effort: z.enum(["low", "medium", "high"]).nullable(), summary: z.null() }),
  safety_identifier: z.string().nullable(),
  service_tier: z.literal("default"),
  store: z.boolean(),
  temperature: z.number().nullable(),
  text: z.strictObject({ format: z.custom<Responses.ResponseFormatTextConfig>((value) => typeof value === "object") }),
  tool_choice: z.union([
    z.enum(["none", "auto", "required"]),
    z.strictObject({ type: z.enum(["function", "custom"]), name: z.string() }),
  ]),
  tools,
  top_logprobs: count,
  top_p: z.number().nullable(),
  truncation: z.literal("disabled"),
  usage: usage.nullable(),
});

const sequence_number = count;
const ofItem = { sequence_number, item_id: z.string().min(1), output_index: count };
const ofPart = { ...ofItem, content_index: count };
const ofSummary = { ...ofItem, summary_index: count };
const response = z.custom<Responses.Response>((value) => {
  // The package adds it to the last one.
  const { output_text: _, ...wire } = value as { output_text?: unknown };
  responseObject.parse(wire);
  return true;
});
const inResponse = <Type extends string>(type: Type) =>
  z.strictObject({ type: z.literal(type), sequence_number, response });
const logprobs = z.array(z.never());

/** The events of answers of thoughts, words and calls. */
export const responseEvent: Schema<OpenAI.Responses.ResponseStreamEvent> = z.discriminatedUnion("type", [
  inResponse("response.created"),
  inResponse("response.in_progress"),
  inResponse("response.completed"),
  inResponse("response.incomplete"),
  z.strictObject({ type: z.literal("response.output_item.added"), sequence_number, output_index: count, item }),
  z.strictObject({ type: z.literal("response.output_item.done"), sequence_number, output_index: count, item }),
  z.strictObject({ type: z.literal("response.content_part.added"), ...ofPart, part: z.union([text, refusal]) }),
  z.strictObject({ type: z.literal("response.content_part.done"), ...ofPart, part: z.union([text, refusal]) }),
  z.strictObject({ type: z.literal("response.output_text.delta"), ...ofPart, delta: z.string().min(1), logprobs }),
  z.strictObject({ type: z.literal("response.output_text.done"), ...ofPart, text: z.string(), logprobs }),
  z.strictObject({ type: z.literal("response.function_call_arguments.delta"), ...ofItem, delta: z.string().min(1) }),
  z.looseObject({ type: z.literal("response.function_call_arguments.done"), ...ofItem, arguments: z.string() }),
  z.strictObject({ type: z.literal("response.custom_tool_call_input.delta"), ...ofItem, delta: z.string().min(1) }),
  z.strictObject({ type: z.literal("response.custom_tool_call_input.done"), ...ofItem, input: z.string() }),
  z.strictObject({ type: z.literal("response.reasoning_summary_part.added"), ...ofSummary, part: summary }),
  z.strictObject({ type: z.literal("response.reasoning_summary_text.delta"), ...ofSummary, delta: z.string().min(1) }),
  z.strictObject({ type: z.literal("response.reasoning_summary_text.done"), ...ofSummary, text: z.string() }),
  z.strictObject({ type: z.literal("response.reasoning_summary_part.done"), ...ofSummary, part: summary }),
]);
