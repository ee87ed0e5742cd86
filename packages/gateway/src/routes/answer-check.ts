import { type CheckResult, continueAtCapFor, type Laplas, refusalResponse } from "@laplas/core";
import { providerOf } from "../provider-of.js";
import { answerJson } from "./answer-json.js";
import { type CheckBody, checkBody } from "./check-body.js";

/** Enough for every deployment of a router; each is decided in well under a millisecond. */
const MOST_REQUESTS = 200;

/**
 * `POST /v1/check`: the body of a call, or `{"requests": [...]}` with many, answered by `{"results": [...]}` in their order.
 * Nothing is spent. The header `x-laplas-continue` counts as for a call.
 *
 * @throws LedgerError, FatalUpstreamError
 */
export async function answerCheck(laplas: Laplas, request: Request): Promise<Response> {
  const toBody = (result: CheckResult): CheckBody => checkBody(result, providerOf(laplas, result.provider).tier.unit);
  const options = { continueAtCap: continueAtCapFor(request.headers) };
  const body = await request.json().catch(() => undefined);
  const many: unknown = (body as { requests?: unknown } | null | undefined)?.requests;
  if (many === undefined) {
    return body === undefined
      ? wrong("The request's body is no JSON.")
      : answerJson(toBody(await laplas.check(body, options)));
  }
  if (!Array.isArray(many) || many.length > MOST_REQUESTS) {
    return wrong(`"requests" must be a list of at most ${MOST_REQUESTS} bodies of calls.`);
  }
  const results = [];
  for (const one of many) results.push(toBody(await laplas.check(one, options)));
  return answerJson({ object: "list", results });
}

function wrong(message: string): Response {
  return refusalResponse({ status: 400, code: "invalid_check", message }, { requestId: crypto.randomUUID() });
}
