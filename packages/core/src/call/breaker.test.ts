import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, it, onTestFinished, test, vi } from "vitest";
import type { Laplas } from "../engine.js";
import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import type { LaplasOptions } from "../options.js";
import { ask, createTestEngine, rejection, type TestEngine } from "../testing/engine.js";
import { temporaryFile } from "../testing/ledger.js";
import { createSandbox, type Sandbox } from "../testing/sandbox.js";

const PAGE = "<html><head><title>Bad gateway</title></head><body>The origin did not answer.</body></html>";
const NOON = Date.parse("2026-03-10T12:00:00.000Z");
const TEN_MINUTES = 600;
/** How long the upstream works on behind a page. */
const WORK_MS = 3_000;

afterEach(() => void vi.useRealTimers());

const whole = async (laplas: Laplas, signal?: AbortSignal) => void (await laplas.chat(ask("Hello"), { signal }));
const streamed = async (laplas: Laplas, signal?: AbortSignal) => {
  for await (const _ of laplas.chatStream(ask("Hello"), { signal }));
};

/** How a call ended. */
interface End {
  /** Seconds after noon. */
  readonly begun: number;
  readonly ended: number;
  readonly error: LaplasError | undefined;
}

/** What is in front of the upstream, and a clock that the test moves. */
interface World {
  readonly sandbox: Sandbox;
  readonly fetch: typeof globalThis.fetch;
  /** When requests came, in seconds after noon. */
  readonly requests: number[];
  seconds(): number;
  /** Until everything that could happen at this moment has happened. */
  settled(): Promise<void>;
  pass(ms: number): Promise<void>;
}

/** A proxy that answers with a page while the upstream works on, as long as it is told to. */
async function openWorld(isDown: (seconds: number) => boolean): Promise<World> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const sandbox = await createSandbox({ clock: { start: NOON, frozen: true } });
  onTestFinished(() => sandbox.close());
  const seconds = () => (sandbox.clock.now() - NOON) / 1_000;
  const requests: number[] = [];
  let inFlight = 0;
  let working = 0;
  const passOn = async (...[input, init]: Parameters<typeof globalThis.fetch>): Promise<Response> => {
    requests.push(seconds());
    if (!isDown(seconds())) {
      const answer = await fetch(input, init);
      return new Response(await answer.text(), { status: answer.status, headers: answer.headers });
    }
    const work = Promise.withResolvers<void>();
    sandbox.fault({ kind: "hold", until: work.promise });
    working += 1;
    setTimeout(work.resolve, WORK_MS);
    void fetch(input, { ...init, signal: null })
      .then((held) => held.text())
      // Those that still work when a test ends are cut off.
      .catch(() => {})
      .finally(() => {
        working -= 1;
      });
    await sandbox.received(requests.length);
    return new Response(PAGE, { status: 502, headers: { "content-type": "text/html" } });
  };
  const settled = async (): Promise<void> => {
    do await turn();
    while (inFlight > 0);
    // What follows the last answer takes no I/O.
    for (let turns = 0; turns < 3; turns += 1) await turn();
  };
  return {
    sandbox,
    requests,
    seconds,
    settled,
    fetch: async (...request) => {
      inFlight += 1;
      return passOn(...request).finally(() => {
        inFlight -= 1;
      });
    },
    async pass(ms) {
      sandbox.clock.advance(ms);
      await vi.advanceTimersByTimeAsync(ms);
      await settled();
      while (working > sandbox.running()) await turn();
    },
  };
}

function openEngine(world: World, options: LaplasOptions = {}): TestEngine {
  return createTestEngine(world.sandbox.baseURL, {
    fetch: world.fetch,
    now: () => world.sandbox.clock.now(),
    ...options,
  });
}

/** Follows a call to its end. */
function follow(world: World, call: Promise<void>, ends: End[]): void {
  const begun = world.seconds();
  const end = (error?: LaplasError) => void ends.push({ begun, ended: world.seconds(), error });
  call.then(
    () => end(),
    (error: unknown) => {
      if (!isLaplasError(error)) throw error;
      end(error);
    },
  );
}

