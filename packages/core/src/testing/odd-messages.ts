import fc from "fast-check";
import type { Nearly } from "./nearly.js";

const words = fc.constantFrom(
  ...["text", "tool_use", "tool_result", "thinking", "image", "document", "search_result", "server_tool_use"],
  ...["user", "assistant", "system", "auto", "any", "tool", "none", "enabled", "adaptive", "base64", "json_schema"],
);
const leaf = fc.oneof(words, fc.jsonValue({ maxDepth: 2 }), fc.string(), fc.constant(undefined));
const wild = (...keys: string[]) => fc.record(Object.fromEntries(keys.map((key) => [key, leaf])), { requiredKeys: [] });
const inner = fc.oneof(leaf, wild("type", "text", "source", "data", "content"));
const wildBlock = fc.oneof(
  leaf,
  fc.record(
    {
      type: words,
      text: leaf,
      id: leaf,
      name: leaf,
      input: leaf,
      tool_use_id: leaf,
      content: fc.oneof(leaf, fc.array(inner)),
      source: inner,
      is_error: leaf,
    },
    { requiredKeys: [] },
  ),
);
const wildMessage = fc.oneof(
  leaf,
  fc.record({ role: words, content: fc.oneof(leaf, fc.array(wildBlock)) }, { requiredKeys: [] }),
);
/** Bodies of `POST /v1/messages` of which hardly anything is right. */
export const wildMessagesBody: fc.Arbitrary<unknown> = fc.oneof(
  leaf,
  fc.record(
    {
      model: fc.oneof(fc.constant("claude-3-5-sonnet-latest"), leaf),
      messages: fc.oneof(leaf, fc.array(wildMessage)),
      system: fc.oneof(leaf, fc.array(wildBlock)),
      tools: fc.oneof(leaf, fc.array(wild("type", "name", "description", "input_schema", "cache_control"))),
      tool_choice: fc.oneof(leaf, wild("type", "name", "disable_parallel_tool_use")),
      thinking: fc.oneof(leaf, wild("type", "budget_tokens")),
      output_config: fc.oneof(leaf, wild("effort", "format")),
      stop_sequences: leaf,
      stream: leaf,
      max_tokens: leaf,
      metadata: leaf,
    },
    { requiredKeys: [] },
  ),
);

/** The same, nearly right. */
export function oddMessagesBody({ anything, word, name, mostly, one, list, object }: Nearly): fc.Arbitrary<object> {
  const mark = { cache_control: one({ type: "ephemeral" }) };
  const said = object({ type: one("text"), text: word, ...mark }, "type", "text");
  const content = fc.oneof(word, list(said, 1));
  const id = one("toolu_1", "a:b/c");
  const block = fc.oneof(
    { weight: 3, arbitrary: said },
    object({ type: one("tool_use"), id, name, input: object({ a: word }), ...mark }, "type", "id", "name"),
    object({ type: one("tool_result"), tool_use_id: id, content, is_error: one(true, false) }, "type", "tool_use_id"),
    object({ type: one("thinking"), thinking: word, signature: word }, "type", "thinking"),
    object({ type: one("redacted_thinking", "server_tool_use"), data: word, content }, "type"),
    object(
      { type: one("document"), source: object({ type: one("text"), data: word }, "type", "data") },
      "type",
      "source",
    ),
  );
  const message = fc.oneof(
    object({ role: one("user", "assistant", "system"), content }, "role", "content"),
    object({ role: one("user", "assistant"), content: list(block, 1) }, "role", "content"),
  );
  /** Both calls, so that results find theirs. */
  const calls = ["toolu_1", "a:b/c"].map((use) => ({ type: "tool_use", id: use, name: "f", input: {} }));
  const begin = [
    { role: "user", content: "Hello" },
    { role: "assistant", content: calls },
  ];
  const messages = fc.tuple(fc.constantFrom([], begin), list(message, 1)).map(([before, rest]) => {
    return Array.isArray(rest) ? [...before, ...rest] : rest;
  });
  const schema = object({ type: one("object"), properties: object({ a: object({}) }) }, "type");
  const tool = fc.oneof(
    { weight: 3, arbitrary: object({ name, description: word, input_schema: schema }, "name", "input_schema") },
    object({ type: one("web_search_20250305"), name }, "type", "name"),
  );
  const choice = fc.oneof(
    { weight: 4, arbitrary: object({ type: one("auto", "none"), disable_parallel_tool_use: one(true) }, "type") },
    object({ type: one("any", "tool"), name }, "type", "name"),
  );
  return fc.record(
    {
      model: word,
      messages,
      system: fc.oneof(word, list(said)),
      tools: list(tool),
      tool_choice: choice,
      thinking: object({ type: one("enabled", "adaptive", "disabled"), budget_tokens: one(1_024, 9_000) }, "type"),
      output_config: object({
        effort: one("low", "max"),
        format: object({ type: one("json_schema"), schema: object({}) }, "type", "schema"),
      }),
      stop_sequences: list(word),
      metadata: object({ user_id: word }),
      max_tokens: mostly(fc.integer({ min: 1 })),
      stream: mostly(fc.boolean()),
      top_k: one(5),
      " odd\n": anything,
    },
    { requiredKeys: ["messages", "max_tokens"] },
  );
}
