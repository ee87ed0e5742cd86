import type { z } from "zod";
import type { ChatModel } from "../models/model.js";
import { invalidBody, type Refusal } from "../tier/refusal.js";
import type { ChatFamily } from "./family.js";
import { type OpenAIBody, toRequest } from "./openai-request.js";
import { toolOrderFault } from "./tool-order.js";
import { validationMessage } from "./validation-message.js";

/** Reads bodies in OpenAI's form: the family's schema, what its single models refuse, then the conversation. */
export function readOpenAIBody<Body extends OpenAIBody>(
  schema: z.ZodType<Body>,
  modelFault: (body: Body, model: ChatModel) => Refusal | undefined = () => undefined,
): ChatFamily["read"] {
  return (input, model) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) return { refusal: invalidBody(validationMessage(parsed.error)) };
    const fault = modelFault(parsed.data, model) ?? conversationFault(parsed.data);
    return fault ? { refusal: fault } : { request: toRequest(parsed.data) };
  };
}

/** What no schema of single fields finds: tool calls without results, stream options without a stream. */
function conversationFault(body: OpenAIBody): Refusal | undefined {
  const fault = toolOrderFault(body.messages);
  if (fault) return { status: 400, message: fault, reason: "body" };
  if (body.stream_options && !body.stream) return invalidBody("stream_options: only allowed when stream is true");
  return undefined;
}
