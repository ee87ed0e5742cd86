import { describe, expect, it, test } from "vitest";
import { FatalLimitError } from "../errors/limit-errors.js";
import { FatalUpstreamError, UpstreamError } from "../errors/upstream-errors.js";
import type { ChatCompletionChunk } from "../request/wire-types.js";
import { createTestContext, NOON, plan } from "../testing/call.js";
import { ask } from "../testing/engine.js";
import { type CallObserver, observeCall } from "./observe-call.js";

function setup(body: unknown = ask("Hello", { max_tokens: 900 }), requestId?: string) {
  const { context, events } = createTestContext();
  const observer = observeCall(context, "chat", body, requestId);
  const calls = () => events.filter((event) => event.type === "call");
  return { context, observer, events, calls, call: () => calls()[0] };
}

function planned() {
  const setUp = setup();
  const call = plan(setUp.context, ask("Hello", { max_tokens: 900, stream: true }), { requestId: "planned" });
  setUp.observer.planned(call);
  return { ...setUp, totals: call.totals };
}

describe("the event of a call", () => {
  it("reports what was asked for and what it took", () => {
    const { observer, totals, calls } = planned();
    Object.assign(totals, { waitedMs: 12.6, cost: 16, estimated: true, attempts: 1 });
    observer.answered();
    expect(calls()).toEqual([
      {
        type: "call",
        provider: "laplas",
        at: new Date(NOON),
        endpoint: "chat",
        model: "gpt-4o-mini",
        streamed: true,
        outcome: "answered",
        requestId: "planned",
        apiTokens: 16,
        estimated: true,
        adjusted: [{ field: "max_tokens", from: "900", to: "max_tokens=512", rule: "output_tokens" }],
        waitedMs: 13,
        durationMs: expect.any(Number),
      },
    ]);
  });

  it("is emitted once, with the first outcome", () => {
    const { observer, calls } = planned();
    observer.left();
    observer.answered();
    observer.failed(new Error("late"));
    expect(calls()).toMatchObject([{ outcome: "aborted" }]);
  });

  it("of a call that was refused before it was planned names the model asked for", () => {
    const { observer, call } = setup({ model: "veo2", messages: [] }, "mine");
    observer.failed(new FatalLimitError("model_not_on_tier", "no"));
    expect(call()).toMatchObject({
      model: "veo2",
      streamed: false,
      outcome: "refused",
      code: "model_not_on_tier",
      requestId: "mine",
      apiTokens: 0,
      estimated: false,
      adjusted: [],
      waitedMs: 0,
    });
  });

  test.each<[unknown, string]>([
    [{ model: "x".repeat(101) }, "x".repeat(100)],
    [{ model: { name: "gpt-4o" } }, ""],
    [{}, ""],
    [null, ""],
    ["gpt-4o", ""],
  ])("takes of a body nobody could read a name of 100 characters at most", (body, model) => {
    const { observer, call } = setup(body);
    observer.failed(new FatalUpstreamError("invalid_request", "no"));
    expect(call()?.model).toBe(model);
  });
});

describe("where nobody traces", () => {
  it("nothing stands between a stream and its reader", () => {
    const { observer } = setup();
    const form = (chunk: ChatCompletionChunk) => chunk.id;
    expect(observer.hears(form)).toBe(form);
    expect(observer.run(() => 7)).toBe(7);
  });
});

describe("the id of a call", () => {
  test.each<[string, FatalUpstreamError | undefined, string]>([
    ["the error's", new FatalUpstreamError("invalid_request", "no", { requestId: "upstream" }), "upstream"],
    ["the plan's where the error has none", new FatalUpstreamError("invalid_request", "no"), "planned"],
  ])("is %s", (_, error, requestId) => {
    const { observer, call } = planned();
    observer.failed(error);
    expect(call()?.requestId).toBe(requestId);
  });

  it("is a new one where nobody gave any", () => {
    const { observer, call } = setup();
    observer.answered();
    expect(call()?.requestId).toMatch(/^[\da-f-]{36}$/);
  });
});

describe("the outcome", () => {
  test.each<[string, (observer: CallObserver) => void, string]>([
    ["of an answer", (observer) => observer.answered(), "answered"],
    ["of a stream whose reader left", (observer) => observer.left(), "aborted"],
    ["of an abort", (observer) => observer.failed("reason"), "aborted"],
    ["of a defect", (observer) => observer.failed(new Error("defect"), false), "failed"],
    ["of a failed request", (observer) => observer.failed(new UpstreamError("network", "cut")), "failed"],
  ])("%s is told", (_, end, outcome) => {
    const { observer, totals, call } = planned();
    totals.attempts = 1;
    end(observer);
    expect(call()?.outcome).toBe(outcome);
  });

  it("of an error without an attempt is a refusal: nothing left the machine", () => {
    const { observer, call } = planned();
    observer.failed(new FatalLimitError("daily_quota", "exceeded"));
    expect(call()).toMatchObject({ outcome: "refused", code: "daily_quota" });
  });
});

describe("an answer that the tier's limit cut", () => {
  it.each([true, false])("is warned of: %s", (truncated) => {
    const { observer, totals, events, call } = planned();
    totals.truncated = truncated;
    observer.answered();
    expect(call()?.truncatedByTier).toBe(truncated ? true : undefined);
    const warnings = events.filter(({ type }) => type === "warning");
    expect(warnings).toHaveLength(truncated ? 1 : 0);
    if (truncated) {
      expect(warnings).toMatchObject([
        { message: expect.stringMatching(/limit of output tokens\. With continueAtCap/) },
      ]);
    }
  });

  it("although it was to be continued is warned of with the reason", () => {
    const { observer, totals, events } = planned();
    totals.truncated = true;
    totals.long = { parts: [{ costBefore: 0, seam: "first" }], ended: ["no_proof"] };
    observer.answered();
    const warnings = events.filter(({ type }) => type === "warning");
    expect(warnings).toMatchObject([{ message: expect.stringMatching(/although continueAtCap is set.*"no_proof"/) }]);
  });
});

describe("a long answer", () => {
  it("is reported with its parts, and why it is no longer", () => {
    const { observer, totals, call } = planned();
    const parts = [
      { costBefore: 0, seam: "first" },
      { costBefore: 9, seam: "echo" },
    ] as const;
    totals.long = { parts: [...parts], ended: ["complete", "budget"] };
    observer.answered();
    expect(call()).toMatchObject({ parts: 2, ended: "budget" });
  });

  it("that never began has neither", () => {
    const { observer, totals, call } = planned();
    totals.long = { parts: [], ended: [] };
    observer.failed(new UpstreamError("network", "cut"));
    expect(call()).not.toHaveProperty("parts");
    expect(call()).not.toHaveProperty("ended");
  });
});
