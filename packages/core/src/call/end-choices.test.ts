import { describe, expect, it } from "vitest";
import type { ChatCompletionChunk, ChatDelta } from "../request/wire-types.js";
import { followEnds } from "./end-choices.js";

const choice = (delta: ChatDelta, finish_reason: string | null = null, index = 0) => ({ index, delta, finish_reason });
function chunk(...choices: ChatCompletionChunk["choices"]): ChatCompletionChunk {
  return { id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices };
}
const calling = choice({ tool_calls: [{ index: 0, id: "a" }] });

describe("the end of a choice", () => {
  it("comes once: a second is null, and an event without anything else is dropped", () => {
    const ends = followEnds();
    const first = chunk(choice({ content: "a" }, "length"));
    expect(ends.read(first)).toBe(first);
    expect(ends.read(chunk(choice({ content: "b" }, "stop")))).toEqual(chunk(choice({ content: "b" })));
    expect(ends.read(chunk(choice({}, "stop")))).toBeUndefined();
    expect(
      ends.read(chunk(choice({ role: "assistant", content: "", refusal: null, tool_calls: [] }, ""))),
    ).toBeUndefined();
  });

  it("leaves the usage of an event that had nothing else", () => {
    const ends = followEnds();
    ends.read(chunk(choice({}, "stop")));
    const usage = { total_tokens: 5 };
    expect(ends.read({ ...chunk(choice({}, "stop")), usage })).toEqual({ ...chunk(), usage });
  });

  it("is each choice's own", () => {
    const ends = followEnds();
    ends.read(chunk(choice({}), choice({}, null, 1)));
    expect([...ends.open]).toEqual([0, 1]);
    ends.read(chunk(choice({}, "stop", 1)));
    expect([...ends.open]).toEqual([0]);
    expect(ends.read(chunk(choice({}, "stop"), choice({}, "stop", 1)))).toEqual(chunk(choice({}, "stop")));
    expect([...ends.open]).toEqual([]);
  });

  it("is tool_calls where tools were called, unless something cut it", () => {
    const stopped = followEnds();
    stopped.read(chunk(calling));
    expect(stopped.read(chunk(choice({}, "stop")))).toEqual(chunk(choice({}, "tool_calls")));
    const cut = followEnds();
    cut.read(chunk(calling));
    const last = chunk(choice({}, "length"));
    expect(cut.read(last)).toBe(last);
    const older = chunk(choice({ function_call: { name: "pay" } }, "function_call"));
    expect(followEnds().read(older)).toBe(older);
  });

  it("changes no event that has none", () => {
    const ends = followEnds();
    for (const given of [chunk(choice({ content: "" })), chunk(choice({}, "")), chunk(calling), chunk()]) {
      expect(ends.read(given)).toBe(given);
    }
  });
});
