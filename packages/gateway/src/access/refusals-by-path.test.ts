import { expect, test } from "vitest";
import { openGateway, post } from "../testing/open-gateway.js";

const clients = [{ name: "alice", token: "token-of-alice-91c2" }];

// Codex waits for as long as a pause says, whatever the status.
test.each([
  ["/v1/chat/completions", "300", { error: { type: "authentication_error", code: "invalid_api_key" } }],
  ["/v1/messages", "300", { type: "error", error: { type: "authentication_error" } }],
  ["/v1/responses", null, { error: { type: "authentication_error", code: "invalid_api_key" } }],
])("a call without a token at %s is refused in the words of its protocol", async (path, pause, body) => {
  const { ask } = await openGateway({ clients });
  const response = await ask(path, post({}));
  expect([response.status, response.headers.get("retry-after")]).toEqual([401, pause]);
  expect(await response.json()).toMatchObject(body);
});
