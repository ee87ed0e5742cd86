import { AIMessage } from "@langchain/core/messages";
import { describe, expect, it } from "vitest";
import { cutError, isJson } from "./cut-error.js";

const answer = (finish_reason: string, laplas: object, more: object = {}) =>
  new AIMessage({ content: "", response_metadata: { finish_reason, laplas }, ...more });
const tier = {
  truncatedByTier: true,
  adjusted: [{ field: "max_tokens", to: "max_tokens=512", rule: "output_tokens" }],
};

describe("the error of a structured answer that was cut", () => {
  it("names the limit and its rule, and holds what there is", () => {
    expect(cutError(answer("length", tier), '{"a"')).toMatchObject({
      name: "FatalLimitError",
      code: "output_tokens",
      rule: "output_tokens",
      retryable: false,
      completed: '{"a"',
      message: expect.stringContaining("cut at the tier's output limit of 512 tokens"),
    });
  });

  it("names max_tokens where the caller chose it", () => {
    const error = cutError(answer("length", { truncatedByTier: false, adjusted: [] }), '{"a"');
    expect(error.message).toContain("cut at max_tokens");
    expect(error).not.toHaveProperty("rule");
  });

  it("names continueAtCap where follow-ups were off or too few, and else why they ended", () => {
    const told = (more: object) => cutError(answer("length", { ...tier, ...more }), '{"a"').message;
    const parts = [{ seam: "first" }, { seam: "echo" }];
    expect(told({})).toContain(
      "512 tokens, so it is not complete. Ask for fewer or shorter fields, let it be continued by",
    );
    expect(told({ parts, ended: "parts" })).toContain("512 tokens, after 2 parts (ended: parts), so");
    expect(told({ parts, ended: "parts" })).toContain("raise continueAtCap, or take a tier");
    expect(told({ parts, ended: "no_proof" })).toContain("after 2 parts (ended: no_proof)");
    expect(told({ parts, ended: "no_proof" })).not.toContain("continueAtCap");
    expect(told({ truncatedByTier: false, parts, ended: "max_tokens" })).not.toContain("continueAtCap");
  });

  it("says that thoughts took it all", () => {
    const thought = answer("length", tier, { additional_kwargs: { reasoning_content: "Hm" } });
    expect(cutError(thought, "").message).toContain("thoughts took all of the tier's output limit of 512 tokens");
    expect(cutError(thought, '{"a"').message).not.toContain("thoughts");
  });
});

it.each([
  ['{"a": 1}', true],
  ['```json\n{"a": 1}\n```', true],
  ["Here it is:\n```\n[1]\n```", true],
  ['{"a": 1', false],
  ['```json\n{"a": 1', false],
  ["", false],
  ["words", false],
])("%j is whole JSON: %s", (text, expected) => {
  expect(isJson(text)).toBe(expected);
});
