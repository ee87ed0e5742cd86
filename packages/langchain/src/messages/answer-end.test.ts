import { AIMessage } from "@langchain/core/messages";
import type { CallReport } from "@laplas/core";
import { describe, expect, it } from "vitest";
import { CUT_ARGUMENTS } from "../testing/cut-calls.js";
import { answerEnd, endOf, endsInTheMiddle, isCut } from "./answer-end.js";

const report = (truncatedByTier: boolean, ...to: string[]) =>
  ({
    truncatedByTier,
    adjusted: to.map((text) => ({ field: "x", to: text, rule: "output_tokens" })),
  }) as unknown as CallReport;

describe("the end of an answer", () => {
  it.each([
    ["length", report(true, "stream=one_chunk", "max_tokens=512"), { cut: "tier", limit: 512, rule: "output_tokens" }],
    ["length", report(true, "max_completion_tokens=64"), { cut: "tier", limit: 64, rule: "output_tokens" }],
    ["length", report(false), { cut: "caller", limit: undefined, rule: undefined }],
    ["length", undefined, { cut: "caller", limit: undefined, rule: undefined }],
    ["stop", report(false, "max_tokens=512"), { cut: undefined, limit: 512, rule: "output_tokens" }],
    ["length", report(true, "max_tokens=512_per_request"), { cut: "tier", limit: 512, rule: "output_tokens" }],
    // Of several choices another one was cut.
    ["stop", report(true, "max_tokens=512"), { cut: undefined, limit: 512, rule: "output_tokens" }],
    [null, undefined, { cut: undefined, limit: undefined, rule: undefined }],
  ])("with %j", (finishReason, laplas, expected) => {
    expect(answerEnd(finishReason, laplas)).toEqual(expected);
    const message = new AIMessage({ content: "", response_metadata: { finish_reason: finishReason, laplas } });
    expect(endOf(message)).toEqual(expected);
  });
});

describe("JSON that ends in the middle", () => {
  it.each(CUT_ARGUMENTS)("%s", (_, text) => {
    expect(endsInTheMiddle(text)).toBe(true);
  });

  it.each(["", "1", "tru", "{}", '{"a": "}{\\"["}', "[[1], {}]", '{"a": 1}}', "words"])("is not %j", (text) => {
    expect(endsInTheMiddle(text)).toBe(false);
  });
});

describe("what should be JSON", () => {
  const tier = answerEnd("stop", report(false, "max_tokens=512"));
  it("was cut where the server says so, whatever it looks like", () => {
    expect(isCut("{}", answerEnd("length", undefined))).toBe(true);
  });

  it("was cut where the tier has a limit and it ends in the middle", () => {
    expect(isCut('{"a": 1', tier)).toBe(true);
    expect(isCut('```json\n[1, {"a": ', tier)).toBe(true);
    expect(isCut('{"a": 1}', tier)).toBe(false);
    expect(isCut('He said "yes', tier)).toBe(false);
    expect(isCut('{"a": 1', answerEnd("stop", report(false)))).toBe(false);
  });
});
