import { AIMessage, type AIMessageChunk, HumanMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { openWorld, rejection } from "../testing/open-world.js";
import { answerOf, streamOf } from "../testing/scripted-answers.js";

const blocks = [
  { type: "reasoning", reasoning: "Six times seven." },
  { type: "text", text: "42" },
];

describe("thoughts", () => {
  it("are kept beside the answer and shown as a block", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(answerOf({ content: "42", reasoning_content: "Six times seven." }, "stop"));
    const answer = await chat({ model: "deepseek-reasoner" }).invoke("What is 6 x 7?");
    expect(answer.additional_kwargs).toEqual({ reasoning_content: "Six times seven." });
    expect(answer.response_metadata.model_provider).toBe("deepseek");
    expect(answer.contentBlocks).toEqual(blocks);
    expect(new AIMessage(JSON.parse(JSON.stringify({ ...answer }))).contentBlocks).toEqual(blocks);
  });

  const script = streamOf(
    [
      { role: "assistant", content: "" },
      { reasoning_content: "Six times " },
      { reasoning_content: "seven." },
      { content: "4" },
      { content: "2" },
    ],
    "stop",
    {
      prompt_tokens: 1,
      completion_tokens: 2,
      total_tokens: 3,
      api_tokens: 3,
      completion_tokens_details: { reasoning_tokens: 2 },
    },
  );

  it("are streamed as blocks, in both output versions and as events", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(script, { times: 3 });
    for (const outputVersion of ["v0", "v1"] as const) {
      const chunks: AIMessageChunk[] = [];
      for await (const chunk of await chat({ outputVersion }).stream("?")) chunks.push(chunk);
      const whole = chunks.reduce((left, right) => left.concat(right));
      expect(whole.contentBlocks).toMatchObject(blocks);
      expect(chunks[1]?.contentBlocks).toMatchObject([{ type: "reasoning", reasoning: "Six times " }]);
      expect(whole.usage_metadata).toMatchObject({ total_tokens: 3, output_token_details: { reasoning: 2 } });
    }
    const stream = chat().streamEvents("?");
    expect(await stream.reasoning).toBe("Six times seven.");
    expect((await stream).response_metadata.model_provider).toBe("deepseek");
  });
});

describe("thoughts inside the text", () => {
  const model = "Qwen/QwQ-32B";
  const question = "Repeat the word: sea";

  it("are taken out of it and shown as a block, whole", async () => {
    const { chat, sandbox } = await openWorld();
    const answer = await chat({ model }).invoke(question);
    expect(answer.text).toMatch(/^[^<]*sea/);
    expect(answer.contentBlocks).toEqual([
      { type: "reasoning", reasoning: expect.stringMatching(/^Okay.*now\.$/) },
      { type: "text", text: answer.text },
    ]);
    // They are not sent again: the model has no use for them, and they would be paid for.
    await chat({ model }).invoke([new HumanMessage(question), answer, new HumanMessage("Hello")]);
    expect(JSON.stringify(sandbox.requests[1]?.body)).not.toContain("Okay");
  });

  it("are streamed as blocks, in both output versions and as events", async () => {
    const { chat } = await openWorld();
    const { text, contentBlocks } = await chat({ model }).invoke(question);
    for (const outputVersion of ["v0", "v1"] as const) {
      const chunks: AIMessageChunk[] = [];
      for await (const chunk of await chat({ model, outputVersion }).stream(question)) chunks.push(chunk);
      const whole = chunks.reduce((left, right) => left.concat(right));
      expect(whole.contentBlocks).toMatchObject(contentBlocks);
      expect(chunks.filter((chunk) => chunk.additional_kwargs.reasoning_content).length).toBeGreaterThan(10);
      expect(chunks.map((chunk) => chunk.text).join("")).toBe(text);
    }
    const stream = chat({ model }).streamEvents(question);
    expect(await stream.reasoning).toBe((contentBlocks[0] as { reasoning: string }).reasoning);
    expect((await stream).text).toBe(text);
  });

  it("are left where a model is known not to think", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(answerOf({ content: "<think> is a mark" }, "stop"));
    expect((await chat().invoke("How does it think?")).text).toBe("<think> is a mark");
  });
});

describe("an answer that is all thoughts", () => {
  it.each(["Qwen/QwQ-32B", "deepseek/deepseek-r1"])("of %s has no text, and says that it was cut", async (model) => {
    const { chat } = await openWorld();
    const bound = chat({ model, maxTokens: 10 });
    const whole = await bound.invoke("Hello");
    let streamed: AIMessageChunk | undefined;
    for await (const chunk of await bound.stream("Hello")) streamed = streamed?.concat(chunk) ?? chunk;
    for (const answer of [whole, streamed]) {
      expect(answer?.text).toBe("");
      expect(answer?.contentBlocks).toMatchObject([{ type: "reasoning", reasoning: expect.stringMatching(/^Okay/) }]);
      expect(answer?.response_metadata.finish_reason).toBe("length");
    }
  });

  it("is a fatal error where a shape was asked for", async () => {
    const { chat, sandbox } = await openWorld();
    sandbox.fault(answerOf({ content: "<think>Let me see, the name is" }, "length"));
    const chain = chat({ model: "Qwen/QwQ-32B" }).withStructuredOutput({ type: "object" }, { method: "jsonMode" });
    const error = await rejection(chain.invoke("name: Ada"));
    expect(error).toMatchObject({ code: "output_tokens", message: expect.stringContaining("thoughts"), completed: "" });
  });
});
