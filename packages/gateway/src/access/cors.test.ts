import { expect, it } from "vitest";
import { behindCors } from "./cors.js";

const ORIGIN = "https://app.example.com";
const answer = behindCors(
  [ORIGIN],
  async () => new Response("ok", { headers: { "x-laplas-parts": "2", "x-laplas-ended": "complete" } }),
);

it("lets a page of a listed origin ask that its answers are continued, and read of how many parts they are and why they ended", async () => {
  const preflight = await answer(
    new Request("http://127.0.0.1:4114/v1/chat/completions", {
      method: "OPTIONS",
      headers: {
        origin: ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-laplas-continue",
      },
    }),
  );
  expect(preflight.headers.get("access-control-allow-headers")).toContain("x-laplas-continue");
  const { headers } = await answer(
    new Request("http://127.0.0.1:4114/v1/chat/completions", { method: "POST", headers: { origin: ORIGIN } }),
  );
  expect(headers.get("access-control-expose-headers")?.split(",")).toEqual(
    expect.arrayContaining(["x-laplas-parts", "x-laplas-ended"]),
  );
});
