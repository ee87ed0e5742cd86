import type { ServerResponse } from "node:http";
import { expect, it } from "vitest";
import { startGateway } from "./child.ts";
import { readStream } from "./event-text.ts";
import { API_KEY, ask, post, readQuota } from "./open-gateway.ts";
import { until } from "./until.ts";
import { answerBody, chunkEvent, openUpstream } from "./upstream.ts";

/** Each on an answer of its own: nothing may be taken for whole that is not. */

const PAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>";

type Break = (response: ServerResponse) => void;

/** Writes to the socket itself: what node:http would not let through. */
const raw =
  (text: string, then: "end" | "reset" = "end"): Break =>
  ({ socket }) => {
    socket?.write(text, () => (then === "end" ? socket.end() : socket.resetAndDestroy()));
  };
const whole =
  (status: number, body: string, headers: Record<string, string> = {}): Break =>
  (response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
const events =
  (text: string, then: (response: ServerResponse) => void): Break =>
  (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(text, () => then(response));
  };
const end = (response: ServerResponse): void => void response.end();
const reset = ({ socket }: ServerResponse): void => void socket?.resetAndDestroy();
const stall = (): void => {};

/** What both kinds of calls are told before any byte. */
const BEFORE: Record<string, { break: Break; status: number; code: string }> = {
  "no answer": { break: stall, status: 504, code: "free_tier_timeout" },
  "a reset": { break: reset, status: 503, code: "free_tier_network" },
  "no HTTP": { break: raw("220 mail.example.com ESMTP ready\r\n"), status: 503, code: "free_tier_network" },
  "half a head": { break: raw("HTTP/1.1 200 OK\r\ncontent-ty"), status: 503, code: "free_tier_network" },
  "a head without end": {
    break: raw(`HTTP/1.1 200 OK\r\n${"x-filler: 0123456789\r\n".repeat(5_000)}`),
    status: 503,
    code: "free_tier_network",
  },
  "an HTML page of 502": { break: whole(502, PAGE), status: 503, code: "free_tier_unavailable" },
  "an HTML page of 404": { break: whole(404, PAGE), status: 400, code: "free_tier_invalid_request" },
  "a redirect": {
    break: whole(302, "", { location: "http://127.0.0.1:9/" }),
    status: 502,
    code: "free_tier_unexpected_response",
  },
  "an error without end": {
    break: (response) => void response.writeHead(500).write("x".repeat(1_000_000)),
    status: 503,
    code: "free_tier_unavailable",
  },
  "a refused key": {
    break: whole(401, `{"message":"no such key: ${API_KEY}"}`),
    status: 401,
    code: "free_tier_authentication",
  },
};

/** What whole answers alone are told. */
const WHOLE: Record<string, { break: Break; status: number; code: string }> = {
  "an HTML page of 200": { break: whole(200, PAGE), status: 502, code: "free_tier_unexpected_response" },
  "no body": { break: whole(204, ""), status: 502, code: "free_tier_unexpected_response" },
  "half a JSON": { break: whole(200, '{"id":"c1","choi'), status: 502, code: "free_tier_unexpected_response" },
  "no object": { break: whole(200, "[1]"), status: 502, code: "free_tier_unexpected_response" },
  "no choices": { break: whole(200, '{"choices":{}}'), status: 502, code: "free_tier_unexpected_response" },
  "no message": {
    break: whole(200, '{"choices":[{"message":null}]}'),
    status: 502,
    code: "free_tier_unexpected_response",
  },
  "a body cut short": {
    break: raw(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n${answerBody("cut")}`),
    status: 503,
    code: "free_tier_network",
  },
  "a body that stalls": {
    break: (response) => void response.writeHead(200).write('{"id":"c1",'),
    status: 504,
    code: "free_tier_timeout",
  },
};

const SOME = chunkEvent("Herons ") + chunkEvent("stand ");

/** Streams that break after their head. */
const STREAMS: Record<string, { break: Break; code: string }> = {
  ...Object.fromEntries(
    ['{"choices":[null]}', '{"choices":"x"}', '{"choices":[{"delta":{"tool_calls":[null],"content":7}}]}'].map(
      (data) => [
        `holds ${data}`,
        {
          break: events(`${SOME}data: ${data}\n\n${chunkEvent("still.", "stop")}data: [DONE]\n\n`, end),
          code: "free_tier_unexpected_response",
        },
      ],
    ),
  ),
  "ends too early": { break: events(SOME, end), code: "free_tier_network" },
  "is reset": { break: events(SOME, reset), code: "free_tier_network" },
  stalls: { break: events(SOME, stall), code: "free_tier_timeout" },
  "stalls before its first event": {
    break: events("", (response) => response.flushHeaders()),
    code: "free_tier_timeout",
  },
  "breaks off in an event": { break: events(`${SOME}data: {"id":"c1","cho`, end), code: "free_tier_network" },
  "holds no JSON": { break: events(`${SOME}data: <b>\n\n`, stall), code: "free_tier_unexpected_response" },
  "holds null": { break: events(`${SOME}data: null\n\n`, stall), code: "free_tier_unexpected_response" },
  "tells an error": {
    break: events(`${SOME}data: {"error":{"message":"overloaded, key ${API_KEY}"}}\n\n`, end),
    code: "free_tier_unavailable",
  },
  "is an HTML page": { break: whole(200, PAGE), code: "free_tier_unexpected_response" },
  "is a whole answer": { break: whole(200, answerBody("whole")), code: "free_tier_unexpected_response" },
  "is empty": { break: whole(200, ""), code: "free_tier_network" },
  "is a body cut short": {
    break: raw(`HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n${SOME}`),
    code: "free_tier_network",
  },
};

/** Streams that are odd, and whole all the same. */
const ODD: Record<string, { break: Break; text: string }> = {
  "ends after its finish_reason without [DONE]": {
    break: events(SOME + chunkEvent("still.", "stop"), end),
    text: "Herons stand still.",
  },
  "is reset after [DONE]": { break: events(`${SOME}data: [DONE]\n\n`, reset), text: "Herons stand " },
  "has events that say nothing": {
    break: events(
      `${['{"choices":null}', '{"choices":[]}', '{"choices":[{"delta":null}]}', "{}"].map((data) => `data: ${data}\n\n`).join("")}${chunkEvent("still.", "stop")}data: [DONE]\n\n`,
      end,
    ),
    text: "still.",
  },
};

it("an upstream that breaks in any way is told as what it is, and the gateway lives on", async () => {
  const faults = { ...STREAMS, ...ODD, ...WHOLE, ...BEFORE };
  const calls = 2 * Object.keys(BEFORE).length + [WHOLE, STREAMS, ODD].flatMap(Object.keys).length;
  // Nothing breaks before all have arrived: the first three failures open the breaker, and later calls would meet that.
  const arrived: (() => void)[] = [];
  const upstream = await openUpstream((prompt, response) => {
    const fault = faults[prompt];
    if (fault === undefined) return whole(200, answerBody("Hello."))(response);
    arrived.push(() => fault.break(response));
    if (arrived.length === calls) for (const breaks of arrived) breaks();
  });
  const gateway = await startGateway({ engine: { baseURL: upstream.baseURL, tier: "paid", timeoutMs: 8_000 } });
  const call = async (prompt: string, stream: boolean) => {
    const response = await post(gateway.baseURL, ask(prompt, { stream }));
    return { prompt, status: response.status, headers: response.headers, body: await response.text() };
  };
  const told: Promise<void>[] = [];
  for (const [name, { status, code }] of Object.entries({ ...BEFORE, ...WHOLE })) {
    for (const stream of name in WHOLE ? [false] : [false, true]) {
      const check = async (): Promise<void> => {
        const answer = await call(name, stream);
        expect({ name, stream, status: answer.status }).toEqual({ name, stream, status });
        expect(JSON.parse(answer.body)).toEqual({
          error: { message: expect.any(String), type: expect.any(String), param: null, code },
        });
        expect(answer.headers.get("x-laplas-code")).toBe(code.replace("free_tier_", ""));
        expect(answer.body).not.toContain(API_KEY);
      };
      told.push(check());
    }
  }
  for (const [name, { code }] of Object.entries(STREAMS)) {
    const check = async (): Promise<void> => {
      const { status, body } = await call(name, true);
      expect({ name, status }).toEqual({ name, status: 200 });
      expect({ name, ...readStream(body) }).toMatchObject({ name, isWhole: false, error: { code } });
      expect(body).not.toContain("[DONE]");
      expect(body).not.toContain(API_KEY);
    };
    told.push(check());
  }
  for (const [name, { text }] of Object.entries(ODD)) {
    const check = async (): Promise<void> => {
      const { body } = await call(name, true);
      expect({ name, ...readStream(body) }).toEqual({ name, text, isWhole: true, error: undefined });
    };
    told.push(check());
  }
  const outcomes = await Promise.allSettled(told);
  for (const outcome of outcomes) if (outcome.status === "rejected") expect.soft(outcome.reason).toBeUndefined();

  await until(
    "requests upstream",
    () => upstream.running,
    (running) => running === 0,
  );
  const quota = await until(
    "the account",
    () => readQuota(gateway.baseURL),
    ({ running }) => running === 0,
  );
  expect(quota).toMatchObject({ waiting: 0, blocked_until: null });
  // So many failures with no answer between have opened the breaker, and callers are told when to come again.
  const next = await call("Hello", false);
  expect({ status: next.status, code: next.headers.get("x-laplas-code") }).toEqual({
    status: 503,
    code: "unavailable",
  });
  expect(Number(next.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(Number(next.headers.get("retry-after"))).toBeLessThanOrEqual(60);
  expect(gateway.stdout()).not.toContain(API_KEY);
  expect(gateway.stdout()).not.toContain("defect");
  expect(gateway.stderr()).toBe("");
});

it("a line without end is not gathered for ever", async () => {
  const CAP = 100_000_000;
  let taken = 0;
  const upstream = await openUpstream((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const piece = "x".repeat(100_000);
    const write = (): void => {
      while (taken < CAP && !response.destroyed) {
        taken += piece.length;
        if (!response.write(piece)) return void response.once("drain", write);
      }
      response.end();
    };
    response.write("data: ");
    write();
  });
  const gateway = await startGateway({ engine: { baseURL: upstream.baseURL, tier: "paid", timeoutMs: 5_000 } });
  const response = await post(gateway.baseURL, ask("a line without end", { stream: true }));
  expect(readStream(await response.text())).toMatchObject({
    isWhole: false,
    error: { code: "free_tier_unexpected_response" },
  });
  expect(taken).toBeLessThan(CAP);
  expect(gateway.stdout()).not.toContain("defect");
});
