import { describe, expect, it, test } from "vitest";
import { openGateway, post } from "../testing/open-gateway.js";
import { createModelFinder } from "./model-names.js";

const find = createModelFinder({
  "claude-*": "gpt-4o-mini",
  "claude-*-opus*": "gpt-4o",
  "claude-3-5-haiku": "gpt-4.1-nano",
  "a.b": "plain",
  "*": "any",
});

test.each([
  ["claude-sonnet-4-5", "gpt-4o-mini"],
  ["claude-3-opus", "gpt-4o-mini"],
  ["claude-3-5-haiku", "gpt-4.1-nano"],
  ["a.b", "plain"],
  ["axb", "any"],
  ["constructor", "any"],
])("%s is served by %s", (name, model) => {
  expect(find(name)).toBe(model);
});

it("leaves a name that nothing matches", () => {
  expect(createModelFinder({ "claude-*": "x" })("gpt-claude-4")).toBeUndefined();
  expect(createModelFinder({})("toString")).toBeUndefined();
});

describe("a gateway with names of models", () => {
  const modelNames = { "claude-*": "gpt-4o-mini" };
  const messages = [{ role: "user", content: "Hello" }];

  it.each([
    ["/v1/messages", { messages, max_tokens: 9_999 }, "model=gpt-4o-mini, max_tokens=512"],
    ["/v1/messages", { messages, max_tokens: 20, stream: true }, "model=gpt-4o-mini"],
    ["/v1/chat/completions", { messages, max_tokens: 20 }, "model=gpt-4o-mini"],
    ["/v1/completions", { prompt: "Hello", max_tokens: 20 }, "model=gpt-4o-mini"],
  ])("serves them at %s %j, and says so", async (path, body, adjusted) => {
    const { ask } = await openGateway({ modelNames, showPrompts: true });
    const response = await ask(path, post({ ...body, model: "claude-sonnet-4-5" }));
    expect(response.status).toBe(200);
    expect(response.headers.get("x-laplas-adjusted")).toBe(adjusted);
    expect(await response.text()).toContain("gpt-4o-mini");
  });

  it("logs which name a client asked for, of those alone that another serves", async () => {
    const { ask, lines } = await openGateway({
      modelNames: { "claude-3-haiku-20240307": "claude-3-haiku-20240307", ...modelNames },
    });
    for (const model of ["claude-opus-5-5", "claude-3-haiku-20240307"]) {
      await (await ask("/v1/messages", post({ model, messages, max_tokens: 20 }))).text();
    }
    const calls = lines.filter(({ message }) => message === "call");
    expect(calls.map(({ model, askedModel }) => [model, askedModel])).toEqual([
      ["gpt-4o-mini", "claude-opus-5-5"],
      ["claude-3-haiku-20240307", undefined],
    ]);
  });

  it("leaves other names, and bodies that are no objects", async () => {
    const { ask } = await openGateway({ modelNames });
    const other = await ask("/v1/chat/completions", post({ messages, model: "gpt-4o", max_tokens: 20 }));
    expect([other.status, other.headers.get("x-laplas-adjusted")]).toEqual([200, null]);
    for (const body of ["{", "[]", '"claude-x"']) expect((await ask("/v1/messages", post(body))).status).toBe(400);
  });

  it("has them in checks of one call or many, and counts tokens by them", async () => {
    const { ask } = await openGateway({ modelNames });
    const one = { messages, model: "claude-sonnet-4-5" };
    const check = { object: "check", verdict: "pass", model: "gpt-4o-mini" };
    expect(await (await ask("/v1/check", post(one))).json()).toMatchObject(check);
    const many = await ask("/v1/check?protocol=messages", post({ requests: [one, { ...one, model: "gpt-4o" }, 7] }));
    expect(await many.json()).toMatchObject({ results: [check, { model: "gpt-4o" }, { verdict: "refuse" }] });
    const counted = await ask("/v1/messages/count_tokens", post(one));
    expect([counted.status, await counted.json()]).toEqual([200, { input_tokens: 6 }]);
  });

  it("describes them at GET /v1/models/{id}, in the shape of the client", async () => {
    const { ask } = await openGateway({ modelNames: { ...modelNames, "a/b c": "anthropic/claude-3-opus" } });
    const card = { object: "model", owned_by: "OpenAI", max_output_tokens: 512 };
    for (const path of ["/v1/models/claude-sonnet-4-5", "/models/claude-sonnet-4-5/"])
      expect(await (await ask(path)).json()).toMatchObject({
        ...card,
        id: "claude-sonnet-4-5",
        alias_of: "gpt-4o-mini",
      });
    expect(await (await ask("/v1/models/a%2Fb%20c")).json()).toMatchObject({
      id: "a/b c",
      alias_of: "claude-3-opus-20240229",
    });
    const headers = { "anthropic-version": "2023-06-01" };
    const named = await ask("/v1/models/claude-sonnet-4-5", { headers });
    expect(await named.json()).toEqual({
      type: "model",
      id: "claude-sonnet-4-5",
      display_name: "gpt-4o-mini",
      created_at: expect.any(String),
      max_input_tokens: expect.any(Number),
      max_tokens: 512,
    });
    const head = await ask("/v1/models/claude-sonnet-4-5", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(await (await ask("/v1/models/gpt-4o")).json()).toMatchObject({ id: "gpt-4o" });
    expect((await ask("/v1/models/gpt-claude-4")).status).toBe(404);
    expect((await ask("/v1/models/claude-sonnet-4-5", { method: "DELETE" })).status).toBe(405);
  });

  it("without them refuses a model that is not there", async () => {
    const { ask } = await openGateway();
    expect((await ask("/v1/messages", post({ messages, model: "claude-sonnet-4-5" }))).status).toBe(404);
    expect((await ask("/v1/models/claude-sonnet-4-5")).status).toBe(404);
  });
});
