import { it, type TestContext } from "vitest";
import { type Door, type DoorName, type DoorOptions, dayOf, openDoor, rejection } from "./open-gateway.ts";

/** A question in no client's terms. */
export interface Question {
  readonly prompt: string;
  readonly model: string;
  readonly maxTokens?: number;
  /** An attached image as a data URL. */
  readonly image?: string;
  readonly apiKey: string;
}

/** What a client makes of a limit. Each looks at the error that the client threw, with its own classes. */
export interface LimitClient {
  /** Asks as the client's documentation does, with its own number of retries. @returns the answer's text */
  ask(door: Door, question: Question): Promise<string>;
  /** A client that lets every error through as `status`, `code` and `message` needs one check for all. */
  error(error: unknown, expected: ExpectedError): void;
  /** Requests at the door for an error that no retry heals. @default 1 */
  readonly tries?: number;
  /** The same for a spent day, whose 429 some clients take for one that passes. @default tries */
  readonly triesWhenSpent?: number;
  /** What the client says of an answer that the limit cuts, where it takes that for an error. */
  readonly cutError?: RegExp;
}

export interface ExpectedError {
  readonly status: number;
  readonly code: string;
  readonly message: RegExp;
}

const TOKEN = "a-token-of-one-client";
/** As data: some clients fetch an address themselves, before they ask. */
const PICTURE =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/**
 * Every limit of the tier through one client: which error comes, how often it was tried, and that the sandbox saw nothing of it.
 * The tests of one client run at the same time, since most of their time is the client's own pause before it asks again.
 */
export function obeysLimits(doorName: DoorName, client: LimitClient): void {
  const { ask, error, tries = 1, triesWhenSpent = tries, cutError } = client;
  const often = (status: number, times = tries): number[] => Array.from({ length: times }, () => status);
  const open = ({ onTestFinished }: TestContext, options: DoorOptions = {}): Promise<Door> =>
    openDoor(doorName, { ...options, onTestFinished });
  const hello = (door: Door, fields: Partial<Question> = {}): Promise<string> =>
    ask(door, { prompt: "Hello", model: "gpt-4o-mini", apiKey: TOKEN, ...fields });

  it.concurrent("an image attachment is a 400 and never sent", async (context) => {
    const { expect } = context;
    const door = await open(context);
    const thrown = await rejection(hello(door, { prompt: "What is this?", image: PICTURE }));
    error(thrown, { status: 400, code: "free_tier_image_input", message: /image/ });
    expect(door.statuses()).toEqual(often(400));
    expect(door.sandbox.counts().received).toBe(0);
  });

  it.concurrent("a model that is not on the tier is a 404 and never sent", async (context) => {
    const { expect } = context;
    const door = await open(context);
    const thrown = await rejection(hello(door, { model: "veo2" }));
    error(thrown, { status: 404, code: "model_not_found", message: /veo2/ });
    expect(door.statuses()).toEqual(often(404));
    expect(door.sandbox.counts().received).toBe(0);
  });

  it.concurrent("more than 512 output tokens are adjusted, said in a header, and answered", async (context) => {
    const { expect } = context;
    const door = await open(context);
    const asked = hello(door, { prompt: "Write 2000 words about the sea", maxTokens: 4_000 });
    if (cutError === undefined) expect((await asked).length).toBeGreaterThan(500);
    else expect(await rejection(asked)).toMatchObject({ message: expect.stringMatching(cutError) });
    expect(door.visits).toMatchObject([{ status: 200 }]);
    expect(door.visits[0]?.headers.get("x-laplas-adjusted")).toContain("=512");
    expect(door.sandbox.counts()).toMatchObject({ received: 1, answered: 1, refused: 0 });
  });

  it.concurrent("a spent day is a 429 with the reset, not waited for, and nothing of it is sent", async (context) => {
    const { expect } = context;
    const door = await open(context, { laplas: { tier: dayOf(16) } });
    await hello(door);
    const thrown = await rejection(hello(door));
    error(thrown, {
      status: 429,
      code: "free_tier_daily_quota",
      message: /It will reset at 2026-03-11T00:00:02\.000Z/,
    });
    expect(door.statuses()).toEqual([200, ...often(429, triesWhenSpent)]);
    expect(door.visits[1]?.headers.get("retry-after")).toBe("43202");
    expect(door.sandbox.counts()).toMatchObject({ received: 1, answered: 1, refused: 0 });
  });

  it.concurrent("calls at the same time wait their turn, and all are answered", async (context) => {
    const { expect } = context;
    const door = await open(context);
    const texts = await Promise.all(Array.from({ length: 5 }, () => hello(door)));
    expect(texts.every((text) => text.includes("Hello"))).toBe(true);
    expect(door.statuses()).toEqual([200, 200, 200, 200, 200]);
    expect(door.sandbox.counts()).toMatchObject({ answered: 5, refused: 0 });
  });

  it.concurrent("busy beyond the engine's patience is a 429 that the client comes back from after retry-after", async (context) => {
    const { expect } = context;
    const arrived = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const door = await open(context, {
      laplas: {
        patienceMs: 0,
        fetch: async (input, init) => {
          arrived.resolve();
          await release.promise;
          return fetch(input, init);
        },
      },
      // The call that holds the place ends once the client has its 429.
      onAnswer: ({ status }) => {
        if (status === 429) release.resolve();
      },
    });
    const holder = door.laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
    await arrived.promise;
    expect(await hello(door)).toContain("Hello");
    await holder;
    const [first, second] = door.visits;
    expect(first?.status).toBe(429);
    const pauseMs = Number(first?.headers.get("retry-after")) * 1_000;
    expect(pauseMs).toBeGreaterThanOrEqual(2_000);
    // Half a second for clients that round down or subtract the time the answer took.
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(pauseMs - 500);
    expect(door.statuses().at(-1)).toBe(200);
    expect(door.sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
  });

  it.concurrent("a failure of the upstream that passes is tried again by the client, and answered", async (context) => {
    const { expect } = context;
    const door = await open(context);
    door.sandbox.fault({ kind: "serverError", status: 503 });
    expect(await hello(door)).toContain("Hello");
    expect(door.statuses()).toEqual([503, 200]);
    expect(door.sandbox.counts()).toMatchObject({ received: 2, answered: 1, faulted: 1, refused: 0 });
  });

  it.concurrent("an upstream key that is not taken is a 401", async (context) => {
    const { expect } = context;
    const door = await open(context, { sandbox: { apiKeys: ["another"] } });
    error(await rejection(hello(door)), { status: 401, code: "free_tier_authentication", message: /LAPLAS_API_KEY/ });
    expect(door.statuses()).toEqual(often(401));
  });

  if (doorName !== "gateway") return;

  it.concurrent("a wrong gateway token is a 401 and never sent", async (context) => {
    const { expect } = context;
    const door = await open(context, { token: TOKEN });
    expect(await hello(door)).toContain("Hello");
    const thrown = await rejection(hello(door, { apiKey: "a-token-of-nobody" }));
    error(thrown, { status: 401, code: "invalid_api_key", message: /token/ });
    expect(door.statuses()).toEqual([200, ...often(401)]);
    expect(door.sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
  });
}
