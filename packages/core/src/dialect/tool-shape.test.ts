import { describe, expect, it } from "vitest";
import { conformTools } from "./tool-shape.js";

const call = (id: string) => ({ id, type: "function" as const, function: { name: "weather", arguments: "{}" } });
const turn = (...ids: string[]) => [
  { role: "assistant", content: "", tool_calls: ids.map(call) },
  ...ids.map((id) => ({ role: "tool", tool_call_id: id, content: "sunny" })),
];
const idsIn = (body: { messages?: unknown }) =>
  (body.messages as ReturnType<typeof turn>).flatMap((message) =>
    "tool_calls" in message ? message.tool_calls.map(({ id }) => id) : [message.tool_call_id],
  );

describe("ids of calls from another provider", () => {
  it("become so many letters and digits, the same for a call and its result", () => {
    const messages = [...turn("call_000000000000000000000001"), ...turn("a-1", "b.c-2")];
    const { body, adjustments } = conformTools({ messages }, { idLength: 9 }, []);
    const ids = idsIn(body);
    expect(ids).toEqual(["000000001", "000000001", "0000000a1", "000000bc2", "0000000a1", "000000bc2"]);
    expect(adjustments).toEqual([{ field: "messages", to: "messages=plain_calls", rule: "dialect" }]);
  });

  it("that would become one stay two", () => {
    const { body } = conformTools({ messages: turn("x-123456789", "y-123456789", "123456789") }, { idLength: 9 }, []);
    expect(new Set(idsIn(body)).size).toBe(3);
  });

  it("of its own stay, and nothing is said", () => {
    const given = { messages: turn("Ab3dE6gH9") };
    expect(conformTools(given, { idLength: 9 }, [])).toEqual({ body: given, adjustments: [] });
    expect(conformTools(given, { idLength: 9 }, []).body).toBe(given);
    expect(conformTools({ messages: turn("any id") }, undefined, []).adjustments).toEqual([]);
  });
});

it("keys that the server wants back are the caller's, or stand-ins, whatever was taken off before", () => {
  const callKeys = { extra_content: { google: { thought_signature: "none" } } };
  const signed = { ...call("one"), extra_content: { google: { thought_signature: "signed" } } };
  const asked = [{ role: "assistant", content: "", tool_calls: [signed, call("two")] }];
  const { body } = conformTools({ messages: turn("one", "two") }, { callKeys }, asked);
  expect(body.messages).toMatchObject([{ tool_calls: [signed, { ...call("two"), ...callKeys }] }, {}, {}]);
});

describe("schemas of functions", () => {
  const shape = { schemaKeysOff: ["$schema", "additionalProperties", "const"], functionKeys: ["name", "parameters"] };
  const tool = (parameters: object, more: object = {}) => ({
    type: "function",
    function: { name: "weather", parameters, ...more },
  });

  it("lose the keys that the server does not take, at any depth, and functions too", () => {
    const parameters = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: { place: { type: "object", additionalProperties: false, properties: { city: { const: "Oslo" } } } },
      additionalProperties: false,
    };
    const { body, adjustments } = conformTools(
      { messages: [], tools: [tool(parameters, { strict: true })] },
      shape,
      [],
    );
    expect(body.tools).toEqual([
      tool({ type: "object", properties: { place: { type: "object", properties: { city: {} } } } }),
    ]);
    expect(adjustments).toEqual([{ field: "tools", to: "tools=plain_schemas", rule: "dialect" }]);
    expect(parameters.additionalProperties).toBe(false);
  });

  it("keep properties of those names, and data", () => {
    const tools = [
      tool({ type: "object", properties: { const: { type: "string", enum: [{ const: 1 }] } }, required: ["const"] }),
    ];
    const given = { messages: [], tools };
    expect(conformTools(given, shape, []).body).toBe(given);
  });
});
