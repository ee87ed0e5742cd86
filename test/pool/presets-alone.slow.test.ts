import { describe, expect, it } from "vitest";
import { type AloneCase, runAlone } from "./run-alone.ts";

/** Windows that hold hundreds of requests, with the least share of what a perfect client gets. */
const CASES: readonly (AloneCase & { readonly least: number })[] = [
  {
    title: "Groq, short prompts",
    preset: "groq",
    model: "openai/gpt-oss-120b",
    characters: 200,
    maxTokens: 20,
    least: 0.95,
  },
  { title: "Gemini Flash-Lite", preset: "gemini", model: "gemini-3.1-flash-lite", characters: 400, least: 0.95 },
  { title: "Gemma, prompts of 1,000 tokens", preset: "gemini", model: "gemma-3-27b-it", characters: 4_000, least: 0.8 },
  { title: "Mistral", preset: "mistral", model: "mistral-small-latest", characters: 400, least: 0.95 },
  {
    title: "Mistral, 4 requests a minute, as its headers alone say",
    preset: "mistral",
    model: "mistral-large-latest",
    characters: 400,
    least: 0.95,
  },
  {
    title: "Mistral, 25,000 tokens a minute, as its headers alone say",
    preset: "mistral",
    model: "mistral-medium-latest",
    characters: 8_000,
    least: 0.8,
  },
  { title: "Cloudflare", preset: "cloudflare", model: "@cf/openai/gpt-oss-120b", characters: 400, least: 0.8 },
];

describe("eight callers at one provider for 20 minutes", () => {
  it.each(CASES)("$title: no request is refused, and little is left unused", async (one) => {
    const { passed, perfect, refused, taught } = await runAlone(one);
    process.stdout.write(`${one.title} | ${passed} | ${perfect} | ${((100 * passed) / perfect).toFixed(1)} %\n`);
    expect(refused).toEqual([]);
    expect(taught).toBe(0);
    expect(passed / perfect).toBeGreaterThanOrEqual(one.least);
    expect(passed).toBeLessThanOrEqual(perfect);
  });
});
