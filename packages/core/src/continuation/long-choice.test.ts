import { describe, expect, it, test } from "vitest";
import type { ChatDelta } from "../request/wire-types.js";
import type { LongChoice, LongChoiceOptions } from "./choice-types.js";
import type { FollowUp } from "./follow-up.js";
import { createLongChoice } from "./long-choice.js";

const TEXT = "The first sentence of the story is long enough. The second one goes on and on until it is";
const REST = " cut by a limit, and then it ends.";

function choiceOf(options: Partial<LongChoiceOptions> = {}) {
  const choice = createLongChoice(0, {
    begun: "",
    stops: [],
    schemaOf: () => undefined,
    takesPrefill: false,
    takesUnproved: false,
    most: 8,
    maxTokens: undefined,
    capTokens: 512,
    ...options,
  });
  let given = "";
  let called = "";
  const take = (delta: ChatDelta | undefined): void => {
    given += delta?.content ?? "";
    for (const call of delta?.tool_calls ?? []) called += call.function?.arguments ?? "";
  };
  return {
    choice,
    /** A part that says these, and ends for this reason. */
    part(deltas: readonly ChatDelta[], reason: string, { all = 512, thoughts = 0, isEstimated = false } = {}) {
      for (const delta of deltas) take(choice.read({ index: 0, delta, finish_reason: null })?.delta);
      take(choice.read({ index: 0, delta: {}, finish_reason: reason })?.delta);
      return choice.endPart({ all, thoughts, isEstimated });
    },
    end() {
      const { delta, finish_reason } = choice.last();
      take(delta);
      return { given, called, reason: finish_reason, ended: choice.ended };
    },
    get given() {
      return given;
    },
  };
}

function instruction(followUp: FollowUp | undefined) {
  if (followUp?.kind !== "instruction") throw new Error(`is ${followUp?.kind}`);
  return followUp;
}

/** What a model says that does as it is asked. */
function obeying(choice: LongChoice, rest: string): string {
  const { marks, anchor } = instruction(choice.followUp());
  return `${marks.begin}\n${anchor}${rest}`;
}

const call = (id: string | undefined, piece: string, index = 0): ChatDelta => ({
  tool_calls: [
    id === undefined
      ? { index, function: { arguments: piece } }
      : { index, id, type: "function", function: { name: "write", arguments: piece } },
  ],
});

describe("an answer that is not cut", () => {
  it("is passed on as it comes", () => {
    const { choice } = choiceOf();
    const event = { index: 0, delta: { content: "Hi" }, finish_reason: null };
    expect(choice.read(event)).toBe(event);
    const thought = { index: 0, delta: { reasoning_content: "hm" }, finish_reason: null };
    expect(choice.read(thought)).toBe(thought);
  });

  test.each([["stop"], ["content_filter"], ["tool_calls"]])("ends with its reason: %s", (reason) => {
    const one = choiceOf();
    one.part([{ content: "Hi \n" }], reason);
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.end()).toEqual({ given: "Hi \n", called: "", reason, ended: "complete" });
    expect(one.choice.hasFollowUps).toBe(false);
  });
});

