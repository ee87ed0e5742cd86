import { describe, expect, it, test } from "vitest";
import { chat, openGateway, post } from "../testing/open-gateway.js";

const model = "gpt-4o-mini";
const picture = { type: "input_image", image_url: "https://example.com/a.png" };

describe("a check of a request of another protocol", () => {
  test.each([
    ["responses", { model, input: "Hello", max_output_tokens: 4_000, store: false }, ["max_completion_tokens=512"]],
    [
      "responses",
      { model, instructions: "Be brief.", input: "Hello", tools: [{ type: "web_search" }] },
      ["tools=without_web_search", "max_tokens=512"],
    ],
    ["messages", { model, messages: [{ role: "user", content: "Hello" }], max_tokens: 9_000 }, ["max_tokens=512"]],
    ["messages", { ...chat("Hello", { max_tokens: 20 }), context_management: {} }, ["context_management=removed"]],
  ])("of %s says what its call would meet: %j", async (protocol, body, adjusted) => {
    const { ask, sandbox } = await openGateway();
    const check = await (await ask(`/v1/check?protocol=${protocol}`, post(body))).json();
    const call = await ask(`/v1/${protocol}`, post(body));
    expect(call.status).toBe(200);
    expect(check).toMatchObject({ object: "check", verdict: "pass", model, cost: { worst: expect.any(Number) } });
    expect(check.adjusted).toEqual(adjusted);
    expect(call.headers.get("x-laplas-adjusted")).toBe(adjusted.join(", "));
    expect(sandbox.counts().received).toBe(1);
  });

  it("names the client's fields in a refusal", async () => {
    const { ask } = await openGateway();
    const asked = {
      model,
      input: [
        { role: "user", content: "Hi" },
        { role: "user", content: [picture] },
      ],
    };
    expect(await (await ask("/v1/check?protocol=responses", post(asked))).json()).toMatchObject({
      verdict: "refuse",
      error: { code: "image_input", param: "input[1].content" },
    });
    const wrong = await ask("/v1/check?protocol=messages", post({ model, messages: [{ role: "tool" }] }));
    expect(await wrong.json()).toMatchObject({ verdict: "refuse", error: { param: "messages[0].role" } });
    const nonsense = await ask("/v1/check?protocol=responses", post("[]"));
    expect(await nonsense.json()).toMatchObject({ verdict: "refuse", error: { code: "invalid_request" } });
  });

  it("counts the follow-ups that such a call has by default", async () => {
    const { ask } = await openGateway({ agentContinueAtCap: 8 });
    const partsOf = async (protocol: string, body: object, headers = {}) =>
      (await (await ask(`/v1/check?protocol=${protocol}`, post(body, headers))).json()).long_answer?.parts;
    expect(await partsOf("responses", { model, input: "Hello" })).toBe(9);
    expect(await partsOf("messages", chat("Hello"))).toBe(9);
    expect(await partsOf("messages", chat("Hello"), { "x-laplas-continue": "2" })).toBe(3);
    expect(await partsOf("chat", chat("Hello"))).toBeUndefined();
  });

  it("finds the items of the client's earlier answers", async () => {
    const { ask } = await openGateway();
    const mine = { authorization: "Bearer mine" };
    const { output } = await (await ask("/v1/responses", post({ model, input: "Hello" }, mine))).json();
    const again = {
      model,
      input: [
        { type: "item_reference", id: output[0].id },
        { role: "user", content: "On" },
      ],
    };
    const verdict = async (headers: Record<string, string>) =>
      (await (await ask("/v1/check?protocol=responses", post(again, headers))).json()).verdict;
    expect([await verdict(mine), await verdict({})]).toEqual(["pass", "refuse"]);
  });

  it("is for the protocols that are served", async () => {
    const { ask } = await openGateway();
    for (const name of ["gemini", "toString", ""]) {
      const response = await ask(`/v1/check?protocol=${name}`, post(chat("Hello")));
      expect([response.status, (await response.json()).error.message]).toEqual([
        400,
        '"protocol" must be chat, responses or messages.',
      ]);
    }
  });
});
