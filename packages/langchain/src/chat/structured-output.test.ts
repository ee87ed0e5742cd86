import { describe, expect, it } from "vitest";
import { z } from "zod";
import { reportOf } from "../messages/report-of.js";
import { openWorld, rejection } from "../testing/open-world.js";
import { answerOf, streamOf } from "../testing/scripted-answers.js";

const person = z.object({ name: z.string(), age: z.number() }).describe("A person in the text");
const jsonSchema = {
  title: "person",
  type: "object",
  properties: { name: { type: "string" }, age: { type: "number" } },
  required: ["name", "age"],
};
const text = "name: Ada, age: 36";
const ada = { name: "Ada", age: 36 };

describe("withStructuredOutput", () => {
  it("asks for a tool call unless told otherwise", async () => {
    const { chat, sandbox } = await openWorld();
    expect(await chat().withStructuredOutput(person).invoke(text)).toEqual(ada);
    expect(sandbox.requests[0]?.body).toMatchObject({
      tools: [{ type: "function", function: { name: "extract", description: "A person in the text" } }],
      tool_choice: { type: "function", function: { name: "extract" } },
    });
    expect(sandbox.requests[0]?.body).not.toHaveProperty("ls_structured_output_format");
  });

  it("takes a JSON schema and a function in OpenAI's shape", async () => {
    const { chat, sandbox } = await openWorld();
    expect(await chat().withStructuredOutput(jsonSchema).invoke(text)).toEqual(ada);
    const definition = { name: "record_person", description: "Records one", parameters: jsonSchema };
    expect(await chat().withStructuredOutput(definition).invoke(text)).toEqual(ada);
    expect(
      sandbox.requests.map(({ body }) => (body as { tool_choice: { function: unknown } }).tool_choice.function),
    ).toEqual([{ name: "person" }, { name: "record_person" }]);
  });

  it("asks for a JSON schema in the format of the answer", async () => {
    const { chat, sandbox } = await openWorld();
    const chain = chat().withStructuredOutput(person, { method: "jsonSchema", name: "person", strict: true });
    expect(await chain.invoke(text)).toEqual(ada);
    expect(sandbox.requests[0]?.body).toMatchObject({
      response_format: { type: "json_schema", json_schema: { name: "person", strict: true } },
    });
  });

  it("asks for any JSON", async () => {
    const { chat, sandbox } = await openWorld();
    const chain = chat().withStructuredOutput(z.object({ answer: z.string() }), { method: "jsonMode" });
    expect(await chain.invoke("Repeat the word: sea")).toEqual({ answer: expect.stringContaining("sea") });
    expect(sandbox.requests[0]?.body).toMatchObject({ response_format: { type: "json_object" } });
  });

  it("gives the message as well", async () => {
    const { chat } = await openWorld();
    const { raw, parsed } = await chat().withStructuredOutput(person, { includeRaw: true }).invoke(text);
    expect(parsed).toEqual(ada);
    expect(reportOf(raw)).toMatchObject({ attempts: 1 });
  });

  it("streams", async () => {
    const { chat } = await openWorld();
    for (const method of ["functionCalling", "jsonSchema"]) {
      let last: unknown;
      for await (const part of await chat().withStructuredOutput(person, { method }).stream(text)) last = part;
      expect(last).toEqual(ada);
    }
  });

  it("rejects what does not fit the schema", async () => {
    const { chat, sandbox } = await openWorld();
    const call = { id: "1", type: "function", function: { name: "extract", arguments: '{"name": 5}' } };
    sandbox.fault(answerOf({ tool_calls: [call] }, "tool_calls"));
    expect(await rejection(chat().withStructuredOutput(person).invoke(text))).toMatchObject({
      name: expect.stringMatching(/Parser|Error/),
    });
  });

  it("refuses a method that nobody knows", async () => {
    const { chat } = await openWorld();
    expect(() => chat().withStructuredOutput(person, { method: "telepathy" })).toThrow(/telepathy/);
  });
});

describe("a structured answer cut at the tier's output limit", () => {
  const half = '{"name": "Ada", "age": 3';
  const call = { id: "call_1", type: "function", function: { name: "extract", arguments: half } };
  const fatal = {
    name: "FatalLimitError",
    code: "output_tokens",
    rule: "output_tokens",
    retryable: false,
    completed: half,
  };

  it("is a fatal error that holds the text, whole", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(answerOf({ tool_calls: [call] }, "length"));
    expect(await rejection(chat().withStructuredOutput(person).invoke(text))).toMatchObject(fatal);
    sandbox.fault(answerOf({ content: half }, "length"), { times: 2 });
    for (const method of ["jsonSchema", "jsonMode"]) {
      expect(await rejection(chat().withStructuredOutput(person, { method }).invoke(text))).toMatchObject(fatal);
    }
  });

  it("is a fatal error that holds the text, streamed", async () => {
    const { chat, sandbox } = await openWorld();
    const read = async (method: string) => {
      for await (const _ of await chat().withStructuredOutput(person, { method }).stream(text));
    };
    sandbox.fault(streamOf([{ tool_calls: [{ index: 0, ...call }] }], "length"));
    expect(await rejection(read("functionCalling"))).toMatchObject(fatal);
    sandbox.fault(streamOf([{ content: half }], "length"));
    expect(await rejection(read("jsonMode"))).toMatchObject(fatal);
  });

  it("is null beside the message where that was asked for", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(answerOf({ tool_calls: [call] }, "length"));
    const { raw, parsed } = await chat().withStructuredOutput(person, { includeRaw: true }).invoke(text);
    expect(parsed).toBeNull();
    expect(reportOf(raw)).toMatchObject({ truncatedByTier: true });
  });

  it("is an answer where the last token that fitted was the last one", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(answerOf({ content: `\`\`\`json\n${JSON.stringify(ada)}\n\`\`\`` }, "length"));
    expect(await chat().withStructuredOutput(person, { method: "jsonMode" }).invoke(text)).toEqual(ada);
  });

  it("is a parser's error where the caller chose the limit", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(answerOf({ tool_calls: [call] }, "length"));
    const error = await rejection(chat({ maxTokens: 20 }).withStructuredOutput(person).invoke(text));
    expect(error).toMatchObject({ message: expect.stringContaining("max_tokens"), llmOutput: half });
  });
});