describe("a text that is cut", () => {
  it("goes on behind its end, without what the model repeats, thinks or calls itself", () => {
    const one = choiceOf();
    one.part([{ role: "assistant", content: TEXT }], "length");
    const said = obeying(one.choice, REST);
    const ended = one.part([{ role: "assistant", reasoning_content: "hm" }, { content: said }], "stop");
    expect(ended).toMatchObject({ seam: "echo", obeyed: true });
    // Of what was said, echo and mark are not kept.
    expect(ended.keptTokens).toBeCloseTo((512 * REST.length) / said.length);
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.end()).toEqual({ given: TEXT + REST, called: "", reason: "stop", ended: "complete" });
    expect(one.choice.message).toEqual({ content: TEXT + REST });
  });

  it("keeps white space at its end back, and gives it where the model does not bring it", () => {
    for (const [rest, whole] of [
      ["cut", "is \ncut"],
      [" cut", "is cut"],
      ["\n\ncut", "is\n\ncut"],
    ] as const) {
      const one = choiceOf();
      one.part([{ content: `${TEXT} \n` }], "length");
      expect(one.given).toBe(TEXT);
      one.part([{ content: obeying(one.choice, rest) }], "stop");
      expect(one.end().given).toBe(TEXT.slice(0, -2) + whole);
    }
  });

  it("is asked for once more where nothing proves the seam, then ends as cut", () => {
    const one = choiceOf();
    one.part([{ content: `${TEXT} ` }], "length");
    expect(instruction(one.choice.followUp()).insist).toBe(false);
    expect(one.part([{ content: "Something else." }], "stop")).toMatchObject({ seam: "none", obeyed: false });
    expect(instruction(one.choice.followUp()).insist).toBe(true);
    one.part([{ content: "Something else again." }], "stop");
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.end()).toEqual({ given: `${TEXT} `, called: "", reason: "length", ended: "no_proof" });
  });

  it("ends with `thoughts` where twice nothing visible comes", () => {
    const one = choiceOf();
    one.part([{ content: TEXT }], "length");
    for (let count = 0; count < 2; count += 1) {
      one.choice.followUp();
      one.part([{ reasoning_content: "hm" }], "length", { all: 512, thoughts: 512 });
    }
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.end()).toMatchObject({ given: TEXT, reason: "length", ended: "thoughts" });
  });

  it("is asked for again where its first part is all thoughts; what follows is its beginning", () => {
    const one = choiceOf();
    const first = one.part([{ role: "assistant", reasoning_content: "hm" }], "length");
    expect(first.seam).toBe("none");
    expect(one.choice.followUp()).toMatchObject({ kind: "again" });
    expect(one.part([{ role: "assistant", reasoning_content: "hm" }, { content: "Hi" }], "stop").seam).toBe("first");
    expect(one.end()).toMatchObject({ given: "Hi", reason: "stop", ended: "complete" });
  });

  it("is asked for again only once where nothing but white space comes", () => {
    const one = choiceOf();
    one.part([{ content: " \n" }], "length");
    expect(one.choice.followUp()).toMatchObject({ kind: "again" });
    one.part([{ content: " \n" }], "length");
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.choice.ended).toBe("thoughts");
  });

  it("ends after so many follow-ups, and at the caller's own limit", () => {
    const few = choiceOf({ most: 1 });
    few.part([{ content: TEXT }], "length");
    few.part([{ content: obeying(few.choice, REST) }], "length");
    expect(few.choice.followUp()).toBeUndefined();
    expect(few.end()).toMatchObject({ given: TEXT + REST, reason: "length", ended: "parts" });
    const short = choiceOf({ maxTokens: 600 });
    short.part([{ content: TEXT }], "length");
    // The echo takes as many tokens for its characters as the text before it: that is beside the limit.
    const { maxTokens, anchor } = instruction(short.choice.followUp());
    expect(maxTokens).toBe(88 + Math.floor((anchor.length * 512) / TEXT.length));
    const ended = choiceOf({ maxTokens: 520 });
    ended.part([{ content: TEXT }], "length");
    expect(ended.choice.followUp()).toBeUndefined();
    expect(ended.end()).toMatchObject({ given: TEXT, reason: "length", ended: "max_tokens" });
  });

  it("has used its whole limit where it is cut, though the server tells no tokens", () => {
    const one = choiceOf({ maxTokens: 1_000 });
    expect(one.part([{ content: TEXT }], "length", { all: 22, isEstimated: true }).keptTokens).toBe(512);
    expect(
      one.part([{ content: obeying(one.choice, REST) }], "length", { all: 9, isEstimated: true }).keptTokens,
    ).toBeGreaterThan(200);
  });

  it("that goes in circles is not continued", () => {
    const one = choiceOf();
    one.part([{ content: "ha ".repeat(200) }], "length");
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.end()).toMatchObject({ reason: "length", ended: "repeating" });
  });

  it("ends at a stop of the caller's that lies across the seam", () => {
    const one = choiceOf({ stops: ["is cut"] });
    one.part([{ content: TEXT }], "length");
    // What may be the beginning of it waits.
    expect(one.given).toBe(TEXT.slice(0, -2));
    one.part([{ content: obeying(one.choice, REST) }], "length");
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.end()).toMatchObject({ given: TEXT.slice(0, -2), reason: "stop", ended: "complete" });
  });

  it("may be followed by a call, where its seam is proved", () => {
    const one = choiceOf();
    one.part([{ content: TEXT }], "length");
    one.part([{ content: obeying(one.choice, REST) }, call("a", '{"b":1}')], "tool_calls");
    expect(one.end()).toEqual({ given: TEXT + REST, called: '{"b":1}', reason: "tool_calls", ended: "complete" });
    const other = choiceOf();
    other.part([{ content: TEXT }], "length");
    other.choice.followUp();
    expect(other.part([call("a", '{"b":1}')], "tool_calls").seam).toBe("none");
    expect(other.end().called).toBe("");
  });

  it("may be followed by a call also where the mark is missing, or nothing but the call is", () => {
    const unmarked = choiceOf();
    unmarked.part([{ content: TEXT }], "length");
    const { anchor } = instruction(unmarked.choice.followUp());
    unmarked.part([{ content: anchor + REST }, call("a", '{"b":1}')], "tool_calls");
    expect(unmarked.end()).toEqual({ given: TEXT + REST, called: '{"b":1}', reason: "tool_calls", ended: "complete" });
    const whole = choiceOf();
    whole.part([{ content: TEXT }], "length");
    const { marks } = instruction(whole.choice.followUp());
    whole.part([{ content: marks.end }, call("a", '{"b":1}')], "tool_calls");
    expect(whole.end()).toMatchObject({ given: TEXT, called: '{"b":1}', ended: "complete" });
  });

  it("keeps the calls of its parts apart", () => {
    const one = choiceOf();
    one.part([call("a", '{"x":1}'), { content: TEXT }], "length");
    one.part([{ content: obeying(one.choice, REST) }, call("b", '{"y":2}')], "tool_calls");
    expect(one.choice.message.tool_calls?.map(({ id, function: { arguments: text } }) => [id, text])).toEqual([
      ["a", '{"x":1}'],
      ["b", '{"y":2}'],
    ]);
  });

  it("may be followed by a function of the kind before tools, which is passed on", () => {
    const one = choiceOf();
    one.part([{ content: TEXT }], "length");
    const legacy = { name: "f", arguments: "{}" };
    one.part([{ content: obeying(one.choice, REST), function_call: legacy }], "function_call");
    expect(one.end()).toMatchObject({ given: TEXT + REST, reason: "function_call", ended: "complete" });
    expect(one.choice.message).toMatchObject({ function_call: legacy });
  });

  it("is asked for once more where a follow-up brings nothing but white space", () => {
    const one = choiceOf();
    one.part([{ content: TEXT }], "length");
    for (let count = 0; count < 2; count += 1) one.part([{ content: obeying(one.choice, "\n\n") }], "length");
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.choice.ended).toBe("thoughts");
  });

  it("is cut where the end mark stands in the middle of what follows", () => {
    const one = choiceOf();
    one.part([{ content: TEXT }], "length");
    const { marks, anchor } = instruction(one.choice.followUp());
    one.part([{ content: `${marks.begin}${anchor} a mark like ${marks.end}, and more.` }], "stop");
    expect(one.end()).toMatchObject({ reason: "length", ended: "no_proof" });
  });

  it("is cut where the model begins its follow-up once more", () => {
    const one = choiceOf();
    one.part([{ content: TEXT }], "length");
    const said = obeying(one.choice, REST);
    one.part([{ content: `${said}\n${said}` }], "stop");
    expect(one.end()).toMatchObject({ given: TEXT + REST, reason: "length", ended: "no_proof" });
  });

  it("is whole where the model says so", () => {
    const one = choiceOf();
    one.part([{ content: TEXT }], "length");
    const { marks } = instruction(one.choice.followUp());
    expect(one.part([{ content: marks.end }], "stop")).toMatchObject({ seam: "nothing_missing", obeyed: true });
    expect(one.end()).toMatchObject({ given: TEXT, reason: "stop", ended: "complete" });
  });

  it("goes on at once behind a prefill, and behind what the caller has begun", () => {
    const one = choiceOf({ takesPrefill: true });
    one.part([{ content: `${TEXT}  ` }], "length");
    expect(one.choice.followUp()).toMatchObject({ kind: "prefill", text: TEXT });
    expect(one.part([{ content: REST }], "stop")).toEqual({ seam: "prefill", keptTokens: 512 });
    expect(one.end()).toMatchObject({ given: TEXT + REST, ended: "complete" });
    const begun = choiceOf({ begun: "Once upon a time there was " });
    begun.part([{ content: "a king" }], "length");
    expect(instruction(begun.choice.followUp())).toMatchObject({
      text: "a king",
      anchor: "upon a time there was a king",
    });
  });

  it("that a follow-up's failure ends keeps all that came", () => {
    const one = choiceOf();
    one.part([{ content: `${TEXT}\n` }], "length");
    one.choice.followUp();
    one.choice.fail("budget");
    expect(one.choice.read({ index: 0, delta: { content: "late" }, finish_reason: null })).toBeUndefined();
    expect(one.end()).toMatchObject({ given: `${TEXT}\n`, reason: "length", ended: "budget" });
  });

  it("that is refused, or a refusal, is not continued", () => {
    const refused = choiceOf();
    refused.part([{ content: TEXT }], "length");
    refused.choice.followUp();
    refused.part([{ refusal: "No." }], "stop");
    expect(refused.end()).toMatchObject({ given: TEXT, reason: "length", ended: "refused" });
    const refusal = choiceOf();
    refusal.part([{ refusal: "I can't" }], "length");
    expect(refusal.choice.followUp()).toBeUndefined();
    expect(refusal.choice.ended).toBe("no_proof");
    const again = choiceOf();
    again.part([{ reasoning_content: "hm" }], "length");
    again.choice.followUp();
    again.part([{ role: "assistant", refusal: "No." }], "stop");
    expect(again.choice.message).toEqual({ content: null, refusal: "No." });
    expect(again.end()).toMatchObject({ reason: "stop", ended: "complete" });
  });
});

