import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { createLaplas, type LaplasEvent, type LaplasListener, type TierDocument } from "@laplas/core";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { holdAnswer } from "../../../gateway/src/testing/hold-answer.js";
import { createTerminal } from "../terminal/terminal.js";
import { openShell } from "../testing/open-shell.js";
import { tellWaits } from "./tell-waits.js";

const ESCAPE = "\u001b";
const NOON = Date.parse("2026-11-29T12:00:00.000Z");

describe("a wait", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOON });
    onTestFinished(() => void vi.useRealTimers());
  });

  /** What stands on stderr of a terminal, or of a pipe without columns, while the events of an engine are heard. */
  function setup(columns?: number) {
    const size = columns === undefined ? {} : { isTTY: true, columns };
    const stdout = Object.assign(new PassThrough(), size);
    const stderr = Object.assign(new PassThrough(), size);
    const environment = { NO_COLOR: "1" };
    const own = { stdin: new PassThrough(), stdout, stderr, environment, cwd: () => "/", events: new EventEmitter() };
    const terminal = createTerminal(own, () => {});
    const tier: TierDocument = {
      name: "own",
      title: "Own",
      rules: [
        {
          id: "rpm",
          kind: "window",
          meter: "requests",
          limit: 3,
          period: { type: "minute" },
          evidence: { source: "a test", date: "2026-01-01", status: "assumed" },
        },
      ],
    };
    const { providers, provider, close } = createLaplas({ apiKey: "k", ledger: "memory", environment: {}, tier });
    onTestFinished(close);
    let listener: LaplasListener = () => {};
    const onEvent = (heard: LaplasListener) => {
      listener = heard;
      return () => {
        listener = () => {};
      };
    };
    const stop = tellWaits(terminal, { onEvent, providers, provider });
    const shared = { id: "1", provider: "laplas", model: "m" } as const;
    const tell = (event: object): void => listener({ at: new Date(), ...event } as LaplasEvent);
    const full = { rule: "rpm", used: 3, limit: 3, unit: "requests" };
    return {
      stop,
      terminal,
      tell,
      waits: (seconds?: number, more: object = { full }) =>
        tell({
          type: "waiting",
          state: "waits",
          position: 0,
          ...shared,
          ...(seconds !== undefined && { until: new Date(Date.now() + seconds * 1_000) }),
          ...more,
        }),
      over: () => tell({ type: "waiting", state: "over", ...shared }),
      printed: (): string => String(stderr.read() ?? ""),
      full,
    };
  }

  it("counts down on one line of a terminal after a second, which its end takes away", () => {
    const { waits, over, printed, full } = setup(80);
    waits(50, { full, position: 2 });
    vi.advanceTimersByTime(999);
    expect(printed()).toBe("");
    vi.advanceTimersByTime(1);
    expect(printed()).toBe("\r\u001b[Kwaiting 49 s for requests per minute (3 of 3), 2 before you");
    vi.advanceTimersByTime(1_000);
    expect(printed()).toBe("\r\u001b[Kwaiting 48 s for requests per minute (3 of 3), 2 before you");
    waits(47, { full, position: 1 });
    vi.advanceTimersByTime(1_000);
    expect(printed()).toBe("\r\u001b[Kwaiting 46 s for requests per minute (3 of 3), 1 before you");
    over();
    expect(printed()).toBe("\r\u001b[K");
    vi.advanceTimersByTime(60_000);
    expect(printed()).toBe("");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is not longer than its line, and does not erase the answer's", () => {
    const narrow = setup(45);
    narrow.waits(50, { full: narrow.full, position: 2 });
    vi.advanceTimersByTime(1_000);
    expect(narrow.printed()).toBe("\r\u001b[Kwaiting 49 s for requests per minute");
    narrow.waits(50, { full: { ...narrow.full, unit: "a unit with a name that is longer than any line" } });
    vi.advanceTimersByTime(1_000);
    expect(narrow.printed()).toMatch(/^.{4}waiting 49 s for a unit with a name that is $/s);
    const { waits, over, printed, terminal } = setup(51);
    waits(50, { full: narrow.full, position: 2 });
    vi.advanceTimersByTime(1_000);
    expect(printed()).toBe("\r\u001b[Kwaiting 49 s for requests per minute, 2 before you");
    over();
    printed();
    terminal.stdout.write("The heron");
    waits(50);
    vi.advanceTimersByTime(3_000);
    expect(printed()).toBe("\nlaplas: waiting 49 s for requests per minute (3 of 3)\n");
    over();
    expect(printed()).toBe("");
  });

  it("is said once in a pipe, and the next for the same only after a minute", () => {
    const { waits, over, printed } = setup();
    waits(20);
    vi.advanceTimersByTime(20_000);
    expect(printed()).toBe("laplas: waiting 19 s for requests per minute (3 of 3)\n");
    over();
    waits(20);
    vi.advanceTimersByTime(20_000);
    over();
    expect(printed()).toBe("");
    waits(50);
    vi.advanceTimersByTime(30_000);
    expect(printed()).toMatch(/^laplas: waiting \d+ s for requests per minute \(3 of 3\)\n$/);
  });

  it.each<[string, number | undefined, object, string]>([
    ["another call", undefined, {}, "waiting for another call to end"],
    ["its turn", undefined, { position: 12 }, "waiting for its turn, 12 before you"],
    [
      "a limit of the server",
      6,
      { full: { rule: "x", used: 0, limit: 0, unit: "" } },
      "waiting 5 s for laplas, which asked for a pause",
    ],
  ])("for %s says so", (_, seconds, more, text) => {
    const { waits, printed, stop } = setup();
    waits(seconds, more);
    vi.advanceTimersByTime(1_000);
    expect(printed()).toBe(`laplas: ${text}\n`);
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("before another attempt ends by itself, and a short one is not worth a word", () => {
    const { tell, printed } = setup(80);
    tell({ type: "retry", code: "network", attempt: 1, waitMs: 999 });
    vi.advanceTimersByTime(5_000);
    expect(printed()).toBe("");
    tell({ type: "retry", code: "unavailable", attempt: 1, waitMs: 8_000 });
    // Of a stream the end of the request comes after the retry.
    tell({ type: "request", outcome: "failed", code: "unavailable" });
    vi.advanceTimersByTime(1_000);
    expect(printed()).toBe("\r\u001b[Kwaiting 7 s for another attempt (unavailable)");
    vi.advanceTimersByTime(9_000);
    expect(printed()).toMatch(new RegExp(`\r${ESCAPE}\\[K$`));
    expect(vi.getTimerCount()).toBe(0);
  });
});

it("of a real call is told while another holds its place, and the answer comes after it", async () => {
  const shell = await openShell();
  const held = holdAnswer(shell.sandbox);
  const first = shell.start(["chat", "Hello"]);
  await held.arrived;
  const second = shell.start(["chat", "Hello"]);
  await second.until("stderr", /^laplas: waiting for another call to end\n/);
  held.release();
  expect([await first.ended, await second.ended]).toEqual([0, 0]);
  expect(second.stdout()).toMatch(/^Hello there!/);
});
