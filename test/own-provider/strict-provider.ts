import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onTestFinished } from "vitest";
import { portOf } from "../gateway/sockets.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What the provider takes in a minute and a day. */
export const LIMITS = {
  requestsPerMinute: 10,
  tokensPerMinute: 3_000,
  requestsPerDay: { "heron-large": 40, "heron-small": 200 },
} as const;

type ModelId = keyof typeof LIMITS.requestsPerDay;

interface TalkBody {
  readonly model?: string;
  readonly messages?: unknown;
  readonly max_tokens?: number;
}

/** A request as the provider saw it. */
export interface SeenRequest {
  readonly at: number;
  readonly model: string;
  readonly status: number;
  readonly reason?: string;
  readonly tokens: number;
}

export interface StrictProvider {
  readonly baseURL: string;
  readonly requests: readonly SeenRequest[];
  /** Somebody else makes requests with the same key. */
  useElsewhere(model: ModelId, requests: number): void;
}

/**
 * A provider that nobody knows: OpenAI-compatible bodies, strict about their fields; limits of requests a minute, tokens a minute and
 * requests a day of each model, by the clock of UTC; headers that tell what is left; refusals in words of its own.
 */
export async function openStrictProvider(key: string, now: () => number): Promise<StrictProvider> {
  const requests: SeenRequest[] = [];
  const counts: Map<string, number> = new Map();
  const count = (name: string): number => counts.get(name) ?? 0;
  const add = (name: string, amount: number): void => void counts.set(name, count(name) + amount);
  const minute = (): number => Math.floor(now() / MINUTE_MS);
  const day = (): number => Math.floor(now() / DAY_MS);
  const minuteEnds = (): number => (minute() + 1) * MINUTE_MS;
  const dayEnds = (): number => (day() + 1) * DAY_MS;

  const refusal = (model: string): { status: number; reason: string; ends: number } | undefined => {
    const ofModel = (LIMITS.requestsPerDay as Record<string, number>)[model] ?? 0;
    if (count(`day ${day()} ${model}`) >= ofModel) return { status: 429, reason: "day-full", ends: dayEnds() };
    if (count(`requests ${minute()}`) >= LIMITS.requestsPerMinute)
      return { status: 429, reason: "minute-full", ends: minuteEnds() };
    if (count(`tokens ${minute()}`) >= LIMITS.tokensPerMinute)
      return { status: 429, reason: "minute-tokens-full", ends: minuteEnds() };
    return undefined;
  };

  const answer = (request: IncomingMessage, response: ServerResponse, text: string): unknown => {
    const at = now();
    const write = (status: number, body: unknown, headers: Record<string, string> = {}): unknown =>
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
    const refuse = (model: string, status: number, reason: string, headers: Record<string, string> = {}): unknown => {
      requests.push({ at, model, status, reason, tokens: 0 });
      // Not OpenAI's shape, and a list at its root.
      return write(status, [{ fault: { reason, said: `Sorry: ${reason}.` } }], headers);
    };
    if (request.headers.authorization !== `Bearer ${key}`) return refuse("", 401, "who-are-you");
    if (request.method !== "POST" || request.url !== "/api/talk") return refuse("", 404, "no-such-place");
    const { model = "", messages, max_tokens: most = 200, ...others } = JSON.parse(text) as TalkBody;
    if (!Object.hasOwn(LIMITS.requestsPerDay, model)) return refuse(model, 404, "no-such-model");
    if (Object.keys(others).length > 0) return refuse(model, 400, `odd-field ${Object.keys(others).join()}`);
    const full = refusal(model);
    const tellDay = (): Record<string, string> => {
      const limit = (LIMITS.requestsPerDay as Record<string, number>)[model] ?? 0;
      return {
        "x-day-left": String(Math.max(0, limit - count(`day ${day()} ${model}`))),
        "x-day-ends": ((dayEnds() - now()) / 1_000).toFixed(2),
      };
    };
    if (full !== undefined) {
      const wait = `${((full.ends - now()) / 1_000).toFixed(2)}s`;
      return refuse(model, full.status, full.reason, { ...tellDay(), "x-come-again-in": wait });
    }
    const prompt = Math.ceil(JSON.stringify(messages).length / 4);
    const completion = Math.min(most, 30);
    const tokens = prompt + completion;
    add(`day ${day()} ${model}`, 1);
    add(`requests ${minute()}`, 1);
    add(`tokens ${minute()}`, tokens);
    requests.push({ at, model, status: 200, tokens });
    return write(
      200,
      {
        id: `talk-${requests.length}`,
        object: "chat.completion",
        created: Math.floor(at / 1_000),
        model,
        choices: [
          {
            index: 0,
            message: { role: "assistant", content: "Herons stand still in the water." },
            finish_reason: "stop",
          },
        ],
        usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: tokens },
      },
      tellDay(),
    );
  };

  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
    request.on("end", () => answer(request, response, text));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    baseURL: `http://127.0.0.1:${portOf(server.address())}/api`,
    requests,
    useElsewhere: (model, amount) => add(`day ${day()} ${model}`, amount),
  };
}
