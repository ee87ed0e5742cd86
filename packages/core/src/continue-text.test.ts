import { describe, expect, it } from "vitest";
import { continueText } from "./continue-text.js";

const QUESTION = { role: "user", content: "What stands in the harbor?" };
const BODY = { model: "gpt-4o-mini", messages: [QUESTION], max_tokens: 512, stream: true, presence_penalty: 1 };
const TEXT = "The harbor had 12 ships on Monday, and one of them was painted red by thr";
const BEGIN = "<<<CONTINUE>>>";

function ask(text = TEXT, insist = false) {
  const continuation = continueText(BODY, text, { insist });
  if (continuation === undefined) throw new TypeError("nothing to ask for");
  const [, , last] = continuation.body.messages as readonly { content: string }[];
  const anchor = /<end>([\s\S]*)<\/end>/.exec(last?.content ?? "")?.[1] ?? "";
  return { continuation, anchor };
}

describe("continueText", () => {
  it("shows the model the conversation, the text and the end to repeat, under no limit of its own", () => {
    const { continuation, anchor } = ask();
    expect(TEXT.endsWith(anchor)).toBe(true);
    expect(anchor.length).toBeGreaterThanOrEqual(24);
    expect(continuation.body).toEqual({
      model: "gpt-4o-mini",
      stream: true,
      messages: [QUESTION, { role: "assistant", content: TEXT }, { role: "user", content: expect.any(String) }],
    });
  });

  it("joins an answer behind the end that it repeats, piece by piece", () => {
    const { continuation, anchor } = ask();
    for (const piece of [BEGIN, "\n", anchor]) expect(continuation.read(piece)).toBe(TEXT);
    expect(continuation.read("ee sailors.")).toBe(`${TEXT}ee sailors.`);
    expect(continuation.end()).toEqual({ text: `${TEXT}ee sailors.`, seam: "echo", isBroken: false });
  });

  it("joins an answer that just goes on, and none that says the text anew", () => {
    const plain = ask().continuation;
    plain.read("ee sailors who had come from the north.");
    expect(plain.end()).toMatchObject({ text: `${TEXT}ee sailors who had come from the north.`, seam: "unproved" });
    const anew = ask().continuation;
    anew.read("The harbor had 12 ships on Monday. They were all red.");
    expect(anew.end()).toEqual({ text: TEXT, seam: "none", isBroken: false });
  });

  it("keeps white space at the end of the text, which the model is not shown", () => {
    const { continuation, anchor } = ask(`${TEXT}ee sailors.\n\n`);
    expect((continuation.body.messages as object[])[1]).toEqual({ role: "assistant", content: `${TEXT}ee sailors.` });
    continuation.read(`${BEGIN}\n${anchor}And a dog.`);
    expect(continuation.end().text).toBe(`${TEXT}ee sailors.\n\nAnd a dog.`);
  });

  it("asks more firmly when it has to", () => {
    const words = (insist: boolean) => (ask(TEXT, insist).continuation.body.messages as { content: string }[])[2];
    expect(words(true)?.content).not.toBe(words(false)?.content);
  });

  it("has nothing to ask for at the end of a loop", () => {
    expect(continueText(BODY, "ha ".repeat(200))).toBeUndefined();
  });
});
