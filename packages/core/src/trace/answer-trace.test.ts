import { expect, it } from "vitest";
import { createAnswerTrace } from "./answer-trace.js";

it("keeps tool calls under whatever index an upstream gives them", () => {
  const trace = createAnswerTrace(true);
  for (const [index, text] of [
    [-1, '{"at":'],
    [1_000_000_000, "{}"],
    [-1, '"sea"}'],
  ] as const) {
    const call = { index, id: `call ${index}`, type: "function" as const, function: { name: "look", arguments: text } };
    const choice = { index: 0, delta: { tool_calls: [call] }, finish_reason: null };
    trace.chunk({ id: "1", object: "chat.completion.chunk", created: 0, model: "m", choices: [choice] });
  }
  const [message] = JSON.parse(String(trace.attributes()["gen_ai.output.messages"]));
  expect(message.parts).toEqual([
    { type: "tool_call", id: "call -1", name: "look", arguments: { at: "sea" } },
    { type: "tool_call", id: "call 1000000000", name: "look", arguments: {} },
  ]);
});
