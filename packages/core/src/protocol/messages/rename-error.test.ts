import { expect, test } from "vitest";
import { readMessagesRequest } from "./read-messages-request.js";
import { renameError } from "./rename-error.js";

const request = readMessagesRequest({
  model: "m",
  system: "Be brief.",
  messages: [
    { role: "user", content: "Look" },
    { role: "assistant", content: [{ type: "thinking", thinking: "Hm" }] },
    { role: "user", content: "Well?" },
    { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "see", input: {} }] },
    {
      role: "user",
      content: [
        { type: "text", text: "And?" },
        { type: "tool_result", tool_use_id: "t1", content: [{ type: "image", source: { type: "url", url: "u" } }] },
      ],
    },
  ],
  tools: [
    { type: "web_search_20250305", name: "web_search" },
    { name: "see", input_schema: {} },
  ],
});
const wire = (message: string, param: string | null) => ({
  status: 400,
  headers: { "x-laplas-code": "invalid_request" },
  body: { error: { message, type: "invalid_request_error", param, code: "free_tier_invalid_request" } },
});

test.each<[string, string | null, string, string | null]>([
  [
    'messages[3] holds a part of type "image_url"',
    "messages[3].content",
    'messages[4].content[1] holds a part of type "image"',
    "messages[4].content[1].content",
  ],
  ["messages[1].content[1] is a part", "messages[1]", "messages[0].content is a part", "messages[0]"],
  ["messages[2] calls", "messages[2].tool_calls[0]", "messages[3] calls", "messages[3].content"],
  ["messages[4] says", null, "messages[4] says", null],
  ["messages[0] is", "messages[0].content", "system is", "system"],
  ["messages[9] is", "messages[9]", "messages[9] is", "messages[9]"],
  ["tools[0] is named", "tools[0].function.name", "tools[1] is named", "tools[1].name"],
  ['"tools[0].function.parameters" has', null, '"tools[1].input_schema" has', null],
  ['"reasoning_effort" is', "reasoning_effort", '"output_config.effort" is', "output_config.effort"],
  ['"model" is', "model", '"model" is', "model"],
  ['"constructor" is', "constructor", '"constructor" is', "constructor"],
])("%j (%j) becomes %j (%j)", (message, param, ownMessage, ownParam) => {
  expect(renameError(wire(message, param), request)).toEqual(wire(ownMessage, ownParam));
});
