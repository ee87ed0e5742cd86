import { type Catalog, createCatalog } from "@laplas/core";
import { createSandbox, paidRules, type Sandbox } from "@laplas/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/**
 * Two tables of prices, written apart: the catalog's, by which calls are estimated, and the sandbox's, by which they are
 * charged. On prose and on code they must agree within a quarter, each side of a call by itself. A token is four characters
 * to both.
 */

const prose =
  "The harbour lies open to the west, and on most evenings the light comes in low over the water. Boats return with the tide, " +
  "gulls behind them, and the men on the quay take the ropes without a word. In winter the same place is empty for weeks. ";
const code = `export function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) throw new TypeError("not a number: " + value);
    total += value;
  }
  return total;
}
`;
const texts = { prose: prose.repeat(6), code: code.repeat(6) };

/** Models whose rates are derived exactly from published figures. */
const derived = [
  "gpt-4",
  "gpt-4-turbo",
  "gpt-4-0125-preview",
  "gpt-4-1106-preview",
  "gpt-4.5-preview",
  "gpt-4o",
  "chatgpt-4o-latest",
  "gpt-4o-mini",
  "gpt-3.5-turbo",
  "openai/gpt-4.1-2025-04-14",
  "openai/gpt-4.1-mini-2025-04-14",
  "openai/gpt-4.1-nano-2025-04-14",
  "claude-3-opus-latest",
  "claude-3-sonnet-latest",
  "claude-3-5-sonnet-latest",
  "claude-3-7-sonnet-latest",
  "claude-3-haiku-latest",
  "x-ai/grok-3-beta",
  "o1",
];

const catalog: Catalog = createCatalog();
/** Those, and every model whose published "Hello" cost 50 API tokens or more, by each of their ids. */
const compared = catalog.models
  .filter(({ modality, hello }) => modality === "chat" && hello !== undefined && hello.input + hello.output >= 50)
  .flatMap(({ id, aliases }) => [id, ...aliases]);
const chatIds = [...new Set([...derived, ...compared])];
const embeddingIds = catalog.models
  .filter(({ modality, rates }) => modality === "embedding" && rates)
  .map(({ id }) => id);

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ rules: paidRules });
});
afterAll(() => sandbox.close());

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const response = await fetch(`${sandbox.baseURL}${path}`, {
    method: "POST",
    headers: { authorization: "Bearer key", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
  return answer as Answer;
}

interface ChatAnswer {
  choices: [{ message: { content: string } }];
  usage: { prompt_tokens: number; completion_tokens: number; completion_tokens_details: { reasoning_tokens: number } };
}

function ratesOf(name: string): { input: number; output: number } {
  const found = catalog.find(name);
  if (found.kind !== "model" || !found.model.rates) throw new Error(`${name} has no rates`);
  return found.model.rates;
}

const tokensOf = (text: string): number => text.length / 4;

function expectWithinAQuarter(charged: number, expected: number, what: string): void {
  expect.soft(charged / expected, `${what}: charged ${charged}, expected ${expected}`).toBeGreaterThan(0.75);
  expect.soft(charged / expected, `${what}: charged ${charged}, expected ${expected}`).toBeLessThan(1.25);
}

describe.each(["prose", "code"] as const)("on %s", (kind) => {
  it("sandbox and catalog agree about chat models, in and out", async () => {
    expect(chatIds.length).toBeGreaterThanOrEqual(75);
    for (const model of chatIds) {
      const messages = [
        { role: "user", content: texts[kind] },
        { role: "assistant", content: "Noted." },
        { role: "user", content: "Write 300 words about the sea." },
      ];
      const { choices, usage } = await post<ChatAnswer>("/chat/completions", { model, messages });
      const rates = ratesOf(model);
      const answered = tokensOf(choices[0].message.content) + usage.completion_tokens_details.reasoning_tokens;
      expect.soft(answered, model).toBeGreaterThan(200);
      expectWithinAQuarter(
        usage.prompt_tokens,
        tokensOf(messages.map(({ content }) => content).join("")) * rates.input,
        `${model}, in`,
      );
      expectWithinAQuarter(usage.completion_tokens, answered * rates.output, `${model}, out`);
    }
  });

  it("and about embedding models", async () => {
    expect(embeddingIds).toHaveLength(12);
    for (const model of embeddingIds) {
      const input = texts[kind];
      const { usage } = await post<{ usage: { total_tokens: number } }>("/embeddings", { model, input });
      expectWithinAQuarter(usage.total_tokens, tokensOf(input) * ratesOf(model).input, model);
    }
  });
});
