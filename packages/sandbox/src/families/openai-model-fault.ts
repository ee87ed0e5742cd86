import type { ChatModel } from "../models/model.js";
import { type Refusal, unsupportedValue, vendorRefusal } from "../tier/refusal.js";
import type { OpenAIBody, OpenAITool } from "./openai-request.js";
import { rootFault } from "./root-fault.js";

/** What of a body the checks below read beside the common fields. */
interface OpenAIOnlyBody extends OpenAIBody {
  logprobs?: boolean | null | undefined;
  top_logprobs?: number | null | undefined;
  parallel_tool_calls?: boolean | undefined;
  modalities?: readonly string[] | null | undefined;
  audio?: object | null | undefined;
  web_search_options?: object | undefined;
}

/** What the schema takes and OpenAI, or one of its models, does not. */
export function openaiModelFault(body: OpenAIOnlyBody, model: ChatModel): Refusal | undefined {
  if (body.top_logprobs && !body.logprobs) {
    return vendorRefusal("Invalid value for 'logprobs': must be true if 'top_logprobs' is specified.");
  }
  if (body.parallel_tool_calls !== undefined && !body.tools) {
    return vendorRefusal("Invalid value for 'parallel_tool_calls': only allowed when 'tools' are specified.");
  }
  if (!model.id.includes("audio") && (body.audio || body.modalities?.includes("audio"))) {
    return unsupportedValue("'modalities' does not support 'audio' with this model.");
  }
  if (!model.id.includes("search") && body.web_search_options) {
    return vendorRefusal("Web search options not supported with this model.");
  }
  return (model.vendor === "OpenAI" ? schemaFault(body.tools ?? []) : undefined) ?? reasoningModelFault(body, model);
}

/** OpenAI wants an object with properties at the root of a function's parameters, also where it has none to give. */
function schemaFault(tools: readonly OpenAITool[]): Refusal | undefined {
  for (const { function: offered } of tools) {
    const fault = offered.parameters && rootFault(offered.parameters);
    if (fault) return vendorRefusal(`Invalid schema for function '${offered.name}': ${fault}`);
  }
  return undefined;
}

function reasoningModelFault(body: OpenAIOnlyBody, model: ChatModel): Refusal | undefined {
  if (/^o1-(mini|preview)/.test(model.id)) {
    const index = body.messages.findIndex((message) => message.role === "system");
    if (index >= 0) {
      return unsupportedValue(`'messages[${index}].role' does not support 'system' with this model.`);
    }
  }
  if (model.id === "o1" && body.stream) {
    return unsupportedValue("'stream' does not support true with this model. Only the default (false) is supported.");
  }
  return undefined;
}
