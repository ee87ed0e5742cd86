import { describe, expect, it, test } from "vitest";
import { adviceFor } from "./advice.js";
import { type CallsLeft, leftWords } from "./calls-left.js";
import { costOf, costWords, unitOf } from "./cost.js";
import { filterModels } from "./filter-models.js";
import { nearOf, othersLike } from "./find-other.js";
import { ago, clock, countdown, counted, short, span, timeLeft, whole, withLocalTimes } from "./format.js";
import { likenesses, mostAlike } from "./likeness.js";
import { emptyWords } from "./windows.js";

test.each([
  [countdown(0), "00:00:00"],
  [countdown(-5), "00:00:00"],
  [countdown(1), "00:00:01"],
  [countdown(3_599_001), "01:00:00"],
  [countdown(90_061_000), "1 d 01:01:01"],
  [timeLeft(-5), "0 s"],
  [timeLeft(1), "1 s"],
  [timeLeft(59_001), "1 min 00 s"],
  [timeLeft(725_000), "12 min 05 s"],
  [timeLeft(3_599_999), "1 h 00 min"],
  [timeLeft(21_000_000), "5 h 50 min"],
  [timeLeft(86_399_000), "1 d 0 h"],
  [timeLeft(93_600_000), "1 d 2 h"],
  [short(950), "950"],
  [short(12_440), "12.4k"],
  [short(2_000_000), "2M"],
  [ago(1_999), "just now"],
  [ago(2_000), "2 s ago"],
  [ago(60_000), "1 min ago"],
  [ago(7_200_000), "2 h ago"],
  [ago(90_000_000), "1 d ago"],
  [span(340), "340 ms"],
  [span(2_345), "2.3 s"],
  [span(14_400), "14 s"],
  [span(180_000), "3 min"],
  [whole(49_983.9), "49,983"],
  [counted(1, "call"), "1 call"],
  [counted(0, "call"), "0 calls"],
  [emptyWords({ when: "this minute", is_waited_for: true }), "left this minute: calls wait"],
  [emptyWords({ when: "today", is_waited_for: false }), "left today: calls are refused"],
  [costWords(1, "API tokens"), "1 API token"],
  [unitOf(1, "API tokens"), "API token"],
  [unitOf(0, "neurons"), "neurons"],
  [costWords(costOf({ credits: 0 }), "neurons"), "0 neurons"],
])("%s", (words, expected) => {
  expect(words).toBe(expected);
});

it("names the day of a time that is not today", () => {
  const now = new Date(2026, 2, 10, 12);
  expect(clock(new Date(2026, 2, 10, 14, 5), now)).toBe("at 14:05");
  expect(clock(new Date(2026, 2, 11, 0, 0), now)).toBe("on Wednesday at 00:00");
});

it("shows the times in a message by the reader's clock", () => {
  const now = new Date(2026, 2, 10, 12);
  const [today, tomorrow] = [new Date(2026, 2, 10, 14, 5, 2), new Date(2026, 2, 11, 0, 0, 2)];
  expect(withLocalTimes(`Used up. It will reset at ${tomorrow.toISOString()}. Or ${today.toISOString()}?`, now)).toBe(
    "Used up. It will reset on Wednesday at 00:00. Or at 14:05?",
  );
  expect(withLocalTimes("2026-03-10 is a day", now)).toBe("2026-03-10 is a day");
});

describe("advice", () => {
  it("knows the core's codes, the wire's and the gateway's", () => {
    expect(adviceFor("daily_quota").isRetryable).toBe(false);
    expect(adviceFor("free_tier_busy")).toEqual(adviceFor("busy"));
    expect(adviceFor("busy").isRetryable).toBe(true);
    expect(adviceFor("invalid_api_key").title).toMatch(/token/);
    expect(adviceFor("nobody_knows").title).toBe(adviceFor(null).title);
  });

  it("tells a model's spent calls from a spent day", () => {
    expect(adviceFor("daily_quota", true).todo).toMatch(/another model/);
    expect(adviceFor("image_input", true)).toEqual(adviceFor("image_input"));
  });
});

function model(id: string, more: Partial<CallsLeft> = {}): CallsLeft {
  return {
    id,
    label: id,
    vendor: "V",
    modality: "chat",
    aliases: [],
    cost_per_call: 10,
    calls_left: 10,
    needs_picture: false,
    ...more,
  };
}

describe("models", () => {
  const spent = model("spent", { calls_left: 0 });

  it("of the same kind come in the order in which they are likely to answer: by calls left, then by cost", () => {
    const models = [
      spent,
      model("image", { modality: "image", calls_left: "unlimited" }),
      model("dear", { cost_per_call: 99 }),
      model("cheap", { cost_per_call: 1 }),
      model("few", { calls_left: 1, cost_per_call: 0 }),
    ];
    const others = [
      ...models,
      model("unknown", { cost_per_call: null, calls_left: null }),
      model("free", { calls_left: "unlimited", cost_per_call: 0 }),
      model("also-free", { calls_left: "unlimited", cost_per_call: 0 }),
      model("from-picture", { needs_picture: true }),
      model("also-spent", { calls_left: 0 }),
    ];
    expect(othersLike(others, spent).map(({ id }) => id)).toEqual([
      "free",
      "also-free",
      "cheap",
      "dear",
      "few",
      "also-spent",
      "unknown",
    ]);
  });

  it("that an error names come as it names them, as far as they are here", () => {
    const models = [model("gpt-4"), model("gpt-4o"), model("gpt-4.1", { needs_picture: true })];
    const message =
      'There is no model "gpt-4" in the catalog. Did you mean gpt-4o or gpt-4.1 or gone or gpt-4? Option.';
    expect(nearOf(models, message).map(({ id }) => id)).toEqual(["gpt-4o", "gpt-4"]);
    expect(nearOf(models, 'There is no model "gpt-4".')).toEqual([]);
    expect(nearOf(models, null)).toEqual([]);
  });

  it("are found by every word, in the order asked for", () => {
    const models = [
      spent,
      model("dear", { cost_per_call: 99, vendor: "Acme" }),
      model("none", { cost_per_call: null, calls_left: null }),
      model("free", { cost_per_call: 0, calls_left: "unlimited", aliases: ["gratis"] }),
      model("also-free", { cost_per_call: 0, calls_left: "unlimited" }),
    ];
    const ids = (search: string, kind: string, order: string): string[] =>
      filterModels(models, { search, kind, order }).map(({ id }) => id);
    expect(ids("", "", "calls")).toEqual(["also-free", "free", "dear", "spent", "none"]);
    expect(ids("", "", "cost")).toEqual(["also-free", "free", "spent", "dear", "none"]);
    expect(ids("", "", "name")).toEqual(["also-free", "dear", "free", "none", "spent"]);
    expect(ids("GRATIS v", "chat", "name")).toEqual(["free"]);
    expect(ids("dear acme", "", "name")).toEqual(["dear"]);
    expect(ids("", "image", "name")).toEqual([]);
  });

  it("say what is left of them", () => {
    expect([leftWords(spent), leftWords(model("m", { calls_left: "unlimited" }))]).toEqual(["0", "no limit"]);
    expect(leftWords(model("m", { calls_left: null }))).toBe("not known");
  });
});

it("likeness is 1 for one direction, and 0 for nothing", () => {
  const matrix = likenesses([
    [1, 0],
    [2, 0],
    [0, 3],
    [0, 0],
  ]);
  expect(matrix[0]).toEqual([1, 1, 0, 0]);
  expect(mostAlike(matrix)).toEqual({ one: 0, other: 1, value: 1 });
  expect(mostAlike([[1]])).toBeUndefined();
});
