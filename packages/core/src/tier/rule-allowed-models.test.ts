import { describe, expect, it, test } from "vitest";
import { context, read } from "../testing/requests.js";
import { evidence, tierOf } from "../testing/tier.js";
import { decide } from "./decide.js";

const decideOn = (models: readonly string[], model: string) => {
  const tier = tierOf({ id: "some", kind: "allowedModels", models, evidence });
  return decide(tier, context(read("chat", { model })));
};

describe("allowedModels", () => {
  test.each<[string[], string, "allow" | "refuse"]>([
    [["gpt-4o-mini"], "gpt-4o-mini", "allow"],
    [["gpt-4o-mini"], "gpt-4o", "refuse"],
    [["gpt-4o"], "gpt-4o-2024-08-06", "allow"],
    [["gpt-4o*"], "gpt-4o-mini", "allow"],
    [["*", "!gpt-4o"], "gpt-4o", "refuse"],
    [["!gpt-4o"], "gpt-4o-mini", "allow"],
    [["own/*"], "own/unknown", "allow"],
    [["own/*"], "nobodys", "refuse"],
  ])("%j, asked for %s: %s", (models, model, action) => expect(decideOn(models, model).action).toBe(action));

  it("refuses with the models that there are", () => {
    expect(decideOn(["gpt-4o-mini", "o1-*"], "gpt-4o")).toEqual({
      action: "refuse",
      rule: "some",
      code: "model_not_on_tier",
      param: "model",
      message: '"gpt-4o" is not on this tier (rule some: gpt-4o-mini, o1-*). Use another model or another plan.',
    });
  });

  it("lets each of two lists have its say", () => {
    const list = (id: string, ...models: string[]) => ({ id, kind: "allowedModels", models, evidence }) as const;
    const tier = tierOf(list("a", "gpt-4o", "gpt-4o-mini"), list("b", "gpt-4o-mini", "o1"));
    const actions = ["gpt-4o", "gpt-4o-mini", "o1"].map(
      (model) => decide(tier, context(read("chat", { model }))).action,
    );
    expect(actions).toEqual(["refuse", "allow", "refuse"]);
  });
});
