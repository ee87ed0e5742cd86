import { AIMessage, type AIMessageChunk } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { openWorld } from "../testing/open-world.js";
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
    { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, completion_tokens_details: { reasoning_tokens: 2 } },
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
