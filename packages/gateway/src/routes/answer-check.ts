import { continueAtCapFor, type Laplas, refusalResponse } from "@laplas/core";
import { answerJson } from "./answer-json.js";
import { checkBody } from "./check-body.js";

/** Enough for every deployment of a router; each is decided in well under a millisecond. */
const MOST_REQUESTS = 200;

/**
 * `POST /v1/check`: the body of a call, or `{"requests": [...]}` with many, answered by `{"results": [...]}` in their order.
 * Nothing is spent. The header `x-laplas-continue` counts as for a call.
 *
 * @throws LedgerError, FatalUpstreamError
 */
export async function answerCheck(laplas: Laplas, request: Request): Promise<Response> {
  const options = { continueAtCap: continueAtCapFor(request.headers) };
  const body = await request.json().catch(() => undefined);
  const many: unknown = (body as { requests?: unknown } | null | undefined)?.requests;
  if (many === undefined) {
    return body === undefined
      ? wrong("The request's body is no JSON.")
      : answerJson(checkBody(await laplas.check(body, options), laplas.tier.unit));
  }
  if (!Array.isArray(many) || many.length > MOST_REQUESTS) {
    return wrong(`"requests" must be a list of at most ${MOST_REQUESTS} bodies of calls.`);
  }
  const results = [];
  for (const one of many) results.push(checkBody(await laplas.check(one, options), laplas.tier.unit));
  return answerJson({ object: "list", results });
}

function wrong(message: string): Response {
  return refusalResponse({ status: 400, code: "invalid_check", message }, { requestId: crypto.randomUUID() });
}
