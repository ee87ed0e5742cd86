import type { z } from "zod";
import type { ChatModel } from "../models/model.js";
import { invalidBody, type Refusal, vendorRefusal } from "../tier/refusal.js";
import { callArgumentsFault } from "./call-arguments.js";
import type { ChatFamily } from "./family.js";
import { foreignKeyFault } from "./foreign-keys.js";
import { type OpenAIBody, toRequest } from "./openai-request.js";
import { toolOrderFault } from "./tool-order.js";
import { validationMessage } from "./validation-message.js";

/** Reads bodies in OpenAI's form: the family's schema, what it and its single models refuse, then the conversation. */
export function readOpenAIBody<Body extends OpenAIBody>(
  schema: z.ZodType<Body> & { shape: object },
  familyFault: (body: Body, model: ChatModel) => Refusal | undefined = () => undefined,
): ChatFamily["read"] {
  return (input, model) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) return { refusal: invalidBody(validationMessage(parsed.error)) };
    const body = parsed.data;
    const fault =
      foreignKeyFault(body, schema.shape) ??
      familyFault(body, model) ??
      toolChoiceFault(body) ??
      conversationFault(body, model);
    return fault ? { refusal: fault } : { request: toRequest(body) };
  };
}

/** OpenAI's words. A choice among no tools, or of one that is not offered, can't be obeyed by any vendor. */
function toolChoiceFault({ tools, tool_choice: choice }: OpenAIBody): Refusal | undefined {
  if (choice === undefined) return undefined;
  if (!tools?.length) return vendorRefusal("'tool_choice' is only allowed when 'tools' are specified.");
  if (typeof choice !== "object" || tools.some((tool) => tool.function.name === choice.function.name)) return undefined;
  return vendorRefusal(`Tool choice '${choice.function.name}' not found in 'tools' parameter.`);
}

/** What no schema of single fields finds: tool calls without results or with half of their arguments, stream options without a stream. */
function conversationFault(body: OpenAIBody, model: ChatModel): Refusal | undefined {
  const silent = body.messages.findIndex(
    (message) =>
      message.role === "assistant" &&
      message.content === undefined &&
      !("function_call" in message || message.tool_calls?.length),
  );
  if (silent >= 0) return invalidBody(`messages[${silent}]: expected content or tool_calls`);
  // Google's calls hold an object in place of OpenAI's text.
  const fault = toolOrderFault(body.messages) ?? callArgumentsFault(body.messages, model.family === "gemini");
  if (fault) return vendorRefusal(fault);
  if (body.stream_options && !body.stream) return invalidBody("stream_options: only allowed when stream is true");
  return undefined;
}
