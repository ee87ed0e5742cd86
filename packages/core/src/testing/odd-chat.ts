import fc from "fast-check";
import type { Nearly } from "./nearly.js";

/** Bodies of `POST /v1/chat/completions`. */
export function oddChatBody({ anything, word, name, mostly, one, list, object }: Nearly): fc.Arbitrary<object> {
  const part = fc.oneof(
    object({ type: one("text"), text: word, cache_control: one({ type: "ephemeral" }) }, "type", "text"),
    object({ type: one("thinking", "refusal"), thinking: word, refusal: word }, "type"),
  );
  const content = fc.oneof({ weight: 3, arbitrary: word }, list(part));
  const id = one("call_1", "call_2");
  const call = object(
    { id, type: one("function"), function: object({ name, arguments: word }, "name", "arguments") },
    "id",
    "type",
    "function",
  );
  const message = fc.oneof(
    object({ role: one("user", "system", "developer"), content, name: word }, "role", "content"),
    object({ role: one("assistant"), content, tool_calls: list(call), reasoning_content: word }, "role", "content"),
    object({ role: one("tool"), content, tool_call_id: id }, "role", "content", "tool_call_id"),
  );
  /** Both calls, so that results find theirs. */
  const calls = ["call_1", "call_2"].map((of) => ({
    id: of,
    type: "function",
    function: { name: "f", arguments: "{}" },
  }));
  const begin = [
    { role: "user", content: "Hello" },
    { role: "assistant", content: null, tool_calls: calls },
  ];
  const messages = fc.tuple(fc.constantFrom([], begin), list(message, 1)).map(([before, rest]) => {
    return Array.isArray(rest) ? [...before, ...rest] : rest;
  });
  const tool = object(
    {
      type: one("function"),
      function: object({ name, description: word, parameters: object({ type: one("object") }) }, "name"),
    },
    "type",
    "function",
  );
  const format = object(
    {
      type: one("text", "json_object", "json_schema"),
      json_schema: object({ name, schema: object({ type: one("object") }) }, "name", "schema"),
    },
    "type",
    "json_schema",
  );
  return fc.record(
    {
      model: word,
      messages,
      tools: list(tool),
      tool_choice: one("auto", "none", undefined),
      response_format: format,
      max_tokens: mostly(fc.integer({ min: 1 })),
      n: one(1, 2),
      stop: fc.oneof(word, list(word)),
      stream: mostly(fc.boolean()),
      stream_options: object({ include_usage: one(true, false) }),
      temperature: one(0, 1),
      " odd\n": anything,
    },
    { requiredKeys: ["messages"] },
  );
}
