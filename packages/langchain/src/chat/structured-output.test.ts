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

  it.each(["claude-3-haiku-20240307", "gemini-1.5-pro"])(
    "works by every method, whole and streamed, on %s, which has no format of the answer",
    async (model) => {
      const { chat, sandbox } = await openWorld();
      for (const method of ["functionCalling", "jsonSchema"]) {
        const chain = chat({ model }).withStructuredOutput(person, { method });
        expect(await chain.invoke(text)).toEqual(ada);
        let last: unknown;
        for await (const piece of await chain.stream(text)) last = piece;
        expect(last).toEqual(ada);
      }
      const inMode = chat({ model }).withStructuredOutput(z.object({}).loose(), {
        method: "jsonMode",
        includeRaw: true,
      });
      const { raw, parsed } = await inMode.invoke(text);
      expect(parsed).toEqual(expect.any(Object));
      expect(reportOf(raw)?.adjusted).toContainEqual(expect.objectContaining({ to: "response_format=tool" }));
      expect(sandbox.counts()).toMatchObject({ answered: 5, refused: 0 });
    },
  );

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

  const book = { title: "Moby-Dick", pages: 635, authors: ["Herman", "Melville"] };
  const written = JSON.stringify(book);
  const pieces = (written.match(/.{1,9}/gs) ?? []) as string[];
  const content = pieces.map((piece) => ({ content: piece }));
  const calls = pieces.map((piece, index) => {
    const identity = index === 0 ? { id: "call_1", type: "function" } : {};
    const called = { ...(index === 0 ? { name: "book" } : {}), arguments: piece };
    return { tool_calls: [{ index: 0, ...identity, function: called }] };
  });
  const METHODS = [
    { method: "functionCalling", deltas: calls, finishReason: "tool_calls" },
    { method: "jsonSchema", deltas: content, finishReason: "stop" },
    { method: "jsonMode", deltas: content, finishReason: "stop" },
  ];
  const schema = { title: "book", type: "object", properties: {} };

  it.each(METHODS)("streams growing objects of a JSON schema by $method", async ({ method, deltas, finishReason }) => {
    const { chat, sandbox } = await openWorld();
    for (const outputVersion of ["v0", "v1"] as const) {
      sandbox.fault(streamOf(deltas, finishReason));
      const grown: object[] = [];
      const chain = chat({ outputVersion }).withStructuredOutput(schema, { method });
      for await (const part of await chain.stream("Which book?")) grown.push(part);
      expect(grown.length).toBeGreaterThan(3);
      expect(grown).toContainEqual({ title: "Moby-Dic" });
      expect(grown.at(-1)).toEqual(book);
    }
  });

  it.each(METHODS)("ends its events with the object by $method", async ({ method, deltas, finishReason }) => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(streamOf(deltas, finishReason));
    const chain = chat().withStructuredOutput(schema, { method });
    const ends: unknown[] = [];
    for await (const { event, name, data } of chain.streamEvents("Which book?", { version: "v2" })) {
      if (event === "on_parser_end" || (event === "on_chain_end" && name === "StructuredOutput"))
        ends.push(data.output);
    }
    expect(ends).toEqual([book, book]);
  });

  it("ends a stream with an error where its last object was not whole, whatever the server says", async () => {
    const { chat, sandbox } = await openWorld();
    const read = async (method: string) => {
      for await (const _ of await chat({ maxTokens: 50 })
        .withStructuredOutput(schema, { method })
        .stream("Which book?"));
    };
    for (const { method, deltas } of METHODS) {
      sandbox.fault(streamOf(deltas.slice(0, -1), "stop"));
      expect(await rejection(read(method)), method).toMatchObject({ llmOutput: pieces.slice(0, -1).join("") });
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

  it("is one as well where the server calls it complete", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(answerOf({ tool_calls: [call] }, "tool_calls"));
    expect(await rejection(chat().withStructuredOutput(person).invoke(text))).toMatchObject(fatal);
    sandbox.fault(answerOf({ content: half }, "stop"));
    const chain = chat().withStructuredOutput(person, { method: "jsonMode" });
    expect(await rejection(chain.invoke(text))).toMatchObject(fatal);
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
