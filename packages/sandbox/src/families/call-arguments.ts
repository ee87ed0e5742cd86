import type { OpenAIMessage } from "./openai-messages.js";

/**
 * Half a call is no history: what a model is to read of its own calls has to be JSON, and an object where the vendor's
 * own field is one. Clients meet it that send back a call which the output cap has cut.
 */
export function callArgumentsFault(messages: readonly OpenAIMessage[], asObject: boolean): string | undefined {
  for (const [index, { tool_calls: calls = [], function_call: legacy }] of messages.entries()) {
    for (const [at, call] of calls.entries()) {
      const place = `messages[${index}].tool_calls[${at}].function.arguments`;
      if (!isJson(call.function.arguments, asObject)) return wrong(place, asObject);
    }
    if (legacy && !isJson(legacy.arguments, asObject)) {
      return wrong(`messages[${index}].function_call.arguments`, asObject);
    }
  }
  return undefined;
}

function wrong(place: string, asObject: boolean): string {
  return `Invalid parameter: '${place}' must be ${asObject ? "a JSON object" : "valid JSON"}.`;
}

function isJson(text: string, asObject: boolean): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return !asObject || (typeof value === "object" && value !== null && !Array.isArray(value));
  } catch {
    return false;
  }
}
