import { gzipSync } from "node:zlib";
import { longText } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";
import { chat, openGateway, post } from "./testing/open-gateway.js";

/** More than twice the tier's limit. */
const TEXT = longText({ kind: "sentences", tokens: 1_200 });

function said(stream: string): string {
  const chunks = [...stream.matchAll(/^data: (\{.*)$/gm)].map(([, data]) => JSON.parse(data ?? ""));
  return chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
}

describe("a gateway continues an answer", () => {
  it.each([false, true])(
    "that a request asks it to by a header, however its body came: packed %s",
    async (isPacked) => {
      const { ask, sandbox } = await openGateway({ showPrompts: true });
      const body = JSON.stringify(chat("Write"));
      const packed = { ...post(""), body: gzipSync(body), headers: { "content-encoding": "gzip" } };
      const init = isPacked ? packed : post(body);
      sandbox.write({ text: TEXT });
      const headers = { ...(init.headers as Record<string, string>), "x-laplas-continue": "8" };
      const response = await ask("/v1/chat/completions", { ...init, headers });
      expect((await response.json()).choices[0].message.content).toBe(TEXT);
      expect(response.headers.get("x-laplas-parts")).toBe("3");
      expect(response.headers.get("x-laplas-ended")).toBe("complete");
    },
  );

  it("and says in a header why it is no longer", async () => {
    const { ask, sandbox } = await openGateway();
    sandbox.write({ text: TEXT });
    const response = await ask("/v1/chat/completions", post(chat("Write"), { "x-laplas-continue": "1" }));
    expect(response.headers.get("x-laplas-ended")).toBe("parts");
    expect(response.headers.get("x-laplas-adjusted")).toBe("max_tokens=512_per_request");
  });

  it("for all that ask, and not for those who don't want it", async () => {
    const { ask, sandbox } = await openGateway({}, { continueAtCap: 4 });
    sandbox.write({ text: TEXT }, { times: 2 });
    const text = await (await ask("/v1/chat/completions", post(chat("Write", { stream: true })))).text();
    expect(said(text)).toBe(TEXT);
    const asIs = await ask("/v1/chat/completions", post(chat("Write"), { "x-laplas-continue": "0" }));
    expect((await asIs.json()).choices[0].finish_reason).toBe("length");
    expect(asIs.headers.get("x-laplas-parts")).toBeNull();
  });

  it("for no client whose header is no number", async () => {
    const { ask, sandbox } = await openGateway();
    const response = await ask("/v1/chat/completions", post(chat("Write"), { "x-laplas-continue": "yes" }));
    expect([response.status, sandbox.counts().received]).toEqual([400, 0]);
  });
});

describe("what a long answer costs", () => {
  /** 8,000 model tokens. */
  const body = chat("word".repeat(7_996), { max_tokens: 4_000 });

  it("is told by /v1/check, by the request's own header before the engine's option", async () => {
    const { ask, sandbox } = await openGateway();
    const check = async (headers = {}) => (await ask("/v1/check", post(body, headers))).json();
    expect((await check()).long_answer).toBeNull();
    const asked = await check({ "x-laplas-continue": "8" });
    expect(asked.long_answer).toEqual({
      parts: 9,
      tokens: 4_000,
      expected: 33_779,
      worst: expect.any(Number),
      share_of_day: 33_779 / 50_000,
      share_of_left: 33_779 / 50_000,
    });
    const many = await ask("/v1/check", post({ requests: [body, chat("Hello")] }, { "x-laplas-continue": "1" }));
    expect((await many.json()).results).toMatchObject([{ long_answer: { parts: 2 } }, { long_answer: { parts: 2 } }]);
    const wrong = await ask("/v1/check", post(body, { "x-laplas-continue": "yes" }));
    expect([wrong.status, sandbox.counts().received]).toEqual([400, 0]);
  });
});
