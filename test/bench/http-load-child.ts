import { Agent } from "undici";
import { answerParent } from "./child.ts";
import { quantile } from "./statistics.ts";
import { STREAM_WORD } from "./upstream-answers.ts";

/** How a protocol asks, and what an answer of it cannot lack. */
const PROTOCOLS = {
  chat: {
    path: "/chat/completions",
    fields: { messages: [{ role: "user", content: "Hello" }] },
    whole: '"choices"',
    end: "data: [DONE]\n\n",
  },
  responses: { path: "/responses", fields: { input: "Hello" }, whole: '"output"', end: "event: response.completed\n" },
  messages: {
    path: "/messages",
    fields: { messages: [{ role: "user", content: "Hello" }], max_tokens: 1_000 },
    whole: '"stop_reason"',
    end: "event: message_stop\n",
  },
} as const;

export type LoadProtocol = keyof typeof PROTOCOLS;

/** What to ask of a server. */
export interface HttpLoadQuestion {
  readonly protocol: LoadProtocol;
  readonly baseURL: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly stream: boolean;
  readonly ms: number;
}

/** What came of it. */
export interface HttpLoad {
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** Calls from a process of its own, on connections of its own, kept alive from one question to the next. */
const agents = new Map<string, Agent>();

answerParent(async ({ protocol, baseURL, headers, connections, stream, ms }: HttpLoadQuestion): Promise<HttpLoad> => {
  const { path, fields, whole, end } = PROTOCOLS[protocol];
  const { origin, pathname } = new URL(baseURL + path);
  const key = `${origin} ${connections}`;
  const agent = agents.get(key) ?? new Agent({ connections, pipelining: 1 });
  agents.set(key, agent);
  const body = JSON.stringify({ model: "gpt-4o-mini", ...fields, stream });
  const latencies: number[] = [];
  const startedAt = performance.now();
  const endsAt = startedAt + ms;
  const caller = async (): Promise<void> => {
    do {
      const calledAt = performance.now();
      const text = await call(agent, origin, pathname, headers, body);
      latencies.push(performance.now() - calledAt);
      // A gateway that answers something else would look fast.
      if (stream ? !text.includes(end) || !text.includes(STREAM_WORD) : !text.includes(whole)) {
        throw new Error(`${origin} answered ${text.slice(0, 300)}`);
      }
    } while (performance.now() < endsAt);
  };
  await Promise.all(Array.from({ length: connections }, caller));
  const elapsedMs = performance.now() - startedAt;
  return {
    calls: latencies.length,
    callsPerSecond: (latencies.length / elapsedMs) * 1_000,
    medianMs: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
  };
});

/** On `dispatch`, because whatever the caller costs is missing to the server on a machine of two cores. */
function call(
  agent: Agent,
  origin: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    agent.dispatch(
      { origin, path, method: "POST", headers: { "content-type": "application/json", ...headers }, body },
      {
        // Without it undici takes a handler for one of its older kind.
        onRequestStart: () => {},
        onResponseData: (_, piece) => void pieces.push(piece),
        onResponseEnd: () => resolve(Buffer.concat(pieces).toString()),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}
