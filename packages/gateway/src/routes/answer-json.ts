/** An answer of the gateway's own: the engine's answers have a request id already. */
export function answerJson(value: object): Response {
  return new Response(JSON.stringify(value), {
    headers: { "content-type": "application/json", "x-request-id": crypto.randomUUID() },
  });
}
