import type { ServerResponse } from "node:http";
import OpenAI from "openai";
import { expect, it } from "vitest";
import { ask, openGateway, post } from "../gateway/open-gateway.ts";
import { openUpstream } from "../gateway/upstream.ts";

const TOOL = {
  type: "function",
  function: { name: "weather", parameters: { type: "object", properties: {} } },
} as const;

/** Deltas of tool calls as servers write them that leave out whatever they can. */
const DELTAS = [
  { role: "assistant", content: null },
  { tool_calls: [{ id: "call_a", function: { name: "weather", arguments: "" } }] },
  { tool_calls: [{ function: { arguments: '{"city":' } }] },
  { tool_calls: [{ function: { arguments: '"Oslo"}' } }] },
  { tool_calls: [{ id: "call_b", function: { name: "weather", arguments: { city: "Rome" } } }] },
];
const CALLS = [
  { id: "call_a", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
  { id: "call_b", type: "function", function: { name: "weather", arguments: '{"city":"Rome"}' } },
];

/** The gateway before an upstream that streams so, as far as its end. */
async function open(...ends: readonly string[]) {
  const { baseURL } = await openUpstream((_, response: ServerResponse) => {
    const event = (choice: object) =>
      `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [choice] })}\n\n`;
    response.setHeader("content-type", "text/event-stream");
    for (const delta of DELTAS) response.write(event({ delta, finish_reason: null }));
    for (const end of ends)
      response.write(end === "[DONE]" ? "data: [DONE]\n\n" : event({ delta: {}, finish_reason: end }));
    response.end();
  });
  return openGateway({ engine: { baseURL } });
}

it.each([
  ["its word for a text", ["stop"]],
  ["two words", ["tool_calls", "stop", "[DONE]"]],
  ["no word but its end", ["[DONE]"]],
])("openai js calls tools of a server that gives them no index, and ends with %s", async (_, ends) => {
  const gateway = await open(...ends);
  const client = new OpenAI({ baseURL: gateway.baseURL, apiKey: "unused", maxRetries: 0 });
  const { choices } = await client.chat.completions
    .stream({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Weather?" }], tools: [TOOL] })
    .finalChatCompletion();
  expect(choices).toMatchObject([{ index: 0, finish_reason: "tool_calls", message: { tool_calls: CALLS } }]);

  const text = await (await post(gateway.baseURL, ask("Weather?", { stream: true, tools: [TOOL] }))).text();
  expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  expect(text.match(/"finish_reason":"/g)).toHaveLength(1);
});
