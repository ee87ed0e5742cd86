import { describe, expect, it } from "vitest";
import { createItemMemory } from "./item-memory.js";

const item = (id: string, text = "") => ({ id, type: "message", text });

describe("the memory of items", () => {
  it("gives an item to its owner alone", () => {
    const memory = createItemMemory(() => 0);
    memory.keep("Bearer a", [item("msg_1")]);
    expect(memory.find("Bearer a", "msg_1")).toEqual(item("msg_1"));
    expect(memory.find("Bearer b", "msg_1")).toBeUndefined();
    expect(memory.find("", "msg_1")).toBeUndefined();
    expect(memory.find("Bearer a", "msg_2")).toBeUndefined();
  });

  it("keeps an item as it was, whatever becomes of the object", () => {
    const memory = createItemMemory(() => 0);
    const given = item("msg_1", "before");
    memory.keep("", [given]);
    given.text = "after";
    expect(memory.find("", "msg_1")).toEqual(item("msg_1", "before"));
  });

  it("forgets an item after an hour", () => {
    let now = 0;
    const memory = createItemMemory(() => now);
    memory.keep("", [item("msg_1")]);
    now = 3_599_999;
    expect(memory.find("", "msg_1")).toBeDefined();
    now = 3_600_000;
    expect(memory.find("", "msg_1")).toBeUndefined();
  });

  it("makes room for new items with the oldest", () => {
    const memory = createItemMemory(() => 0, { maxBytes: 10_000 });
    for (let number = 1; number <= 5; number += 1) memory.keep("", [item(`msg_${number}`, "x".repeat(1_400))]);
    expect([1, 2, 3, 4, 5].map((number) => memory.find("", `msg_${number}`) !== undefined)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    memory.keep("", [item("msg_6", "x".repeat(10_000))]);
    expect([3, 4, 5, 6].map((number) => memory.find("", `msg_${number}`))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("counts what it forgets: it is never full of nothing", () => {
    let now = 0;
    const memory = createItemMemory(() => now, { maxBytes: 10_000, maxAgeMs: 1_000 });
    for (let round = 0; round < 50; round += 1) {
      now += 1_000;
      memory.keep("", [item(`msg_${round}`, "x".repeat(3_000))]);
      expect(memory.find("", `msg_${round}`)).toBeDefined();
    }
  });
});
