import { once } from "node:events";
import { request } from "node:http";
import { longText } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen } from "./server/listen.js";
import { openGateway, post } from "./testing/open-gateway.js";

/** More than twice the tier's limit. */
const TEXT = longText({ kind: "sentences", tokens: 1_200 });
const PATH = "/v1/responses";

function input(text: string, more: object = {}): object {
  return { model: "gpt-4o-mini", input: text, ...more };
}

describe("an answer at /responses", () => {
  it("is continued as often as the gateway is told to, unless the request says otherwise", async () => {
    const { ask, sandbox } = await openGateway({ agentContinueAtCap: 8 });
    sandbox.write({ text: TEXT }, { times: 3 });
    const whole = await ask(PATH, post(input("Write")));
    expect(whole.headers.get("x-laplas-parts")).toBe("3");
    expect(await whole.json()).toMatchObject({ status: "completed", output: [{ content: [{ text: TEXT }] }] });
    const cut = await ask(PATH, post(input("Write"), { "x-laplas-continue": "0" }));
    expect(await cut.json()).toMatchObject({ status: "incomplete" });
    const chat = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Write" }] };
    expect((await (await ask("/v1/chat/completions", post(chat))).json()).choices[0].finish_reason).toBe("length");
  });

  it("is continued as the engine says where the gateway says nothing", async () => {
    const { ask, sandbox } = await openGateway({}, { continueAtCap: 4 });
    sandbox.write({ text: TEXT });
    expect(await (await ask(PATH, post(input("Write")))).json()).toMatchObject({ status: "completed" });
  });

  it("finds the earlier items of the token's own client", async () => {
    const clients = [
      { name: "one", token: "a-token-of-one-client" },
      { name: "two", token: "a-token-of-another-one" },
    ];
    const { ask } = await openGateway({ clients });
    const as = (index: number) => ({ authorization: `Bearer ${clients[index]?.token}` });
    const { output } = await (await ask(PATH, post(input("Hello"), as(0)))).json();
    const again = {
      model: "gpt-4o-mini",
      input: [
        { type: "item_reference", id: output[0].id },
        { role: "user", content: "On" },
      ],
    };
    expect((await ask(PATH, post(again, as(0)))).status).toBe(200);
    expect((await ask(PATH, post(again, as(1)))).status).toBe(400);
  });
});

it("answers a WebSocket's upgrade over a socket with 426, and the next request as ever", async () => {
  const { gateway } = await openGateway();
  const server = await listen(gateway, { port: 0 });
  onTestFinished(async () => void (await server.close(0)));
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const upgrade = request(`${server.baseURL}/responses`, { headers }).end();
  const [response] = await once(upgrade, "response");
  expect(response.statusCode).toBe(426);
  response.resume();
  const answer = await fetch(`${server.baseURL}/responses`, post(input("Hello")));
  expect(answer.status).toBe(200);
});
