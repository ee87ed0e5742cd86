import type { AIMessageChunk } from "@langchain/core/messages";
import { expect, it } from "vitest";
import { openWorld } from "../testing/open-world.js";

const token = (text: string, logprob: number) => ({ token: text, logprob, bytes: null, top_logprobs: [] });
const head = { id: "chatcmpl-1", created: 1, model: "scripted" };
const content = [token("4", -0.1), token("2", -0.2)];

it("logprobs reach the message, whole and streamed", async () => {
  const { chat, sandbox } = await openWorld();
  const model = chat({ logprobs: true, topLogprobs: 0 });
  const message = { role: "assistant", content: "42" };
  const choice = { index: 0, message, finish_reason: "stop", logprobs: { content, refusal: null } };
  sandbox.fault({ kind: "respond", status: 200, body: { ...head, object: "chat.completion", choices: [choice] } });
  expect((await model.invoke("What is 6 x 7?")).response_metadata.logprobs).toEqual({ content, refusal: null });

  const chunks = content.map((each) => ({
    ...head,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: { content: each.token }, finish_reason: null, logprobs: { content: [each] } }],
  }));
  const end = { ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };
  const body = `${[...chunks, end].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("")}data: [DONE]\n\n`;
  sandbox.fault({ kind: "respond", status: 200, body, headers: { "content-type": "text/event-stream" } });
  let whole: AIMessageChunk | undefined;
  for await (const chunk of await model.stream("What is 6 x 7?")) whole = whole?.concat(chunk) ?? chunk;
  expect(whole?.text).toBe("42");
  expect(whole?.response_metadata.logprobs).toEqual({ content });
});
