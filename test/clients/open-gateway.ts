import { createLaplas, type Laplas, type LaplasOptions } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import { createSandbox, type Sandbox, type SandboxOptions } from "@laplas/sandbox";
import { onTestFinished, type TestContext } from "vitest";

/** The two ways in that need no code of ours: a base URL, and a `fetch`. */
export const DOORS = ["gateway", "fetch door"] as const;
export type DoorName = (typeof DOORS)[number];

/** One request as it reached the door, and how it was answered. */
export interface Visit {
  readonly path: string;
  readonly at: number;
  /** 0 until it is answered. */
  status: number;
  headers: Headers;
}

export interface Door {
  readonly name: DoorName;
  readonly sandbox: Sandbox;
  readonly laplas: Laplas;
  /** What a client takes as its base URL. Nobody is there where the client takes `fetch`. */
  readonly baseURL: string;
  /** What a client takes as its `fetch`; undefined at the gateway, so that the client's own is tried. */
  readonly fetch: typeof globalThis.fetch | undefined;
  /** Every request that the client made, retries included. */
  readonly visits: readonly Visit[];
  /** Their statuses, in the order of the requests. */
  statuses(): number[];
}

export interface DoorOptions {
  readonly laplas?: LaplasOptions;
  readonly sandbox?: SandboxOptions;
  /** What clients have to show at the gateway. */
  readonly token?: string;
  /** Hears of an answer before the client does. */
  readonly onAnswer?: (visit: Visit) => void;
  /** Closes all with the test. A concurrent test hands in its own. @default the running test's */
  readonly onTestFinished?: TestContext["onTestFinished"];
}

export const NOON = Date.parse("2026-03-10T12:00:00.000Z");
export const UPSTREAM_KEY = "upstream-key-of-the-engine";

/** A sandbox, an engine before it and a door, gone when the test is over. The day is at noon, so no test meets a reset. */
export async function openDoor(name: DoorName, options: DoorOptions = {}): Promise<Door> {
  const onFinished = options.onTestFinished ?? onTestFinished;
  const sandbox = await createSandbox({ clock: { start: NOON, frozen: true }, ...options.sandbox });
  onFinished(() => sandbox.close());
  const laplas = createLaplas({
    apiKey: UPSTREAM_KEY,
    baseURL: sandbox.baseURL,
    ledger: "memory",
    now: () => sandbox.clock.now(),
    ...options.laplas,
  });
  onFinished(() => laplas.close());

  const visits: Visit[] = [];
  const counted = async (request: Request, answer: (request: Request) => Promise<Response>): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const visit: Visit = { path: pathname, at: performance.now(), status: 0, headers: new Headers() };
    visits.push(visit);
    const response = await answer(request);
    visit.status = response.status;
    visit.headers = response.headers;
    options.onAnswer?.(visit);
    return response;
  };
  const door = { name, sandbox, laplas, visits, statuses: () => visits.map(({ status }) => status) };

  if (name === "fetch door") {
    const fetch: typeof globalThis.fetch = (input, init) => counted(new Request(input, init), laplas.fetch);
    return { ...door, baseURL: "http://nobody.invalid/v1", fetch };
  }
  const clients = options.token === undefined ? [] : [{ name: "the test", token: options.token }];
  const gateway = createGateway({ laplas, clients });
  onFinished(() => gateway.close());
  const server = await listen(
    { ...gateway, fetch: (request) => counted(request, (received) => gateway.fetch(received)) },
    { port: 0 },
  );
  onFinished(async () => void (await server.close(0)));
  return { ...door, baseURL: server.baseURL, fetch: undefined };
}

/** The gateway on a free port of loopback. */
export function openGateway(options: DoorOptions = {}): Promise<Door> {
  return openDoor("gateway", options);
}

/** The free tier with a day of this many API tokens: "Hello" to gpt-4o-mini costs 16. */
export function dayOf(limit: number) {
  const evidence = { source: "the test", date: "2026-03-10", status: "assumed" } as const;
  const period = { type: "day" } as const;
  const rule = { id: "daily_api_tokens", kind: "window", meter: "credits", limit, period, evidence } as const;
  return { name: "small", title: "laplas free tier", extends: "free", rules: [rule] } as const;
}

/** Vectors to six digits: base64 carries single precision, decimals carry seven digits. */
export function rounded(vectors: readonly (readonly number[])[]): number[][] {
  return vectors.map((vector) => vector.map((value) => Number(value.toFixed(6))));
}

/** The vectors as the sandbox gives them, to six digits, asked without anything of ours between. */
export async function sandboxVectors(sandbox: Sandbox, input: readonly string[]): Promise<number[][]> {
  const response = await fetch(`${sandbox.baseURL}/embeddings`, {
    method: "POST",
    headers: { authorization: "Bearer somebody-else", "content-type": "application/json" },
    body: JSON.stringify({ model: "text-embedding-3-small", input }),
  });
  const { data } = (await response.json()) as { data: { embedding: number[] }[] };
  return rounded(data.map(({ embedding }) => embedding));
}

/** What a promise was rejected with. */
export async function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => {
      throw new Error(`expected an error, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}

/** Everything that a stream gives. */
export async function collect<Item>(stream: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
