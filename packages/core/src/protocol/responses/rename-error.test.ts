import { expect, test } from "vitest";
import { readResponses } from "./read-responses.js";
import { renameError } from "./rename-error.js";

const read = readResponses(
  {
    model: "m",
    instructions: "Be short.",
    input: [
      { role: "user", content: "Look" },
      { type: "reasoning", id: "rs_1", summary: [] },
      { type: "function_call", call_id: "a", name: "view", arguments: "{}" },
      { type: "function_call_output", call_id: "a", output: [{ type: "input_image", image_url: "data:," }] },
    ],
    tools: [{ type: "web_search" }, { type: "namespace", name: "n", tools: [{ type: "function", name: "view" }] }],
  },
  () => undefined,
);
const wire = (message: string, param: string | null) => ({
  status: 400,
  headers: { "x-laplas-code": "invalid_request" },
  body: { error: { message, type: "invalid_request_error", param, code: "free_tier_invalid_request" } },
});

test.each<[string, string | null, string, string | null]>([
  [
    'messages[3] holds a part of type "image_url"',
    "messages[3].content",
    'input[3] holds a part of type "input_image"',
    "input[3].output",
  ],
  ["messages[3].content[0] is a part", "messages[3]", "input[3].output[0] is a part", "input[3]"],
  ["messages[1] has a field", "messages[1].x", "input[0] has a field", "input[0].x"],
  ["messages[2] calls", "messages[2]", "input[2] calls", "input[2]"],
  ["messages[0] is", "messages[0].content", "instructions is", "instructions"],
  ["messages[9] is", "messages[9]", "messages[9] is", "messages[9]"],
  ["tools[0] is named", "tools[0].function.name", "tools[1].tools[0] is named", "tools[1].tools[0].name"],
  ['"reasoning_effort" is', "reasoning_effort", '"reasoning.effort" is', "reasoning.effort"],
  ['"model" is', "model", '"model" is', "model"],
  ["Something else", null, "Something else", null],
])("%j (%j) becomes %j (%j)", (message, param, ownMessage, ownParam) => {
  expect(renameError(wire(message, param), read)).toEqual(wire(ownMessage, ownParam));
});
