import { describe, expect, it } from "vitest";
import type { ModelCheck } from "../chat/check-call.js";
import { type Candidate, chooseModel } from "./choose-model.js";

const resetsAt = new Date("2030-01-02T00:00:00Z");
const pass: ModelCheck = {
  verdict: "pass",
  adjusted: [],
  cost: { expected: 10, worst: 500, unit: "API tokens" },
  remaining: 10,
  resetsAt,
};
const dear: ModelCheck = { ...pass, cost: { expected: 11, worst: 500, unit: "API tokens" } };
const waits: ModelCheck = { ...pass, verdict: "wait", position: 3 };
const refused = (code: NonNullable<ModelCheck["error"]>["code"], heals = true): ModelCheck => ({
  verdict: "refuse",
  adjusted: [],
  error: { code, message: "", retryable: code === "rate_limited", ...(heals ? { resetsAt } : {}) },
});
const model = (name: string, check: ModelCheck | undefined | Error): Candidate => ({
  name,
  check: async () => {
    if (check instanceof Error) throw check;
    return check;
  },
});

describe("the first model is called", () => {
  it.each([
    ["when it can be paid for to the last token", pass],
    ["when it has to wait", waits],
    [
      "when nothing is limited",
      { verdict: "pass", adjusted: [], cost: { expected: 99, worst: 99, unit: "API tokens" } } as ModelCheck,
    ],
    ["when it is of another vendor", undefined],
    ["when the ledger can't be read", new Error("locked")],
    ["when the request itself is refused", refused("image_input", false)],
    ["when the model is unknown", refused("model_not_on_tier", false)],
    ["when the prompt is too long", refused("context_length", false)],
  ])("%s", async (_, check) => {
    const spare = model("spare", new Error("must not be asked"));
    expect(await chooseModel(model("own", check), [spare])).toEqual({ place: 0, note: { model: "own" } });
  });

  it("when no other answers, with the reason", async () => {
    const others = [model("a", refused("daily_quota")), model("b", dear), model("c", new Error("locked"))];
    expect(await chooseModel(model("own", refused("daily_quota")), others)).toEqual({
      place: 0,
      note: { model: "own", reason: "daily_quota", resetsAt: resetsAt.toISOString() },
    });
  });
});

describe("the next that answers is called", () => {
  it.each([
    ["daily_quota", refused("daily_quota")],
    ["hourly_quota", refused("hourly_quota")],
    ["rate_limited", refused("rate_limited")],
    ["request_cost", refused("request_cost", false)],
    ["expected_cost", dear],
  ])("on %s", async (reason, check) => {
    const others = [model("spent", refused("daily_quota")), model("spare", waits), model("last", pass)];
    const { place, note } = await chooseModel(model("own", check), others);
    expect(place).toBe(2);
    expect(note).toMatchObject({ model: "spare", switchedFrom: "own", reason });
    expect(note.resetsAt).toBe(reason === "request_cost" ? undefined : resetsAt.toISOString());
  });

  it("passing over those that refuse the request for any reason", async () => {
    const others = [model("other", refused("model_not_on_tier", false)), model("elsewhere", undefined)];
    const { note } = await chooseModel(model("own", refused("daily_quota")), others);
    expect(note.model).toBe("elsewhere");
  });
});