describe("ten minutes of pages while callers keep coming", () => {
  test.each([
    { kind: "whole", call: whole, engines: 1, maxRetries: 0, ledger: "memory" },
    { kind: "whole", call: whole, engines: 1, maxRetries: 2, ledger: "memory" },
    { kind: "streamed", call: streamed, engines: 1, maxRetries: 0, ledger: "memory" },
    { kind: "streamed", call: streamed, engines: 1, maxRetries: 2, ledger: "memory" },
    { kind: "whole", call: whole, engines: 2, maxRetries: 0, ledger: "memory" },
    { kind: "whole", call: whole, engines: 2, maxRetries: 2, ledger: "sqlite" },
  ])("cost three estimates ($kind, $engines engines, $maxRetries retries, $ledger)", async ({ call, ...options }) => {
    const world = await openWorld((seconds) => seconds < TEN_MINUTES);
    const ledger = options.ledger === "memory" ? "memory" : (`sqlite:${temporaryFile()}` as const);
    const engines = Array.from({ length: options.engines }, () =>
      openEngine(world, { ledger, maxRetries: options.maxRetries }),
    );
    const [first] = engines as [TestEngine];
    for (const { laplas } of engines) await laplas.status();
    const ends: End[] = [];
    const usedBy = async () => (await first.laplas.status()).windows[0]?.used ?? 0;
    const comeFor = async (until: number): Promise<void> => {
      while (world.seconds() < until) {
        for (const { laplas } of engines) follow(world, call(laplas), ends);
        await world.settled();
        await world.pass(1_000);
      }
    };

    await comeFor(1);
    const estimate = await usedBy();
    expect(estimate).toBeGreaterThan(0);
    await comeFor(TEN_MINUTES);
    const tries = [15, 25, 45, 85, 145, 205, 265, 325, 385, 445, 505, 565];
    expect(world.requests).toEqual([0, 5, 10, ...tries]);
    expect(await usedBy()).toBe(3 * estimate);
    expect(world.sandbox.counts()).toMatchObject({ received: world.requests.length, refused: 0 });
    // Nobody waits, and each was told when the next try is, whether it met the break or opened it.
    expect(ends).toHaveLength(TEN_MINUTES * options.engines);
    const next = (seconds: number) => [...tries, 625].find((at) => at > seconds) ?? Number.NaN;
    for (const { begun, ended, error } of ends) {
      if (ended < 10) continue;
      // Another engine looks within a quarter of a second; a pause before a retry ends with the next one.
      const atOnce = options.engines === 1 && options.maxRetries === 0;
      expect(ended - Math.max(begun, 10)).toBeLessThanOrEqual(atOnce ? 0 : 1);
      expect(error).toMatchObject({ code: "unavailable", retryable: true });
      expect(error?.retryAfterMs).toBe((next(ended) - ended) * 1_000);
    }
    const told = engines.flatMap(({ events }) => events);
    const charged = told.map((event) => (event.type === "call" ? (event.apiTokens ?? 0) : 0));
    expect(charged.reduce((sum, apiTokens) => sum + apiTokens, 0)).toBe(3 * estimate);

    await comeFor(626);
    expect(world.requests[15]).toBe(625);
    expect(ends.find(({ error, begun }) => error === undefined && begun > TEN_MINUTES)).toMatchObject({ ended: 625 });
    await comeFor(630);
    await world.pass(1_000);
    expect(world.requests.length).toBe(15 + 5 * options.engines);
    expect(ends.slice(-4 * options.engines).every(({ error }) => error === undefined)).toBe(true);
    expect(await usedBy()).toBe(3 * estimate + 5 * options.engines * 16);
    expect(world.sandbox.counts().refused).toBe(0);
  });
});

/** Three failures in a row, by callers who come when it is their turn. */
async function failThrice(world: World, { laplas }: TestEngine): Promise<void> {
  for (let failures = 0; failures < 3; failures += 1) {
    expect(await rejection(whole(laplas))).toMatchObject({ code: "unavailable", httpStatus: 502 });
    await world.pass(5_000);
  }
}

