import { describe, expect, it } from "vitest";
import { toUsageMetadata, usageField } from "./usage-metadata.js";

describe("toUsageMetadata", () => {
  it("gives totals and details in LangChain's words, and no cost", () => {
    const usage = {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      api_tokens: 90,
      estimated: true,
      prompt_tokens_details: { cached_tokens: 4, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 3, accepted_prediction_tokens: 1 },
    };
    expect(toUsageMetadata(usage)).toEqual({
      input_tokens: 10,
      output_tokens: 5,
      total_tokens: 15,
      input_token_details: { audio: 0, cache_read: 4 },
      output_token_details: { reasoning: 3 },
    });
  });

  it("adds up a total that was not said, and keeps one that is no sum", () => {
    const total = (usage: object) => toUsageMetadata(usage as never)?.total_tokens;
    expect(total({ prompt_tokens: 10, completion_tokens: 5 })).toBe(15);
    expect(total({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 42 })).toBe(42);
    expect(total({ total_tokens: 42 })).toBe(42);
  });

  it("counts no field that is not a number, and gives no details where there are none", () => {
    const odd = { prompt_tokens: "10", completion_tokens: null, total_tokens: Number.NaN, prompt_tokens_details: null };
    const counts = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
    expect(toUsageMetadata(odd as never)).toEqual(counts);
    expect(toUsageMetadata({ prompt_tokens_details: { cached_tokens: "4" } } as never)).toEqual(counts);
  });

  it("is no field at all where the server said nothing", () => {
    for (const usage of [undefined, null]) {
      expect(toUsageMetadata(usage)).toBeUndefined();
      expect(usageField(usage)).toEqual({});
    }
  });
});
