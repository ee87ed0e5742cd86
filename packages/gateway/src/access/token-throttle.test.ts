import { describe, expect, it, test } from "vitest";
import { createTokenThrottle, networkOf } from "./token-throttle.js";

const HERE = "192.0.2.7";
const THERE = "192.0.2.8";

/** A throttle on a clock of the test's own. */
function open() {
  let now = 1_000_000;
  const asleep: { readonly ms: number; readonly wake: () => void }[] = [];
  const throttle = createTokenThrottle({
    now: () => now,
    sleep: (ms) => new Promise((resolve) => asleep.push({ ms, wake: resolve })),
  });
  return {
    judge: throttle.judge,
    pass: (ms: number) => {
      now += ms;
    },
    /** Ends all waits; returns how long they were. */
    wakeAll: () =>
      asleep.splice(0).map(({ ms, wake }) => {
        wake();
        return ms;
      }),
    fail: (times: number, address?: string) => {
      for (let count = 0; count < times; count += 1) void throttle.judge(address, undefined);
    },
  };
}

describe("wrong tokens", () => {
  it("are answered at once ten times, then ever later, up to five seconds", () => {
    const { judge, fail, wakeAll } = open();
    for (let count = 0; count < 10; count += 1) expect(judge(HERE, undefined)).toBeUndefined();
    fail(8, HERE);
    expect(wakeAll()).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
  });

  it("slow down their own address alone, and all without an address share one", () => {
    const { judge, fail, wakeAll } = open();
    fail(11, HERE);
    fail(11, undefined);
    wakeAll();
    expect(judge(THERE, undefined)).toBeUndefined();
    expect(judge(undefined, undefined)).toBeInstanceOf(Promise);
  });

  it("are forgotten after ten quiet minutes, and not before", () => {
    const { judge, fail, pass } = open();
    fail(20, HERE);
    pass(600_000);
    expect(judge(HERE, undefined)).toBeInstanceOf(Promise);
    pass(600_001);
    expect(judge(HERE, undefined)).toBeUndefined();
  });

  it("cost a bounded memory: of many addresses the oldest are forgotten", () => {
    const { judge, fail } = open();
    fail(11, HERE);
    for (let count = 0; count < 999; count += 1) fail(1, `10.0.${count >> 8}.${count & 255}`);
    expect(judge(HERE, undefined)).toBeInstanceOf(Promise);
    for (let count = 0; count < 1_000; count += 1) fail(1, `10.1.${count >> 8}.${count & 255}`);
    expect(judge(HERE, undefined)).toBeUndefined();
  });

  it("wait at most a thousand at a time; those beyond are refused without", async () => {
    const { judge, fail, wakeAll } = open();
    fail(1_010, HERE);
    expect(await judge(HERE, undefined)).toBe(false);
    expect(await judge(HERE, "alice")).toBe(false);
    expect(wakeAll()).toHaveLength(1_000);
    await Promise.resolve();
    expect(judge(HERE, undefined)).toBeInstanceOf(Promise);
    expect(wakeAll()).toHaveLength(1);
  });
});

describe("a right token", () => {
  it("that came from its address before is never slowed", () => {
    const { judge, fail } = open();
    expect(judge(HERE, "alice")).toBeUndefined();
    fail(2_000, HERE);
    expect(judge(HERE, "alice")).toBeUndefined();
  });

  it("that is new where tokens are guessed waits once, as long as a wrong one", async () => {
    const { judge, fail, wakeAll } = open();
    fail(12, HERE);
    wakeAll();
    const first = judge(HERE, "alice");
    // Its second try tells nothing sooner.
    expect(judge(HERE, "alice")).toBeInstanceOf(Promise);
    expect(wakeAll()).toEqual([500, 500]);
    expect(await first).toBe(true);
    expect(judge(HERE, "alice")).toBeUndefined();
    expect(judge(HERE, "bob")).toBeInstanceOf(Promise);
  });

  it("does not make up for wrong ones", () => {
    const { judge, fail } = open();
    void judge(HERE, "alice");
    fail(10, HERE);
    void judge(HERE, "alice");
    expect(judge(HERE, undefined)).toBeInstanceOf(Promise);
  });
});

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:DB8:1:2::9", "2001:db8:1:2"],
  ["2001:db8::9", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["", ""],
  ["x".repeat(500), "x".repeat(50)],
])("%s counts as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