describe("JSON that is cut", () => {
  const schema = {
    type: "object",
    required: ["items"],
    properties: { items: { type: "array", items: { type: "string" } } },
  };
  const begun = '{"items":["first item of the list","second item of the list","third';

  it("is whole when its root is closed, whatever follows", () => {
    const one = choiceOf({ json: { schema } });
    one.part([{ content: begun }], "length");
    one.part([{ content: `${obeying(one.choice, '"]}')}\n\`\`\`\nDone!` }], "length");
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.end()).toMatchObject({ given: `${begun}"]}`, reason: "stop", ended: "complete" });
  });

  it("that does not match its schema, or does not parse, is reported as cut", () => {
    for (const [rest, reason] of [
      ['"],"items":5}', "stop"],
      ['" and so on', "stop"],
    ] as const) {
      const one = choiceOf({ json: { schema } });
      one.part([{ content: begun }], "length");
      one.part([{ content: obeying(one.choice, rest) }], reason, { all: 40 });
      expect(one.choice.followUp()).toBeUndefined();
      expect(one.end()).toMatchObject({ reason: "length", ended: "no_proof" });
    }
  });

  it("that was closed before its first value is no answer", () => {
    const one = choiceOf({ json: { schema: undefined } });
    one.part([{ content: "{}" }], "length");
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.end()).toMatchObject({ given: "{}", reason: "length", ended: "no_proof" });
    const whole = choiceOf({ json: { schema: undefined } });
    whole.part([{ content: '{"a":1}\n' }], "length");
    expect(whole.choice.followUp()).toBeUndefined();
    expect(whole.end()).toMatchObject({ reason: "stop", ended: "complete" });
  });

  it("keeps half an escape back", () => {
    const one = choiceOf({ json: { schema } });
    one.part([{ content: `${begun} \\u00` }], "length");
    expect(one.given).toBe(begun);
    one.part([{ content: obeying(one.choice, ' \\u00e9"]}') }], "stop");
    expect(JSON.parse(one.end().given)).toMatchObject({ items: { 2: "third é" } });
  });

  it("loses a fence that it was begun with", () => {
    const one = choiceOf({ json: { schema } });
    one.choice.read({ index: 0, delta: { content: `\`\`\`json\n${begun}` }, finish_reason: "length" });
    expect(one.choice.message.content).toBe(begun);
  });
});