describe("the one try after a break", () => {
  it("takes the slot and lingers like any call, and costs nothing by its event and the account", async () => {
    const world = await openWorld(() => true);
    const engine = openEngine(world);
    const { laplas, events } = engine;
    await failThrice(world, engine);
    const { windows } = await laplas.status();
    expect(await rejection(whole(laplas))).toMatchObject({ httpStatus: 502, retryAfterMs: 10_000 });
    expect(events.filter(({ type }) => type === "call").at(-1)).toMatchObject({ outcome: "failed", apiTokens: 0 });
    expect(await laplas.status()).toMatchObject({ running: 1, windows });
    await world.pass(4_999);
    expect(await laplas.status()).toMatchObject({ running: 1 });
    await world.pass(1);
    expect(await laplas.status()).toMatchObject({ running: 0, windows });
  });

  it("is one, while those behind it wait; its answer lets them pass, and is charged", async () => {
    let isDown = true;
    const world = await openWorld(() => isDown);
    const engine = openEngine(world);
    const { laplas } = engine;
    await failThrice(world, engine);
    isDown = false;
    const used = (await laplas.status()).windows[0]?.used ?? 0;
    const first = laplas.chat(ask("Hello"));
    const second = laplas.chat(ask("Hello"));
    expect((await first).laplas).toMatchObject({ apiTokens: 16, estimated: false, attempts: 1 });
    expect((await second).laplas).toMatchObject({ apiTokens: 16, attempts: 1 });
    expect((await laplas.status()).windows[0]?.used).toBe(used + 32);
  });

  it("tells listeners when it begins, and when an answer ends the break", async () => {
    let isDown = true;
    const world = await openWorld(() => isDown);
    const engine = openEngine(world);
    const told = () => engine.events.filter(({ type }) => type === "breaker");
    await failThrice(world, engine);
    expect(told()).toEqual([
      { type: "breaker", at: new Date(NOON + 10_000), state: "open", until: new Date(NOON + 15_000) },
    ]);
    isDown = false;
    await whole(engine.laplas);
    await whole(engine.laplas);
    expect(told().slice(1)).toEqual([{ type: "breaker", at: new Date(NOON + 15_000), state: "closed" }]);
  });
});

describe("a check while the breaker is open", () => {
  it("refuses with the error of the call", async () => {
    const world = await openWorld(() => true);
    const engine = openEngine(world);
    for (let failures = 0; failures < 3; failures += 1) {
      if (failures > 0) await world.pass(5_000);
      await rejection(whole(engine.laplas));
    }
    const [check, error] = [await engine.laplas.check(ask("Hello")), await rejection(whole(engine.laplas))];
    expect(check).toMatchObject({ verdict: "refuse", error: { code: "unavailable", retryAfterMs: 5_000 } });
    expect(error).toMatchObject({ message: check.error?.message });
    expect(engine.events.at(-1)).toMatchObject({ type: "call", outcome: "refused", code: "unavailable", apiTokens: 0 });
  });
});

