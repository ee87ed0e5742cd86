import { expect, test } from "vitest";
import { fixFor } from "./fix.js";

test.each([
  [
    "output_tokens",
    "max_tokens is 4000, and an answer may have 512 tokens at most. Ask for 512 or fewer.",
    '"max_tokens": 512',
  ],
  ["output_tokens", '"thinking" has a budget of 9 tokens. Lower the budget.', undefined],
  [
    "free_tier_image_size",
    "size is 1024x1024, and images may have 512x512 pixels. Ask for 512x512.",
    '"size": "512x512"',
  ],
  ["image_count", "n is 2", '"n": 1'],
  ["payment_required", "pay", "laplas doctor --resume"],
  ["image_input", "a picture", undefined],
  [null, null, undefined],
])("%s is fixed by the line that its message names", (code, message, fix) => {
  expect(fixFor({ code, message })).toBe(fix);
});

test("a model that has calls left is the fix for one that has none", () => {
  expect(fixFor({ code: "daily_quota", message: "" }, "gpt-4o-mini")).toBe('"model": "gpt-4o-mini"');
  expect(fixFor({ code: "daily_quota", message: "" })).toBeUndefined();
});
