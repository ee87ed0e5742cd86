import { once } from "node:events";
import { type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { freeTier, type LaplasOptions } from "@laplas/core";
import type { Fault, SandboxOptions } from "@laplas/sandbox";
import type { ChatLaplasFields } from "../chat/chat-fields.js";
import type { ChatLaplas } from "../chat/chat-laplas.js";
import { openWorld, type World } from "./open-world.js";
import { ENDLESS_MS, endEndless } from "./shorten-waits.js";

/** A call that fails, and what is left to a retry: nothing, success at the second attempt, or nothing because it was aborted. */
export interface ErrorShape {
  readonly name: string;
  readonly kind: "fatal" | "retryable" | "aborted";
  /** What the error has as its code, or its cause's. */
  readonly code: string | undefined;
  /** Requests that one failing attempt sends. */
  readonly sent: number;
  /** The shortest wait before the second attempt that the error asks for. */
  readonly retryAfterMs?: number;
  open(): Promise<Failing>;
}

export interface Failing {
  readonly world: World;
  readonly model: ChatLaplas;
  readonly input: BaseMessage[];
  readonly signal?: AbortSignal;
}

interface Setting {
  readonly text?: string;
  readonly image?: boolean;
  readonly sandbox?: SandboxOptions;
  readonly engine?: LaplasOptions;
  readonly fields?: ChatLaplasFields;
  readonly fault?: Fault;
  readonly prepare?: (world: World) => unknown;
}

const hello = "Hello";

async function fail(setting: Setting): Promise<Failing> {
  const world = await openWorld(setting.sandbox, setting.engine);
  if (setting.fault !== undefined) world.sandbox.fault(setting.fault);
  await setting.prepare?.(world);
  const text = setting.text ?? hello;
  const picture = { type: "image" as const, url: "https://example.com/cat.png" };
  const content = setting.image ? [{ type: "text" as const, text }, picture] : text;
  // The engine's own retries are off: these attempts are LangChain's.
  return { world, model: world.chat({ maxRetries: 0, ...setting.fields }), input: [new HumanMessage({ content })] };
}

const fatal = (code: string, sent: number, setting: Setting, name: string = code): ErrorShape => ({
  name,
  kind: "fatal",
  code,
  sent,
  open: () => fail(setting),
});

const retryable = (name: string, code: string, setting: Setting, sent = 1, retryAfterMs?: number): ErrorShape => ({
  name,
  kind: "retryable",
  code,
  sent,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  open: () => fail(setting),
});

const little = freeTier.rules.map((rule) => (rule.id === "daily_api_tokens" ? { ...rule, limit: 20 } : rule));

/** Takes the account's only place until a call has found it taken. */
async function occupy(world: World): Promise<void> {
  const found = Promise.withResolvers<void>();
  world.engine.onEvent((event) => void (event.type === "call" && event.code === "busy" && found.resolve()));
  world.sandbox.fault({ kind: "hold", until: found.promise });
  // Some paths are through before it is, and close the world under it: its retries must not run on into the next test.
  const first = world.chat({ maxRetries: 0 });
  first.invoke(hello).catch(() => {});
  await world.sandbox.received();
}

/** For so long a request may still run that failed on the way, and is not sent again. */
const LINGER_MS = 5_000;
/** On the free tier the engine keeps the place of such a request for that time, by a clock that no test moves. */
const engine = { tier: "paid" } as const;

/** Every code of this package, an abort, and every kind of trouble that an upstream can make. */
export const ERROR_SHAPES: readonly ErrorShape[] = [
  fatal("image_input", 0, { image: true }),
  fatal("output_tokens", 0, { engine: { onExcess: "refuse" }, fields: { maxTokens: 600 } }),
  fatal("model_not_on_tier", 0, { fields: { model: "gpt-99" } }),
  fatal("request_cost", 0, {
    engine: { admission: "worst-case", tier: { ...freeTier, name: "little", rules: little } },
  }),
  fatal("daily_quota", 1, { sandbox: { rules: { dailyApiTokens: 0 } } }),
  fatal("hourly_quota", 1, { sandbox: { rules: { hourlyRequests: 0 } } }),
  fatal("authentication", 1, { sandbox: { apiKeys: ["another"] } }),
  fatal("invalid_request", 1, { fault: { kind: "respond", status: 400, body: { message: "bad", statusCode: 400 } } }),
  fatal("invalid_request", 1, { fault: { kind: "respond", status: 422, body: { error: "no" } } }, "a status 422"),
  fatal("context_length", 1, { fields: { model: "gpt-3.5-turbo" }, text: "word ".repeat(20_000) }),
  fatal("unexpected_response", 1, { fault: { kind: "respond", status: 200, body: { ok: true } } }),
  retryable("rate_limited", "rate_limited", { fault: { kind: "rateLimit", retryAfterSeconds: 3 } }, 1, 2_900),
  retryable("busy", "busy", { engine: { patienceMs: 40 }, prepare: occupy }, 0, 1_000),
  retryable("a status 500", "unavailable", { fault: { kind: "serverError", status: 500 } }),
  retryable("a status 503", "unavailable", { fault: { kind: "serverError", status: 503 } }),
  retryable("a proxy's page", "unavailable", { engine, fault: { kind: "html", status: 502 } }, 1, LINGER_MS),
  retryable("network", "network", { engine, fault: { kind: "reset" } }, 1, LINGER_MS),
  retryable(
    "timeout",
    "timeout",
    {
      engine,
      fields: { timeout: ENDLESS_MS },
      fault: { kind: "stall", afterChunks: 0 },
      prepare: ({ sandbox }) => void sandbox.received().then(endEndless),
    },
    1,
    LINGER_MS,
  ),
  {
    name: "an abort",
    kind: "aborted",
    code: undefined,
    sent: 1,
    async open() {
      const controller = new AbortController();
      const { signal } = controller;
      const failing = await fail({ fault: { kind: "hold", until: once(signal, "abort") } });
      void failing.world.sandbox.received().then(() => controller.abort());
      return { ...failing, signal };
    },
  },
];