describe("a call that is cut", () => {
  const begun = '{"path":"a.txt","content":"The first line of the file is here';

  it("is asked for as text, and its rest is arguments", () => {
    const one = choiceOf();
    one.part([{ content: "I write it." }, call("a", ""), call(undefined, begun)], "length");
    const followUp = instruction(one.choice.followUp());
    expect(followUp).toMatchObject({ text: begun, what: { tool: "write" } });
    const { marks, anchor } = followUp;
    // A bare line break in a string is an escape.
    one.part([{ content: `${marks.begin}${anchor},\nand more"}` }], "stop");
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.end()).toEqual({
      given: "I write it.",
      called: `${begun},\\nand more"}`,
      reason: "tool_calls",
      ended: "complete",
    });
    expect(one.choice.message).toMatchObject({
      content: "I write it.",
      tool_calls: [{ id: "a", function: { name: "write" } }],
    });
  });

  it("stands without what the caller has begun, also in what is to be repeated", () => {
    const short = '{"path":"a.txt';
    const one = choiceOf({ begun: "I write it: " });
    one.part([call("a", short)], "length");
    expect(instruction(one.choice.followUp())).toMatchObject({ text: short, anchor: short });
  });

  it("is one also where the server says that it is whole, but only near its limit", () => {
    const near = choiceOf();
    near.part([call("a", begun)], "tool_calls");
    expect(near.choice.followUp()).toMatchObject({ what: { tool: "write" } });
    const untold = choiceOf();
    untold.part([call("a", begun)], "tool_calls", { all: 40, isEstimated: true });
    expect(untold.choice.followUp()).toMatchObject({ what: { tool: "write" } });
    const short = choiceOf();
    short.part([call("a", begun)], "tool_calls", { all: 40 });
    expect(short.choice.followUp()).toBeUndefined();
    expect(short.end()).toMatchObject({ reason: "tool_calls", ended: "complete" });
  });

  it("is none where its arguments are whole: it stands", () => {
    const one = choiceOf();
    one.part([call("a", '{"b":1}')], "length");
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.end()).toMatchObject({ called: '{"b":1}', reason: "tool_calls", ended: "complete" });
  });

  it("keeps what else it is known by", () => {
    const one = choiceOf();
    const [named] = call("a", begun).tool_calls ?? [];
    const known: object = { ...named, extra_content: { signature: "s" } };
    one.part([{ tool_calls: [known as NonNullable<typeof named>] }], "length");
    one.part([{ content: obeying(one.choice, '"}') }], "stop");
    expect(one.choice.message.tool_calls).toMatchObject([{ id: "a", extra_content: { signature: "s" } }]);
  });

  it("leaves those before it as they are", () => {
    const one = choiceOf();
    one.part([call("a", '{"b":1}'), call("b", begun, 1)], "length");
    one.part([{ content: obeying(one.choice, '"}') }], "stop");
    expect(one.choice.message.tool_calls?.map(({ id, function: { arguments: text } }) => [id, text])).toEqual([
      ["a", '{"b":1}'],
      ["b", `${begun}"}`],
    ]);
  });

  it("before its first argument is not begun twice", () => {
    const one = choiceOf();
    one.part([{ content: "I write it." }, call("a", "")], "length");
    expect(one.choice.followUp()).toBeUndefined();
    expect(one.end()).toMatchObject({ given: "I write it.", called: "", reason: "length", ended: "no_proof" });
  });

  it("has to match the schema of its tool", () => {
    const one = choiceOf({ schemaOf: (name) => (name === "write" ? { required: ["mode"] } : undefined) });
    one.part([call("a", begun)], "length");
    one.part([{ content: obeying(one.choice, '"}') }], "stop");
    expect(one.end()).toMatchObject({ reason: "length", ended: "no_proof" });
  });
});
