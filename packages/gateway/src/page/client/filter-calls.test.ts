import { describe, expect, it, test } from "vitest";
import type { RecentCall } from "../../recent/recent-call.js";
import { callerOf, changesOf, endOf, kindOf, lossesOf, lossWords, nameOf } from "./call-words.js";
import { choicesOf, EVERYTHING, filterCalls } from "./filter-calls.js";

function call(id: number, more: Partial<RecentCall> = {}): RecentCall {
  return {
    id,
    surface: "api",
    client: null,
    user_agent: null,
    endpoint: "chat",
    model: "gpt-4o",
    asked_model: null,
    path: null,
    outcome: "answered",
    code: null,
    message: null,
    rule: null,
    adjusted: [],
    ended: null,
    waited_ms: 0,
    request_id: `request-${id}`,
    prompt: null,
    ...more,
  } as RecentCall;
}

const CAPPED = {
  field: "max_tokens",
  from: "4000",
  to: "max_tokens=512",
  rule: "output_tokens",
  changes_answer: false,
};
const DEFAULT = { ...CAPPED, from: null };

describe("calls", () => {
  const calls = [
    call(0, { client: "notebook", adjusted: [CAPPED] }),
    call(1, { model: "gpt-4", user_agent: "OpenAI/Python 3.4.0", adjusted: [DEFAULT] }),
    call(2, { outcome: "refused", code: "image_input", message: "holds a picture", rule: "no_images" }),
    call(3, { outcome: "aborted", waited_ms: 100 }),
    call(4, { surface: "playground", ended: "budget", waited_ms: 99, prompt: "What is a tide?" }),
    call(6, { model: "gpt-4.1", truncated_by_tier: true, adjusted: [DEFAULT] }),
    call(5, { outcome: "failed", model: "", path: "/v1/other", endpoint: null, ended: "max_tokens" }),
  ];
  test.each([
    [{}, [0, 1, 2, 3, 4, 6, 5]],
    [{ model: "gpt-4" }, [1]],
    [{ model: "/v1/other" }, [5]],
    [{ caller: "notebook" }, [0]],
    [{ caller: "OpenAI" }, [1]],
    [{ caller: "playground" }, [4]],
    [{ outcome: "answered" as const }, [0, 1, 4, 6]],
    [{ outcome: "trouble" as const }, [2, 5]],
    [{ outcome: "less" as const }, [0, 4, 6]],
    [{ outcome: "waited" as const }, [3]],
    [{ outcome: "left" as const }, [3]],
    [{ search: "REQUEST-3" }, [3]],
    [{ search: "picture no_images" }, [2]],
    [{ search: "python 3.4" }, [1]],
    [{ search: "tide" }, [4]],
    [{ search: "tide", outcome: "trouble" as const }, []],
  ])("that are found with %j", (filter, ids) => {
    expect(filterCalls(calls, { ...EVERYTHING, ...filter }).map(({ id }) => id)).toEqual(ids);
  });

  it("give choices that are there, each once", () => {
    expect(choicesOf(calls, callerOf)).toEqual(["OpenAI", "notebook", "playground"]);
    expect(choicesOf(calls, nameOf)).toEqual(["/v1/other", "gpt-4", "gpt-4.1", "gpt-4o"]);
  });
});

describe("the end of an answer", () => {
  test.each([
    ["is the tier's limit", { truncated_by_tier: true, adjusted: [DEFAULT] }, "cut at 512 tokens"],
    ["is a limit that nothing names", { truncated_by_tier: true }, "cut at the limit of output tokens"],
    ["of a continued one is why it was not continued", { truncated_by_tier: true, ended: "budget" as const }, /budget/],
    ["is the model's own", { adjusted: [DEFAULT], ended: "complete" as const }, undefined],
  ])("%s", (_, more, words) => {
    const end = endOf(call(0, more));
    if (words instanceof RegExp) expect(end).toMatch(words);
    else expect(end).toBe(words);
  });
});

it("a request that became no call is of no kind: its outcome says that it was refused", () => {
  expect(kindOf(call(0, { endpoint: null }))).toBe("");
  expect(kindOf(call(0, { streamed: true }))).toBe("chat, streamed");
});

describe("what somebody asked for and did not get", () => {
  test.each([
    ["a lowered limit", CAPPED, "max_tokens: 4,000 asked, 512 given"],
    ["a default", DEFAULT, undefined],
    ["the limit of each request of a long answer", { ...CAPPED, to: "max_tokens=512_per_request" }, undefined],
    ["pictures one by one", { ...CAPPED, field: "n", from: "4", to: "n=4_requests" }, undefined],
    ["another shape of the same", { ...CAPPED, field: "n", from: "1", to: "n=removed", rule: "dialect" }, undefined],
    [
      "what the model does not take",
      { field: "seed", from: "7", to: "seed=removed", rule: "dialect", changes_answer: true },
      "seed: 7 asked, removed given",
    ],
    [
      "what is not told",
      { field: "style", from: null, to: "style=removed", rule: "dialect", changes_answer: true },
      "style: removed",
    ],
  ])("%s", (_, adjusted, words) => {
    const losses = lossesOf(call(0, { adjusted: [adjusted] }));
    expect(losses.map(lossWords)).toEqual(words === undefined ? [] : [words]);
    // Of what was not sent nothing was changed.
    expect(lossesOf(call(0, { outcome: "refused", adjusted: [adjusted] }))).toEqual([]);
  });

  it("stands among all that was changed", () => {
    const ratio = { field: "size", from: "512x512", to: "aspect_ratio=1:1", rule: "dialect", changes_answer: false };
    expect(changesOf(call(0, { adjusted: [DEFAULT, ratio] }))).toEqual([
      { field: "max_tokens", asked: undefined, given: "512", why: "rule output_tokens" },
      { field: "size", asked: "512x512", given: "aspect ratio 1:1", why: "as the model takes it" },
    ]);
  });
});
