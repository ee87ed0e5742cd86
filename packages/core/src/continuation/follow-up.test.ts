import { describe, expect, it } from "vitest";
import { begunAnswer, type FollowUp, followUpBody } from "./follow-up.js";

const question = { role: "user", content: "Tell me" };
const tools = [{ type: "function", function: { name: "write" } }];
const body = {
  model: "m",
  messages: [question],
  max_tokens: 3_000,
  n: 1,
  stop: ["END"],
  frequency_penalty: 1,
  temperature: 0,
  stream: true,
};
const asking: FollowUp = {
  kind: "instruction",
  text: "So far",
  what: "answer",
  anchor: "So far",
  marks: { begin: "<<<A>>>", end: "<<<B>>>" },
  insist: false,
  maxTokens: 500,
};

describe("a follow-up", () => {
  it("has the conversation, the answer so far and an instruction, and not what is of the whole", () => {
    const { messages, ...fields } = followUpBody(body, asking);
    expect(messages).toEqual([
      question,
      { role: "assistant", content: "So far" },
      { role: "user", content: expect.stringMatching(/<<<A>>>[\s\S]*<end>So far<\/end>[\s\S]*<<<B>>>/) },
    ]);
    expect(fields).toEqual({ model: "m", max_tokens: 500, temperature: 0, stream: true });
  });

  it("has no instruction as a prefill, and nothing but the request where nothing came", () => {
    const prefill = followUpBody(body, { kind: "prefill", text: "So far", what: "answer", maxTokens: undefined });
    expect(prefill.messages).toEqual([question, { role: "assistant", content: "So far" }]);
    expect(prefill).not.toHaveProperty("max_tokens");
    // Nothing is repeated that a penalty would punish.
    expect(prefill).toMatchObject({ frequency_penalty: 1 });
    expect(prefill).not.toHaveProperty("stop");
    const { n: _, ...again } = body;
    expect(followUpBody(body, { kind: "again", maxTokens: 9 })).toEqual({ ...again, max_tokens: 9 });
  });

  it("of a text keeps the tools, but forces none", () => {
    for (const [choice, kept] of [
      ["auto", "auto"],
      ["none", "none"],
      ["required", "auto"],
      [{ type: "function" }, "auto"],
    ]) {
      expect(followUpBody({ ...body, tools, tool_choice: choice }, asking)).toMatchObject({ tools, tool_choice: kept });
    }
  });

  it("of JSON and arguments is text: without a form, and with tools only where the conversation has calls", () => {
    const forced = { ...body, tools, tool_choice: "required", response_format: { type: "json_object" } };
    for (const what of ["json", { tool: "write" }] as const) {
      const fields = followUpBody(forced, { ...asking, what });
      for (const name of ["response_format", "tools", "tool_choice"]) expect(fields).not.toHaveProperty(name);
      const history = [question, { role: "assistant", content: null, tool_calls: [{ id: "a" }] }, { role: "tool" }];
      expect(followUpBody({ ...forced, messages: history }, { ...asking, what })).toMatchObject({
        tools,
        tool_choice: "none",
      });
    }
  });

  it("goes on with what the caller has begun in the same message", () => {
    const begun = {
      role: "assistant",
      content: [
        { type: "text", text: "Once " },
        { type: "text", text: "upon " },
      ],
    };
    expect(begunAnswer([question, begun])).toBe("Once upon ");
    expect(begunAnswer([question])).toBe("");
    const { messages } = followUpBody({ ...body, messages: [question, begun] }, asking);
    expect((messages as unknown[]).slice(0, 2)).toEqual([question, { ...begun, content: "Once upon So far" }]);
    // Arguments are JSON: words before them would make them none.
    const call = followUpBody({ ...body, messages: [question, begun] }, { ...asking, what: { tool: "write" } });
    expect((call.messages as unknown[]).slice(0, 2)).toEqual([question, { ...begun, content: "So far" }]);
  });
});
