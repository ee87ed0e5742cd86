import fc from "fast-check";
import type { Nearly } from "./nearly.js";

/** Bodies of `POST /v1/responses`. */
export function oddResponsesBody({ anything, word, name, mostly, one, list, object }: Nearly): fc.Arbitrary<object> {
  const part = fc.oneof(
    { weight: 9, arbitrary: object({ type: one("input_text", "output_text", "text"), text: word }, "type", "text") },
    object({ type: one("input_image"), image_url: word, detail: word }, "type", "image_url"),
    object({ type: one("input_file"), file_data: word, filename: word }, "type", "file_data"),
  );
  const content = fc.oneof(word, list(part));
  const callId = one("a", "b");
  const call = object(
    {
      type: one("function_call", "custom_tool_call"),
      call_id: callId,
      name,
      arguments: word,
      input: word,
      namespace: one("n", ""),
    },
    "type",
    "call_id",
    "name",
    "input",
  );
  const output = object(
    { type: one("function_call_output", "custom_tool_call_output"), call_id: callId, output: content },
    "type",
    "call_id",
    "output",
  );
  const message = object({ role: one("user", "system", "developer"), content }, "role", "content");
  const item = fc.oneof(
    { weight: 3, arbitrary: message },
    object({ type: one("message"), role: one("assistant"), content: word, id: word }, "type", "role", "content"),
    call,
    { weight: 1, arbitrary: output },
    object({ type: one("reasoning", "local_shell_call", "mcp_call", "x"), id: word, call_id: callId }, "type"),
    object({ type: one("item_reference"), id: one("rs_1") }, "type", "id"),
  );
  /** Both calls, so that outputs find theirs. */
  const calls = ["a", "b"].map((id) => ({ type: "function_call", call_id: id, name: "f", arguments: "{}" }));
  const items = fc.tuple(message, mostly(fc.constantFrom([], calls)), list(item, 1)).map(([first, called, rest]) => {
    return Array.isArray(called) && Array.isArray(rest) ? [first, ...called, ...rest] : rest;
  });
  const plainTool = object(
    {
      type: one("function", "custom", "web_search"),
      name,
      description: word,
      parameters: object({ type: one("object") }),
      format: object({ type: one("text", "grammar"), syntax: word, definition: word }, "type"),
    },
    "type",
    "name",
  );
  const tool = fc.oneof(
    plainTool,
    object({ type: one("namespace"), name, tools: list(plainTool, 1) }, "type", "name", "tools"),
  );
  const choice = fc.oneof(
    { weight: 4, arbitrary: one("auto", "none") },
    one("required"),
    object({ type: one("function", "allowed_tools"), name, tools: list(plainTool) }),
  );
  return fc.record(
    {
      model: word,
      input: fc.oneof(word, items),
      instructions: word,
      tools: list(tool),
      tool_choice: fc.option(choice, { nil: undefined }),
      text: object({
        format: object({ type: one("text", "json_object", "json_schema"), schema: object({}), name }, "type", "schema"),
        verbosity: one("low", "high"),
      }),
      reasoning: object({ effort: one("low", "high"), summary: word }),
      max_output_tokens: mostly(fc.integer({ min: 1 })),
      metadata: anything,
      include: anything,
      previous_response_id: one(null, undefined, ""),
      stream: mostly(fc.boolean()),
      temperature: one(0, 1),
      " odd\n": anything,
    },
    { requiredKeys: ["input"] },
  );
}
