import { longText } from "@laplas/sandbox";
import { expect, it } from "vitest";
import { openGateway } from "../testing/open-gateway.js";
import { connectHttp, connectStdio, textsOf } from "../testing/open-mcp.js";

const ask = { name: "ask_model", arguments: { prompt: "Tell a story", system: "Be long." } };

it("asks with a system prompt", async () => {
  const { laplas, sandbox } = await openGateway();
  const { client } = await connectStdio(laplas);
  await client.callTool(ask);
  const messages = [
    { role: "system", content: "Be long." },
    { role: "user", content: "Tell a story" },
  ];
  expect(sandbox.requests.at(-1)?.body).toMatchObject({ messages });
});

it("says that the tier cut an answer", async () => {
  const { laplas, sandbox } = await openGateway();
  const { client } = await connectStdio(laplas);
  sandbox.write({ tokens: 1_200 });
  const result = await client.callTool(ask);
  expect(result.structuredContent).toMatchObject({ finish_reason: "length", cut: expect.stringContaining("tier") });
  expect(textsOf(result)[1]).toMatch(/^\(cut: /);
});

it("continues a cut answer where the engine does, or the request's header says so", async () => {
  const story = longText({ tokens: 1_200 });
  const configured = await openGateway({}, { continueAtCap: 8 });
  configured.sandbox.write({ text: story });
  const whole = await (await connectStdio(configured.laplas)).client.callTool(ask);
  expect(textsOf(whole)).toEqual([story]);
  const plain = await openGateway();
  plain.sandbox.write({ text: story });
  const client = await connectHttp(plain.gateway, { headers: { "x-laplas-continue": "8" } });
  expect((await client.callTool(ask)).structuredContent).toMatchObject({ text: story, finish_reason: "stop" });
});
