import { describe, expect, it, test } from "vitest";
import { createTestContext, plan } from "../testing/call.js";
import { MODEL_OF } from "../testing/draft.js";
import { chatBody } from "../testing/requests.js";

const strict = () => createTestContext({ onExcess: "refuse" }).context;
/** A limit that the tier does not lower: with `onExcess: "refuse"` it would be an error of its own. */
const ask = (fields: object) => chatBody({ max_tokens: 100, ...fields });

describe('with onExcess "refuse"', () => {
  test.each(Object.values(MODEL_OF))(
    "hints without effect are dropped and reported for %s: agents send them always",
    (model) => {
      const hints = {
        store: true,
        prompt_cache_key: "k",
        made_up: 1,
        messages: [{ role: "user", content: [{ type: "text", text: "Hi", cache_control: { type: "ephemeral" } }] }],
      };
      const { adjusted } = plan(strict(), ask({ model, ...hints }));
      expect(adjusted.map(({ to }) => to).toSorted()).toEqual([
        "made_up=removed",
        "messages=without_extras",
        "prompt_cache_key=removed",
        "store=removed",
      ]);
    },
  );

  test.each(Object.values(MODEL_OF))(
    "what can change an answer of %s is an error that names field and model",
    (model) => {
      const refuse = () => plan(strict(), ask({ model, verbosity: "low" }));
      expect(refuse).toThrow(expect.objectContaining({ code: "invalid_request", param: "verbosity" }));
      expect(refuse).toThrow(JSON.stringify(model));
    },
  );

  it("so is a value that would become the nearest one, and translations are none", () => {
    const model = MODEL_OF.claude;
    expect(() => plan(strict(), ask({ model, temperature: 1.5 }))).toThrow(
      expect.objectContaining({ param: "temperature" }),
    );
    const translated = plan(strict(), ask({ model, response_format: { type: "json_object" }, stop: ["\n"] }));
    expect(translated.adjusted.map(({ to }) => to)).toEqual(["response_format=tool", "stop=applied_here"]);
  });
});

test("otherwise what can change an answer is reported", () => {
  const { context } = createTestContext();
  expect(plan(context, ask({ verbosity: "low" })).adjusted).toMatchObject([
    { to: "verbosity=removed", changesAnswer: true },
  ]);
});
