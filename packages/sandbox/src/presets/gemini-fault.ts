import type { PresetModel } from "./preset.js";
import type { CheckedBody, CheckedCall, Violation } from "./strictness.js";

/**
 * What Google refuses in a body of the right form: instructions alone, a function declared twice, and with the models from
 * gemini-3 on a call of the running turn that comes back without its signature. The first call of each step has to have one.
 */
export function geminiFault(body: CheckedBody, model: PresetModel): Violation | undefined {
  if (!body.messages.some(({ role }) => role !== "system" && role !== "developer")) {
    return {
      kind: "invalid",
      path: ["messages"],
      message: "GenerateContentRequest.contents: contents is not specified",
    };
  }
  const names = (Array.isArray(body.tools) ? body.tools : []).map((tool) => String(tool?.function?.name));
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    return { kind: "invalid", path: ["tools"], message: `Duplicate function declaration found: ${repeated}` };
  }
  if (names.length > 0 && model.tools === false) {
    return { kind: "invalid", path: ["tools"], message: `Function calling is not enabled for models/${model.id}` };
  }
  return model.id.startsWith("gemini-3") ? signatureFault(body) : undefined;
}

function signatureFault({ messages }: CheckedBody): Violation | undefined {
  const asked = messages.findLastIndex(({ role }) => role === "user");
  for (const [index, message] of messages.entries()) {
    const [call] = message.tool_calls ?? [];
    if (index <= asked || !call || signatureOf(call) !== undefined) continue;
    return {
      kind: "invalid",
      path: ["messages", index],
      message: `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${call.function.name}\` , position ${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
    };
  }
  return undefined;
}

function signatureOf(call: CheckedCall): string | undefined {
  const extra = call.extra_content as { google?: { thought_signature?: unknown } } | undefined;
  const signature = extra?.google?.thought_signature;
  return typeof signature === "string" && signature !== "" ? signature : undefined;
}
