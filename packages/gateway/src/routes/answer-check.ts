import { continueAtCapFor, isProtocolName, type Laplas, refusalResponse } from "@laplas/core";
import { providerOf } from "../provider-of.js";
import { answerJson } from "./answer-json.js";
import { type CheckBody, checkBody } from "./check-body.js";

/** Enough for every deployment of a router; each is decided in well under a millisecond. */
const MOST_REQUESTS = 200;

/**
 * `POST /v1/check`: the body of a call, or `{"requests": [...]}` with many, answered by `{"results": [...]}` in their order.
 * `?protocol=responses` or `messages` says that they are bodies of that path. Nothing is spent. The header `x-laplas-continue` counts
 * as for a call.
 *
 * @throws LedgerError, FatalUpstreamError
 */
export async function answerCheck(laplas: Laplas, request: Request, agentContinueAtCap?: number): Promise<Response> {
  const asked = new URL(request.url).searchParams.get("protocol") ?? "chat";
  const protocol = isProtocolName(asked) ? asked : undefined;
  if (protocol === undefined && asked !== "chat") return wrong('"protocol" must be chat, responses or messages.');
  const said = continueAtCapFor(request.headers);
  const continueAtCap = said ?? (protocol === undefined ? undefined : agentContinueAtCap);
  const checkOne = async (body: never): Promise<CheckBody> => {
    const asking =
      protocol === undefined
        ? laplas.check(body, { continueAtCap })
        : laplas.check(body, { continueAtCap, protocol, headers: request.headers });
    const result = await asking;
    return checkBody(result, providerOf(laplas, result.provider).tier.unit);
  };
  const body = await request.json().catch(() => undefined);
  if (body === undefined) return wrong("The request's body is not JSON.");
  const many: unknown = (body as { requests?: unknown } | null)?.requests;
  if (many === undefined) return answerJson(await checkOne(body as never));
  if (!Array.isArray(many) || many.length > MOST_REQUESTS) {
    return wrong(`"requests" must be a list of at most ${MOST_REQUESTS} bodies of calls.`);
  }
  const results = [];
  for (const one of many) results.push(await checkOne(one as never));
  return answerJson({ object: "list", results });
}

function wrong(message: string): Response {
  return refusalResponse({ status: 400, code: "invalid_check", message }, { requestId: crypto.randomUUID() });
}
