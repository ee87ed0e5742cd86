import { createLaplas, type Laplas, type LaplasOptions } from "@laplas/core";
import { createGateway, type Gateway, type GatewayServer, listen } from "@laplas/gateway";
import { createSandbox, paidRules, type Sandbox, type SandboxOptions } from "@laplas/sandbox";
import type { Deployment } from "./open-worker.ts";

/** One request as it reached the gateway, and how it was answered. */
export interface Visit {
  readonly path: string;
  /** 0 until it is answered. */
  status: number;
}

/** A free-tier sandbox with a gateway before it, and another upstream without limits that takes over. */
export interface World {
  readonly sandbox: Sandbox;
  readonly laplas: Laplas;
  readonly baseURL: string;
  readonly port: number;
  readonly visits: readonly Visit[];
  /** Answers other than 200 to calls; questions to `/v1/check` are none. */
  refusals(): number;
  /** Calls that came: chats, embeddings, pictures. */
  calls(): number;
  /** Questions of the callback. */
  checks(): number;
  /** The vendor that the fallback goes to. */
  readonly other: Sandbox;
  /** Takes the gateway's socket away. */
  stop(): Promise<void>;
  /** Puts it back on the same port. */
  start(): Promise<void>;
  /** Gives no answer at all to these requests. */
  silent: ((request: Request) => boolean) | undefined;
  /** Answers everything in place of the gateway. */
  instead: ((request: Request) => Response | undefined) | undefined;
}

export interface WorldOptions {
  readonly laplas?: LaplasOptions;
  readonly sandbox?: SandboxOptions;
  readonly token?: string;
}

const CALLS = /\/(chat\/completions|embeddings|images\/generations|completions|responses)$/;

/** Takes what is to be done, the last first, when a world is not needed any more. */
export type CleanUp = (work: () => Promise<void>) => void;

/**
 * Noon of tomorrow: far from a day's end, and every reset lies ahead for LiteLLM as well, which has the machine's clock.
 */
const NOON = new Date().setUTCHours(36, 0, 0, 0);

/** Opens all of it on loopback. The sandbox's clock runs from noon, can be moved, and is the engine's. */
export async function openWorldUntil(cleanUp: CleanUp, options: WorldOptions = {}): Promise<World> {
  const sandbox = await createSandbox({ clock: { start: NOON }, ...options.sandbox });
  cleanUp(() => sandbox.close());
  const other = await createSandbox({ rules: paidRules });
  cleanUp(() => other.close());
  const laplas = createLaplas({
    apiKey: "upstream-key-of-the-engine",
    baseURL: sandbox.baseURL,
    ledger: "memory",
    now: () => sandbox.clock.now(),
    ...options.laplas,
  });
  cleanUp(() => laplas.close());

  const clients = options.token === undefined ? [] : [{ name: "the test", token: options.token }];
  const visits: Visit[] = [];
  let server: GatewayServer | undefined;
  let gateway: Gateway | undefined;

  const open = async (port: number): Promise<GatewayServer> => {
    const own = createGateway({ laplas, clients });
    gateway = own;
    server = await listen(
      {
        ...own,
        fetch: async (request) => {
          const visit: Visit = { path: new URL(request.url).pathname, status: 0 };
          visits.push(visit);
          if (world.silent?.(request) === true) await new Promise<never>(() => {});
          const response = world.instead?.(request) ?? (await own.fetch(request));
          visit.status = response.status;
          return response;
        },
      },
      { port },
    );
    return server;
  };
  const close = async (): Promise<void> => {
    await server?.close(0);
    gateway?.close();
    server = undefined;
  };
  const calls = (): Visit[] => visits.filter(({ path }) => CALLS.test(path));
  const world: World = {
    sandbox,
    laplas,
    other,
    visits,
    baseURL: "",
    port: 0,
    silent: undefined,
    instead: undefined,
    refusals: () => calls().filter(({ status }) => status !== 200).length,
    calls: () => calls().length,
    checks: () => visits.filter(({ path }) => path === "/v1/check").length,
    stop: close,
    start: async () => void (await open(world.port)),
  };
  const { baseURL } = await open(0);
  cleanUp(close);
  return Object.assign(world, { baseURL, port: Number(new URL(baseURL).port) });
}

/** 16 API tokens a day, one "Hello" of gpt-4o-mini: in the engine and in the sandbox. */
export function sixteenADay(): WorldOptions {
  const evidence = { source: "the test", date: "2026-11-25", status: "assumed" } as const;
  const period = { type: "day" } as const;
  const rule = { id: "daily_api_tokens", kind: "window", meter: "credits", limit: 16, period, evidence } as const;
  return {
    laplas: { tier: { name: "small", title: "laplas free tier", extends: "free", rules: [rule] } },
    sandbox: { rules: { dailyApiTokens: 16 } },
  };
}

/** Spends the window of either tier, past LiteLLM. */
export async function spend({ laplas, sandbox }: World): Promise<void> {
  await laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
  const { received, answered } = sandbox.counts();
  if (received !== 1 || answered !== 1) throw new Error("the window was not spent by one call");
}

/**
 * 16 API tokens, one "Hello" of gpt-4o-mini, in any 30 seconds: in the engine and in the sandbox. Their clock stands still, so the
 * window opens when a test moves it, however long the test takes.
 */
export function thirtySeconds(): WorldOptions {
  const evidence = { source: "the test", date: "2026-11-25", status: "assumed" } as const;
  const period = { type: "rolling", spanMs: 30_000 } as const;
  const rule = { id: "daily_api_tokens", kind: "window", meter: "credits", limit: 16, period, evidence } as const;
  return {
    laplas: {
      tier: { name: "thirty-seconds", title: "laplas free tier", extends: "free", rules: [rule] },
      // A caller that has a fallback does not want to wait for the window, which the engine would else let it do for a minute.
      patienceMs: 2_000,
    },
    sandbox: {
      rules: { dailyApiTokens: null, rollingWindow: { apiTokens: 16, spanMs: 30_000 } },
      clock: { start: NOON, frozen: true },
    },
  };
}

/** As `laplas litellm-config` writes a model. */
export function laplasModel(
  { baseURL }: Pick<World, "baseURL">,
  id = "gpt-4o-mini",
  { group = "laplas", mode = "chat", params = {}, info = {} }: LaplasModelOptions = {},
): Deployment {
  return {
    model_name: group,
    litellm_params: { model: `openai/${id}`, api_base: baseURL, api_key: "unused", num_retries: 0, ...params },
    model_info: {
      id: `laplas/${id}`,
      laplas: true,
      mode,
      allowed_fails_policy: { RateLimitErrorAllowedFails: 0, AuthenticationErrorAllowedFails: 0 },
      ...info,
    },
  };
}

interface LaplasModelOptions {
  readonly group?: string;
  readonly mode?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly info?: Readonly<Record<string, unknown>>;
}

/** Somebody else's model, which has no limits. */
export function otherModel({ other }: Pick<World, "other">, group = "other"): Deployment {
  return {
    model_name: group,
    litellm_params: { model: "openai/gpt-4o", api_base: other.baseURL, api_key: "of-another-vendor" },
    model_info: { id: "other" },
  };
}
