import { minuteShape } from "./minute-shape.js";
import { openrouterWords } from "./openrouter-words.js";
import type { Preset, PresetModel, WindowRule } from "./preset.js";
import type { PresetSettings } from "./preset-settings.js";
import type { CheckedBody, Violation } from "./strictness.js";

/*
 * OpenRouter's free models, as its limits page was read on 2026-10-17: all of them one count of the account, 50 a UTC day
 * (1000 after a purchase of 10 credits) and 20 a minute. Attempts that fail count. What a minute is was not said.
 */

const price = { input: 0.00000005, output: 0.00000025 };

const freeIds: readonly string[] = [
  "openai/gpt-oss-120b:free",
  "openai/gpt-oss-20b:free",
  "nvidia/nemotron-3-super-120b-a12b:free",
  "z-ai/glm-5.3-flash:free",
  "google/gemma-4-31b-it:free",
];

const paid: readonly PresetModel[] = ["openai/gpt-oss-120b", "openai/gpt-oss-20b", "anthropic/claude-sonnet-4.5"].map(
  (id) => ({ id, contextTokens: 131_072, limits: {}, price }),
);

/** OpenRouter without credits. */
export function openrouter({ minute = "sliding", boughtCredits = false, balanceUsd = 0 }: PresetSettings): Preset {
  const limits = { requests_minute: 20, requests_day: boughtCredits ? 1000 : 50 };
  const windows: readonly WindowRule[] = [
    {
      id: "requests_day",
      measure: "requests",
      scope: "account",
      shape: { kind: "calendar", unit: "day", timeZone: "UTC" },
      countsRefusals: true,
    },
    { id: "requests_minute", measure: "requests", scope: "account", shape: minuteShape(minute) },
  ];
  const free = freeIds.map((id) => ({ id, contextTokens: 131_072, limits, tools: !id.includes("gemma") }));
  const any = { system: "any", developer: "any", user: "any", assistant: "any", tool: "any" } as const;
  return {
    name: "openrouter",
    base: "/api/v1",
    routes: { "POST /chat/completions": "chat", "GET /models": "models", "GET /key": "key" },
    models: [...paid, ...free],
    windows,
    publicModels: true,
    balanceUsd,
    alwaysUsage: true,
    defaultMaxTokens: 4096,
    answerFields: { provider: "SandboxHost" },
    strictness: { root: "any", messages: any, toolFunction: "any", further: toolFault },
    words: openrouterWords(boughtCredits),
  };
}

function toolFault(body: CheckedBody, model: PresetModel): Violation | undefined {
  if (model.tools !== false || !Array.isArray(body.tools) || body.tools.length === 0) return undefined;
  return { kind: "invalid", path: ["tools"], message: "No endpoints found that support tool use." };
}
