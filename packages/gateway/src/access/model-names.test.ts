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

  it("without them refuses a model that is not there", async () => {
    const { ask } = await openGateway();
    expect((await ask("/v1/messages", post({ messages, model: "claude-sonnet-4-5" }))).status).toBe(404);
  });
});
