import { dayOf } from "../../clients/open-gateway.ts";
import type { Scene, SceneOptions } from "./open-stage.ts";

/** A call that is refused, and what Langflow has to make of it. */
export interface Trouble {
  readonly name: string;
  readonly options?: () => SceneOptions;
  /** Brings the trouble about; what it returns ends it. */
  readonly prepare?: (scene: Scene) => Promise<() => Promise<void>>;
  readonly model?: string;
  /** 429 heals, 422 never does. */
  readonly status: 429 | 422;
  readonly retryable: boolean;
  /** The gateway's. */
  readonly code: string;
  readonly message: RegExp;
  /** Requests that the upstream saw of this call. */
  readonly upstream: 0 | 1;
}

const HELLO = { model: "gpt-4o-mini", messages: [{ role: "user" as const, content: "Hello" }] };
const nothing = async (): Promise<void> => {};

/** Holds the one place that there is until it is let go. */
function busy(): Pick<Trouble, "options" | "prepare"> {
  const arrived = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  return {
    options: () => ({
      laplas: {
        patienceMs: 0,
        fetch: async (input, init) => {
          arrived.resolve();
          await release.promise;
          return fetch(input, init);
        },
      },
    }),
    prepare: async ({ laplas }) => {
      const holder = laplas.chat(HELLO);
      await arrived.promise;
      return async () => {
        release.resolve();
        await holder;
      };
    },
  };
}

const fault = (kind: Parameters<Scene["sandbox"]["fault"]>[0]) => ({
  prepare: async ({ sandbox }: Scene) => {
    sandbox.fault(kind);
    return nothing;
  },
});

/** What the upstream says, in words that Langflow would trip over: 404 for any "not found", a second call for the other. */
const TRAP = "'temperature' is not supported with this model; model x not found";

/** Every kind of refusal. Each is one request to the gateway. */
export const troubles = (): readonly Trouble[] => [
  {
    name: "a model that the tier lacks",
    model: "veo2",
    status: 422,
    retryable: false,
    code: "model_not_found",
    message: /^(?!.*(?:Fatal|Do not retry)).*veo2/s,
    upstream: 0,
  },
  {
    name: "a spent day",
    options: () => ({ laplas: { tier: dayOf(16) } }),
    prepare: async ({ laplas }) => {
      await laplas.chat(HELLO);
      return nothing;
    },
    status: 429,
    retryable: false,
    code: "free_tier_daily_quota",
    message: /^Daily budget used up\. Back at 00:00 UTC \(in 12 h\)\. (?!.*will reset at)/s,
    upstream: 0,
  },
  {
    name: "a place that is taken",
    ...busy(),
    status: 429,
    retryable: true,
    code: "free_tier_busy",
    message: /^Busy right now\. Try again in \d+ s\. /,
    upstream: 0,
  },
  {
    name: "a wrong token",
    options: () => ({ token: "a-token-that-nobody-has" }),
    status: 422,
    retryable: false,
    code: "invalid_api_key",
    message: /^(?!Fatal).*token/,
    upstream: 0,
  },
  {
    name: "an upstream that fails",
    ...fault({ kind: "serverError", status: 503 }),
    status: 429,
    retryable: true,
    code: "free_tier_unavailable",
    message: /^Busy right now\. Try again in \d+ s\. /,
    upstream: 1,
  },
  {
    name: "an upstream that says the day is spent",
    ...fault({ kind: "publishedError", status: 403 }),
    status: 429,
    retryable: false,
    code: "free_tier_daily_quota",
    message: /^Daily budget used up\. Back at \d\d:\d\d UTC \(in \d+ h/,
    upstream: 1,
  },
  {
    name: "an upstream that refuses the request",
    ...fault({ kind: "respond", status: 400, body: JSON.stringify({ error: { message: TRAP } }) }),
    status: 422,
    retryable: false,
    code: "free_tier_invalid_request",
    message: /^(?!Fatal)(?!.*not found).*option temperature/s,
    upstream: 1,
  },
  {
    name: "a key that the upstream does not take",
    options: () => ({ sandbox: { apiKeys: ["another"] } }),
    status: 422,
    retryable: false,
    code: "free_tier_authentication",
    message: /^(?!Fatal).*LAPLAS_API_KEY/,
    upstream: 1,
  },
  {
    name: "an upstream that answers nonsense",
    ...fault({ kind: "garbage" }),
    status: 422,
    retryable: false,
    code: "free_tier_unexpected_response",
    message: /^(?!Fatal)\S.{20,}/,
    upstream: 1,
  },
];

/** Starts the scene of a trouble; what it returns ends the trouble and says how many requests the upstream saw since. */
export async function bringAbout(
  trouble: Trouble,
  play: (options?: SceneOptions) => Promise<Scene>,
): Promise<{ scene: Scene; end(): Promise<number> }> {
  const scene = await play(trouble.options?.());
  const end = await trouble.prepare?.(scene);
  // The call that holds the place has reached the sandbox or is about to.
  const before = trouble.code === "free_tier_busy" ? 1 : scene.sandbox.counts().received;
  return {
    scene,
    async end() {
      await end?.();
      return scene.sandbox.counts().received - before;
    },
  };
}
