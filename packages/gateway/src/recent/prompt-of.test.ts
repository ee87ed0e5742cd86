import { expect, test } from "vitest";
import { promptOf } from "./prompt-of.js";

test.each([
  [{ prompt: "A boat" }, "A boat"],
  [{ input: "one" }, "one"],
  [{ input: ["one", "two"] }, "one · two"],
  [
    {
      messages: [
        { role: "user", content: "first" },
        { role: "assistant", content: "answer" },
        { role: "user", content: [{ type: "text", text: "second" }, { type: "image_url" }] },
      ],
    },
    "second",
  ],
  [{ messages: [{ role: "system", content: "be brief" }] }, undefined],
  [{ input: [[1, 2]] }, undefined],
  [{ messages: [null, 7] }, undefined],
  [null, undefined],
  [7, undefined],
])("of %j is %j", (body, prompt) => {
  expect(promptOf(JSON.stringify(body))).toBe(prompt);
});

test("of no JSON is none", () => {
  expect(promptOf("{")).toBeUndefined();
});

test("is cut short, between characters", () => {
  const long = promptOf(JSON.stringify({ prompt: `${"a".repeat(299)}😀${"b".repeat(50)}` })) ?? "";
  expect(long).toHaveLength(300);
  expect(long.endsWith("a…")).toBe(true);
});
