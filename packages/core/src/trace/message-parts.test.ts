import { expect, it } from "vitest";
import { readRequest } from "../request/read-request.js";
import { inputMessages } from "./message-parts.js";

it("messages have the parts of the conventions' schema", () => {
  const call = { id: "c1", type: "function", function: { name: "look", arguments: '{"at":"sea"}' } };
  const cut = { id: "c2", type: "function", function: { name: "look", arguments: '{"at":' } };
  const body = {
    model: "m",
    messages: [
      { role: "system", content: "Be short" },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "https://a.test/owl.png" } },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
          { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
        ],
      },
      { role: "assistant", content: null, tool_calls: [call, cut] },
      { role: "tool", tool_call_id: "c1", content: "waves" },
    ],
  };
  expect(inputMessages(readRequest("chat", body))).toEqual([
    { role: "system", parts: [{ type: "text", content: "Be short" }] },
    {
      role: "user",
      parts: [
        { type: "text", content: "What is this?" },
        { type: "uri", modality: "image", uri: "https://a.test/owl.png" },
        { type: "blob", modality: "image", mime_type: "image/png", content: "" },
        { type: "input_audio" },
      ],
    },
    {
      role: "assistant",
      parts: [
        { type: "tool_call", id: "c1", name: "look", arguments: { at: "sea" } },
        { type: "tool_call", id: "c2", name: "look", arguments: '{"at":' },
      ],
    },
    { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: "waves" }] },
  ]);
});

it("a prompt for a picture is what its user said", () => {
  const request = readRequest("image", { model: "m", prompt: "an owl" });
  expect(inputMessages(request)).toEqual([{ role: "user", parts: [{ type: "text", content: "an owl" }] }]);
});
