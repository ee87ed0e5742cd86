import { describe, expect, it, test } from "vitest";
import type { ChatRequest, Usage } from "../request/wire-types.js";
import { ask, createPair, createTestEngine } from "../testing/engine.js";

/** Long enough for a cost that tells its tokens. */
const QUESTION = "Tell me about herons, and what they do all day beside the mill. ".repeat(40);
const SHAPES = ["usage", "meta"] as const;

/** An engine behind a gateway: of this version, or of the one before, which passed the upstream's `usage` on as it came. */
async function createChain(usage: (typeof SHAPES)[number], version: "this" | "before") {
  const { sandbox, laplas: inner, events } = await createPair({}, { usage });
  const innerURL = "http://gateway.test/v1";
  const outer =
    version === "this"
      ? createTestEngine(innerURL, { tier: "paid", fetch: inner.fetch })
      : createTestEngine(sandbox.baseURL, { tier: "paid" });
  const innerCost = () =>
    events.reduce((sum, event) => sum + (event.type === "call" ? (event.apiTokens ?? Number.NaN) : 0), 0);
  return { sandbox, outer: outer.laplas, innerCost: version === "this" ? innerCost : () => sandbox.used() };
}

/** Model tokens as the sandbox counted them: its answers have them in the later generation. */
async function tokensOf(request: ChatRequest): Promise<Usage | undefined> {
  const { sandbox } = await createPair({}, { usage: "meta" });
  const answer = await fetch(`${sandbox.baseURL}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer x", "content-type": "application/json" },
    body: JSON.stringify(request),
  });
  return ((await answer.json()) as { usage?: Usage }).usage;
}

const chains = SHAPES.flatMap((usage) => [[usage, "this"] as const, [usage, "before"] as const]);

describe.each(chains)("an answer with %s through a gateway of %s version", (usage, version) => {
  it("costs what the gateway was charged, and counts model tokens, whole and streamed", async () => {
    const { outer, innerCost, sandbox } = await createChain(usage, version);
    const request = ask(QUESTION, { model: "gpt-4o", max_tokens: 200 });
    const counted = await tokensOf(request);
    let soFar = 0;
    const check = (told: Usage | null | undefined, cost: number | undefined) => {
      expect(cost).toBe(innerCost() - soFar);
      soFar = innerCost();
      expect(cost).toBeGreaterThan(1_000);
      expect(told).toMatchObject({ ...pick(counted), api_tokens: cost });
      expect(told).not.toHaveProperty("estimated");
    };

    const whole = await outer.chat(request);
    check(whole.usage, whole.laplas.apiTokens);

    const stream = outer.chatStream({ ...request, stream_options: { include_usage: true } });
    let last: Usage | null | undefined;
    for await (const chunk of stream) last = chunk.usage;
    check(last, (await stream.report).apiTokens);
    expect(sandbox.used()).toBe(soFar);
  });

  it("of embeddings in several requests costs their sum", async () => {
    const { outer, innerCost } = await createChain(usage, version);
    const input = ["a heron", "an otter", "the mill by the river"];
    const { usage: told, laplas } = await outer.embed({ model: "BAAI/bge-base-en-v1.5", input });
    expect(laplas.apiTokens).toBe(innerCost());
    expect(told).toMatchObject({ api_tokens: innerCost() });
    expect(told?.total_tokens).toBeGreaterThanOrEqual(input.length);
  });

  it("of pictures costs what they did", async () => {
    const { outer, innerCost } = await createChain(usage, version);
    const { laplas } = await outer.image({ model: "flux/schnell", prompt: "A heron", n: version === "this" ? 2 : 1 });
    expect(laplas.apiTokens).toBe(innerCost());
    expect(laplas.apiTokens).toBeGreaterThan(0);
  });

  test.each(["claude-3-haiku-20240307", "gemini-2.0-flash-exp"])(
    "that streams without a word of its cost: %s",
    async (model) => {
      const { outer, innerCost } = await createChain(usage, version);
      const stream = outer.chatStream({
        ...ask("Tell me about herons.", { model, max_tokens: 300 }),
        stream_options: { include_usage: true },
      });
      const usages: Usage[] = [];
      for await (const chunk of stream) if (chunk.usage) usages.push(chunk.usage);
      const { apiTokens, estimated } = await stream.report;
      expect(usages).toMatchObject([{ api_tokens: apiTokens, estimated: true, prompt_tokens: expect.any(Number) }]);
      expect(estimated).toBe(true);
      if (version === "this") expect(apiTokens).toBe(innerCost());
    },
  );
});

function pick({ prompt_tokens, completion_tokens, total_tokens }: Usage = {}): Usage {
  return { prompt_tokens, completion_tokens, total_tokens } as Usage;
}
