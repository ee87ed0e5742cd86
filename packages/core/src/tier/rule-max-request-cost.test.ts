import { describe, expect, it } from "vitest";
import { freeTier } from "../providers/laplas/laplas-tiers.js";
import { context, read } from "../testing/requests.js";
import { decide } from "./decide.js";

describe("maxRequestCost", () => {
  it("refuses nothing until the server has", () => {
    expect(decide(freeTier, context(read("image"))).action).toBe("allow");
    expect(decide(freeTier, context(read("image"), { refusedForCost: true }))).toMatchObject({
      action: "refuse",
      code: "request_cost",
      message: expect.stringContaining("512 API tokens"),
    });
  });

  it("binds the modalities it names only", () => {
    expect(decide(freeTier, context(read("chat", { max_tokens: 1 }), { refusedForCost: true })).action).toBe("allow");
  });
});
