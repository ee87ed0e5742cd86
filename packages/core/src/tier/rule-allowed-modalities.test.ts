import { describe, expect, it } from "vitest";
import { context, read } from "../testing/requests.js";
import { evidence, tierOf } from "../testing/tier.js";
import { decide } from "./decide.js";

describe("allowedModalities", () => {
  const tier = tierOf({ id: "kinds", kind: "allowedModalities", modalities: ["chat"], evidence });

  it("refuses what it does not list", () => {
    expect(decide(tier, context(read("chat"))).action).toBe("allow");
    expect(decide(tier, context(read("embedding")))).toMatchObject({
      action: "refuse",
      code: "model_not_on_tier",
      message: expect.stringMatching(/^embedding models are not on this tier \(rule kinds: chat\)/),
    });
  });
});
