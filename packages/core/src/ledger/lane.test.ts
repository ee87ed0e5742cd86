import { describe, expect, it, test } from "vitest";
import { laneOf, parseLane, queueAhead } from "./lane.js";

const of = (buckets: string[], slots: string[] = []) => ({
  buckets: buckets.map((name) => ({ name, hold: 1 })),
  slots: slots.map((name) => ({ name, limit: 1 })),
});
const earlier = (lane: ReturnType<typeof of>, count = 1, waitsForWindow = false) => {
  return { lane: laneOf(lane), count, waitsForWindow };
};

describe("a lane", () => {
  it("is that of the same buckets and slots, in whichever order", () => {
    expect(laneOf(of(["b", "a"], ["y", "x"]))).toBe(laneOf(of(["a", "b"], ["x", "y"])));
    expect(laneOf(of(["a"], ["b"]))).not.toBe(laneOf(of(["a", "b"])));
    expect(laneOf(of(["a"]))).not.toBe(laneOf(of([], ["a"])));
  });

  test.each<[string[], string[]]>([
    [["a", "b"], ["x"]],
    [["a"], []],
    [[], ["x", "y"]],
    [[], []],
  ])("of %j and %j is read back", (buckets, slots) => {
    expect(parseLane(laneOf(of(buckets, slots)))).toEqual({ buckets, slots });
  });
});

describe("earlier tickets", () => {
  const own = of(["a", "b"], ["x", "y"]);

  it("are before a call where they share a bucket or a slot with it", () => {
    const tickets = [
      earlier(own, 2),
      earlier(of(["a"], ["z"]), 3),
      earlier(of(["c"], ["y"]), 5),
      earlier(of(["c"], ["z"]), 7),
    ];
    expect(queueAhead(own, tickets)).toEqual({ position: 10, inLane: 2, slots: [2, 7] });
  });

  it("keep no slot while the first of their lane waits for a window, and are before it all the same", () => {
    expect(queueAhead(own, [earlier(own, 2, true), earlier(of(["c"], ["x"]), 3)])).toEqual({
      position: 5,
      inLane: 2,
      slots: [3, 0],
    });
  });

  it("are none of a call that shares nothing", () => {
    expect(queueAhead(of([]), [earlier(own, 9)])).toEqual({ position: 0, inLane: 0, slots: [] });
    expect(queueAhead(own, [])).toEqual({ position: 0, inLane: 0, slots: [0, 0] });
  });
});
