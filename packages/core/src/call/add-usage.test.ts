import { expect, it } from "vitest";
import { addUsage } from "./add-usage.js";

it("sums usage, in details as well", () => {
  const one = { prompt_tokens: 8, completion_tokens: 10, total_tokens: 18, details: { cached: 1 }, estimated: true };
  const two = {
    prompt_tokens: 1,
    completion_tokens: 2,
    total_tokens: 3,
    details: { cached: 2, more: 3 },
    api_tokens: 5,
  };
  expect(addUsage(one, two)).toEqual({
    prompt_tokens: 9,
    completion_tokens: 12,
    total_tokens: 21,
    details: { cached: 3, more: 3 },
    api_tokens: 5,
    estimated: true,
  });
});

it("keeps what only one says", () => {
  expect(
    addUsage({ estimated: true, prompt_tokens_details: { a: 1 } }, { estimated: false, prompt_tokens_details: null }),
  ).toEqual({ estimated: true, prompt_tokens_details: { a: 1 } });
  expect(addUsage({}, {})).toEqual({});
});
