import { type AIMessageChunk, type BaseMessage, mapStoredMessagesToChatMessages } from "@langchain/core/messages";
import { describe, expect, expectTypeOf, it } from "vitest";
import { LaplasImages } from "../images/laplas-images.js";
import { openWorld } from "../testing/open-world.js";
import { type MessageReport, toMessageReport } from "./message-report.js";
import { reportOf } from "./report-of.js";

const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const roundTrip = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

function expectPlain(report: MessageReport | undefined) {
  expect(report?.resetsAt).toEqual(instant);
  expect(report?.windows.map(({ resetsAt }) => resetsAt)).toContainEqual(instant);
  expect(roundTrip(report)).toEqual(report);
}

describe("the report of a message", () => {
  it("survives JSON on every path", async () => {
    const { chat } = await openWorld();
    let streamed: AIMessageChunk | undefined;
    for await (const chunk of await chat().stream("Hello")) streamed = streamed?.concat(chunk) ?? chunk;
    for (const message of [
      await chat().invoke("Hello"),
      await chat({ streaming: true }).invoke("Hello"),
      streamed as BaseMessage,
      await chat().streamEvents("Hello"),
      await chat({ disableStreaming: true }).streamEvents("Hello"),
    ]) {
      expectPlain(reportOf(message));
      const [stored] = mapStoredMessagesToChatMessages([roundTrip(message.toDict())]);
      expect(stored && reportOf(stored)).toEqual(reportOf(message));
    }
  });

  it("survives JSON in pictures", async () => {
    const { engine } = await openWorld();
    const pictures = await new LaplasImages("flux/schnell", { engine }).invoke("a fox");
    expectPlain(reportOf(pictures));
    expect(roundTrip(pictures)).toEqual(pictures);
  });

  it("says so in its type", () => {
    expectTypeOf<MessageReport["resetsAt"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<MessageReport["windows"][number]["resetsAt"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf(reportOf).returns.toEqualTypeOf<MessageReport | undefined>();
  });
});

describe("toMessageReport", () => {
  it("leaves out a date that is not there, and does not change the engine's report", () => {
    const at = new Date("2026-03-11T00:00:00Z");
    const rest = {
      provider: "laplas",
      apiTokens: 1,
      estimated: false,
      adjusted: [],
      waitedMs: 0,
      attempts: 1,
      requestId: "1",
    };
    const window = { rule: "hourly", metric: "requests" as const, unit: "requests", limit: 10, remaining: 9 };
    const report = { ...rest, truncatedByTier: false, windows: [window, { ...window, resetsAt: at }] };
    expect(toMessageReport(report)).toEqual({
      ...rest,
      truncatedByTier: false,
      windows: [window, { ...window, resetsAt: "2026-03-11T00:00:00.000Z" }],
    });
    expect(report.windows[1]).toEqual({ ...window, resetsAt: at });
    expect(toMessageReport(report)).not.toHaveProperty("resetsAt");
  });
});
