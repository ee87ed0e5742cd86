import type { QuotaBody } from "@laplas/gateway";
import { createSandbox, paidRules } from "@laplas/sandbox";
import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { type GatewayChild, startGateway } from "./child.ts";
import { type OddRequest, oddRequest, PROMPT } from "./odd-requests.ts";
import { API_KEY, ask, post, readQuota } from "./open-gateway.ts";
import { openConnection, readAnswers, type WireAnswer } from "./sockets.ts";
import { until } from "./until.ts";

const REQUESTS = 10_000;
const AT_ONCE = 32;
/** The same each time, so that a failure is the change's; another is tried with FUZZ_SEED. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_125);

it("ten thousand odd requests are answered as HTTP has it, and none is a fault of ours", async () => {
  console.log(`FUZZ_SEED=${SEED}`);
  // Half of them where nothing is limited, so that they get far; half where all rules hold.
  const paid = await createSandbox({ rules: paidRules, logLimit: 10 });
  const free = await createSandbox({ logLimit: REQUESTS });
  onTestFinished(() => paid.close());
  onTestFinished(() => free.close());
  const gateways = await Promise.all([
    startGateway({ engine: { baseURL: paid.baseURL, tier: "paid" } }),
    startGateway({ engine: { baseURL: free.baseURL, patienceMs: 5_000 } }),
  ]);
  const requests = fc.sample(oddRequest, { seed: SEED, numRuns: REQUESTS });
  const found = new Map<string, string>();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < requests.length) {
      const index = next;
      next += 1;
      const request = requests[index] as OddRequest;
      const fault = await faultOf(gateways[index % 2] as GatewayChild, request);
      // One of each kind is enough to read.
      if (fault !== undefined && !found.has(fault)) found.set(fault, show(request));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect.soft(Object.fromEntries(found)).toEqual({});

  for (const gateway of gateways) {
    expect.soft(defectsOf(gateway)).toEqual([]);
    expect.soft(gateway.stderr()).toBe("");
    for (const secret of [PROMPT, API_KEY]) expect(gateway.stdout()).not.toContain(secret);
    const isIdle = ({ running, waiting }: QuotaBody): boolean => running + waiting === 0;
    const quota = await until("the account", () => readQuota(gateway.baseURL), isIdle);
    expect(quota.blocked_until).toBeNull();
    expect((await fetch(`${gateway.url}/ready`)).status).toBe(200);
  }
  // Odd requests may be refused for what they are, none for what the tier's rules say.
  const refusals = new Set(free.requests.map(({ reason }) => reason));
  for (const reason of TIER_REASONS) expect(refusals).not.toContain(reason);
  expect((await post((gateways[0] as GatewayChild).baseURL, ask("Hello"))).status).toBe(200);
}, 300_000);

/** What the free tier's own rules refuse, as the sandbox calls it. */
const TIER_REASONS = [
  "concurrency",
  "daily_quota",
  "hourly_quota",
  "image_attachment",
  "image_count",
  "image_size",
  "output_tokens",
];

/** Where the gateway met what it did not expect, each place once. */
function defectsOf(gateway: GatewayChild): string[] {
  const lines = gateway.stdout().split("\n");
  const defects = lines.filter((line) => line.includes('"message":"defect"'));
  const places = defects.map((line) => {
    const { error, stack } = JSON.parse(line) as { error: string; stack: string[] };
    return `${error} ${stack
      .slice(0, 2)
      .join("")
      .replaceAll(/\(.*?\)/g, "")}`;
  });
  return [...new Set(places)];
}

/** What is wrong with a request's answer, in words that are the same for all of its kind. */
async function faultOf(gateway: GatewayChild, { bytes, method, endsEarly }: OddRequest): Promise<string | undefined> {
  if (!gateway.isRunning) return "the gateway has ended";
  const connection = await openConnection(gateway.url);
  connection.write(bytes);
  if (endsEarly) connection.socket.end();
  let answers: WireAnswer[];
  try {
    answers = readAnswers(await connection.closed());
  } catch (error) {
    connection.socket.destroy();
    return (error as Error).message.replace(/["{[].*/s, "");
  }
  // Node closes a tunnel that nobody opens, and a connection that its client has left, without a word.
  if (answers.length === 0) return endsEarly || method === "CONNECT" ? undefined : "no answer";
  for (const answer of answers) {
    const fault = faultOfAnswer(answer, method);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOfAnswer({ status, headers, body }: WireAnswer, method: string): string | undefined {
  if (status < 400) return undefined;
  if (body.includes(PROMPT) || body.includes(API_KEY))
    return `${status} with a secret: ${body.replace(/\d+/g, "0").slice(0, 200)}`;
  // The sandbox's own stack may end in a depth that the engine's still bears: then it failed, and is told as what it is.
  if (status === 503 && body.includes("The upstream answered 500")) return undefined;
  if (status >= 500) return `${status}: ${body.slice(0, 200)}`;
  // Node's own: for what is no HTTP, and for an `Expect` it does not know.
  if (headers.date === undefined || status === 417 || method === "HEAD") return undefined;
  if (!/^application\/json/.test(headers["content-type"] ?? "")) return `${status} without JSON`;
  const { error } = JSON.parse(body) as { error?: Record<string, unknown> };
  const isTold =
    ["message", "type", "code"].every((name) => typeof error?.[name] === "string") && "param" in (error ?? {});
  return isTold ? undefined : `${status} without error: ${body.slice(0, 200)}`;
}

function show({ bytes }: OddRequest): string {
  const shown = Buffer.from(bytes).toString("latin1");
  return shown.length > 1_500 ? `${shown.slice(0, 1_200)} ... ${shown.slice(-200)}` : shown;
}
