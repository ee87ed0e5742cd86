import type { Provider } from "../provider/provider.js";

/** Names that the conventions give to providers, by the host that serves them (semantic conventions for GenAI 0.1, November 2026). */
const NAMES: Readonly<Record<string, string>> = {
  "api.anthropic.com": "anthropic",
  "api.cohere.ai": "cohere",
  "api.cohere.com": "cohere",
  "api.deepseek.com": "deepseek",
  "api.groq.com": "groq",
  "api.mistral.ai": "mistral_ai",
  "api.moonshot.ai": "moonshot_ai",
  "api.openai.com": "openai",
  "api.perplexity.ai": "perplexity",
  "api.x.ai": "x_ai",
  "generativelanguage.googleapis.com": "gcp.gemini",
};

/** A provider as traces name it: its well-known name, else its id. By its document's own address, whatever stands in front of it here. */
export function providerName({ baseURL, id }: Provider): string {
  return NAMES[new URL(baseURL).hostname] ?? id;
}