describe("what counts as a failure", () => {
  /** A server that answers each request as the test says, in turn; pages at the end. */
  function setup(...answers: ("page" | "nonsense" | "refusal" | "answer" | "silence" | "head")[]) {
    const at = { ms: NOON };
    const answered = {
      page: () => new Response(PAGE, { status: 502 }),
      nonsense: () => new Response(PAGE),
      refusal: () => Response.json({ error: { message: "Wrong.", code: "x" } }, { status: 400 }),
      answer: () => Response.json({ choices: [], usage: { total_tokens: 1 } }),
    };
    const asked: (() => void)[] = [];
    const send: typeof fetch = (_, init) => {
      const answer = answers.shift() ?? "page";
      if (answer !== "silence" && answer !== "head") return Promise.resolve(answered[answer]());
      const { promise, reject } = Promise.withResolvers<never>();
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      promise.catch(() => {});
      asked.shift()?.();
      const body = new ReadableStream({ pull: () => promise });
      return answer === "silence" ? promise : Promise.resolve(new Response(body));
    };
    const ledger = createMemoryStore({ now: () => at.ms });
    const open = (store = ledger) =>
      createTestEngine("http://upstream.test/v1", { ledger: store, fetch: send, now: () => at.ms });
    const fail = async ({ laplas }: TestEngine, call: Promise<void> = whole(laplas)): Promise<unknown> => {
      const error = await rejection(call).catch(() => undefined);
      // Past the time for which the slot is kept.
      at.ms += 5_000;
      return error;
    };
    return {
      ledger,
      open,
      fail,
      /** Resolves when a request that will not be answered has come. */
      silence: () => new Promise<void>((resolve) => asked.push(resolve)),
      isOpen: async ({ laplas }: TestEngine) => {
        at.ms -= 5_000;
        const { error } = await laplas.check(ask("Hello"));
        at.ms += 5_000;
        return error?.code === "unavailable";
      },
    };
  }

  test.each(["page", "nonsense", "refusal"] as const)("%s after two pages", async (answer) => {
    const { open, fail, isOpen } = setup("page", "page", answer);
    const engine = open();
    for (let call = 0; call < 3; call += 1) await fail(engine);
    expect(await isOpen(engine)).toBe(answer === "page");
    // What is no failure is no answer either.
    if (answer !== "page") await fail(engine);
    expect(await isOpen(engine)).toBe(true);
  });

  it("an answer starts the row anew", async () => {
    const { open, fail, isOpen } = setup("page", "page", "answer", "page", "page", "page");
    const engine = open();
    for (let call = 0; call < 5; call += 1) await fail(engine);
    expect(await isOpen(engine)).toBe(false);
    await fail(engine);
    expect(await isOpen(engine)).toBe(true);
  });

  test.each([
    ["whole", "silence", whole],
    ["whole", "head", whole],
    ["streamed", "silence", streamed],
    ["streamed", "head", streamed],
  ] as const)("not a caller who leaves a %s call in its %s", async (_, answer, call) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { open, fail, isOpen, silence } = setup("page", "page", answer);
    const engine = open();
    for (let failures = 0; failures < 2; failures += 1) await fail(engine);
    const controller = new AbortController();
    const reached = silence();
    const left = fail(engine, call(engine.laplas, controller.signal));
    await reached;
    controller.abort();
    await left;
    // It is read on for a while, then given up.
    await vi.advanceTimersByTimeAsync(5_000);
    await expect.poll(async () => (await engine.laplas.status()).windows[0]?.held).toBe(0);
    expect(await isOpen(engine)).toBe(false);
  });

  it("not an engine that is closed", async () => {
    const { open, fail, isOpen, silence, ledger } = setup("page", "page", "silence");
    const [engine, other] = [open({ ...ledger, close: async () => {} }), open()];
    for (let failures = 0; failures < 2; failures += 1) await fail(engine);
    const reached = silence();
    const broken = fail(engine);
    await reached;
    await engine.laplas.close();
    await broken;
    expect(await isOpen(other)).toBe(false);
    await fail(other);
    expect(await isOpen(other)).toBe(true);
  });

  it("not a call whose slot is lost", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    const { open, fail, isOpen, silence, ledger } = setup("page", "page", "silence");
    const engine = open({ ...ledger, shared: true, heartbeat: async (_, leases) => [...leases] });
    for (let failures = 0; failures < 2; failures += 1) await fail(engine);
    const reached = silence();
    const lost = fail(engine);
    await reached;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await lost).toMatchObject({ code: "ledger" });
    expect(await isOpen(engine)).toBe(false);
    await fail(engine);
    expect(await isOpen(engine)).toBe(true);
  });
});

it("an engine whose ledger can't be asked about the breaker throws the failure itself", async () => {
  const store = { ...createMemoryStore({ now: () => NOON }), view: () => Promise.reject(new Error("gone")) };
  const { laplas } = createTestEngine("http://upstream.test/v1", {
    ledger: store,
    fetch: async () => new Response(PAGE, { status: 502 }),
    now: () => NOON,
  });
  expect(await rejection(whole(laplas))).toMatchObject({ code: "unavailable", httpStatus: 502, retryAfterMs: 5_000 });
});
