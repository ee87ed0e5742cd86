import { createLaplas, type Tier } from "@laplas/core";
import { duration } from "@laplas/gateway/bodies";
import type { GatewayConfig } from "../config/config-schema.js";
import type { Finding } from "./finding.js";

export const DEFAULT_URL = "https://api.apilaplas.com/v1";
const PATIENCE_MS = 10_000;
/** A `date` header counts in whole seconds. */
const HEADER_PRECISION_MS = 1_000;
/** Beyond this the day is wrong often enough to be refused. */
const WRONG_CLOCK_MS = 60_000;

/** Asks for the list of models, which costs nothing: reachable, key accepted, clock, and whether it is a gateway of ours. */
export async function examineUpstream(config: GatewayConfig): Promise<Finding[]> {
  const baseURL = (config.baseURL ?? DEFAULT_URL).replace(/\/+$/, "");
  const url = URL.parse(baseURL);
  // What is wrong with it the engine says, with the ledger.
  if (url === null || !/^https?:$/.test(url.protocol) || url.username + url.password !== "") return [];
  const started = Date.now();
  const answer = await get(`${baseURL}/models`, config.apiKey);
  const ended = Date.now();
  if ("reason" in answer) {
    return [
      {
        name: "base URL",
        state: "fault",
        passing: true,
        message: `${shown(baseURL)} can't be reached (${answer.reason})`,
        remedy: "Look at the network, a proxy or a firewall, and at LAPLAS_BASE_URL.",
      },
    ];
  }
  const models = await listOf(answer);
  return [
    examineAnswer(answer, models, shown(baseURL), ended - started),
    ...examineClock(answer.headers.get("date"), (started + ended) / 2, tierOf(config)),
    ...examineGateway(models, tierOf(config)),
  ];
}

/** The models that a server lists, in OpenAI's shape or bare. */
export async function listOf(answer: Response): Promise<readonly unknown[] | undefined> {
  const body: unknown = await answer.json().catch(() => undefined);
  const list = Array.isArray(body) ? body : (body as { data?: unknown } | null | undefined)?.data;
  return Array.isArray(list) ? list : undefined;
}

function examineAnswer(
  { ok, status }: Response,
  models: readonly unknown[] | undefined,
  baseURL: string,
  tookMs: number,
): Finding {
  const name = "base URL";
  if (ok && models !== undefined) return { name, state: "ok", message: `${baseURL} answers, in ${tookMs} ms` };
  if (status === 401 || status === 403) {
    return {
      name,
      state: "fault",
      message: `${baseURL} does not accept the key (${status})`,
      remedy: "Look at LAPLAS_API_KEY: was it copied whole, is it still valid, is it for this address?",
    };
  }
  if (status >= 500) {
    return {
      name,
      state: "fault",
      passing: true,
      message: `${baseURL} is in trouble (${status})`,
      remedy: "Try again later.",
    };
  }
  return {
    name,
    state: "warning",
    message: `${baseURL} answers, but not with a list of models (${status})`,
    remedy: "Look at LAPLAS_BASE_URL: it should end where /chat/completions begins, often in /v1.",
  };
}

/** The day that a budget belongs to begins by the server's clock, give or take the margin that the tier's windows have. */
export function examineClock(header: string | null, now: number, tier: Tier | undefined): Finding[] {
  const server = header === null ? Number.NaN : Date.parse(header);
  if (Number.isNaN(server)) return [{ name: "clock", state: "warning", message: "the server does not tell its time" }];
  // The header's second has begun some time before.
  const skewMs = now - (server + HEADER_PRECISION_MS / 2);
  const margins = tier?.rules.flatMap((rule) => (rule.kind === "window" ? [rule.marginMs] : [])) ?? [];
  const margin = Math.min(...margins, WRONG_CLOCK_MS) + HEADER_PRECISION_MS;
  const off = Math.abs(skewMs);
  if (off <= margin) return [{ name: "clock", state: "ok", message: "agrees with the server's" }];
  return [
    {
      name: "clock",
      state: off > WRONG_CLOCK_MS ? "fault" : "warning",
      message: `is ${duration(off)} ${skewMs > 0 ? "ahead of" : "behind"} the server's, so a new day is taken for begun ${skewMs > 0 ? "too early" : "too late"}`,
      remedy: "Set this machine's clock by the network: timedatectl set-ntp true",
    },
  ];
}

/** A gateway keeps the account already. Kept here as well, its day would be counted twice, and calls held back for nothing. */
function examineGateway(models: readonly unknown[] | undefined, tier: Tier | undefined): Finding[] {
  const { tier: theirs, modality } = (models?.[0] ?? {}) as { tier?: unknown; modality?: unknown };
  // Only our own list of models tells of the tier. Asking for /v1/quota would be a refused request everywhere else.
  if (typeof theirs !== "string" || typeof modality !== "string") return [];
  const name = "gateway";
  const counts = tier?.rules.some(({ kind }) => kind === "window") ?? true;
  if (!counts) return [{ name, state: "ok", message: "the base URL is a laplas gateway: the account is kept there" }];
  return [
    {
      name,
      state: "warning",
      message: "the base URL is a laplas gateway, which keeps the account; this tier keeps it a second time",
      remedy: "Use --tier paid (LAPLAS_TIER=paid) here: the gateway sees to the rules.",
    },
  ];
}

/** A wrong tier is told with the ledger, by the engine itself. */
function tierOf({ tier, models }: GatewayConfig): Tier | undefined {
  try {
    // Opens nothing before its first call.
    return createLaplas({ tier, models, apiKey: "none", ledger: "memory", environment: {} }).tier;
  } catch {
    return undefined;
  }
}

/** Asks without following redirects: what is sent is for this address. */
export async function get(
  url: string,
  apiKey: string | undefined,
  own: Readonly<Record<string, string>> = {},
): Promise<Response | { readonly reason: string }> {
  try {
    return await fetch(url, {
      headers: { ...own, ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) },
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    const { code, name, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    if (name === "TimeoutError") return { reason: `no answer within ${PATIENCE_MS / 1_000} s` };
    return { reason: typeof code === "string" ? code : message };
  }
}

/** An address may hold a name and password. */
export function shown(baseURL: string): string {
  const { origin, pathname } = new URL(baseURL);
  return `${origin}${pathname.replace(/\/$/, "")}`;
}
