import type { ChatRow } from "./chat-rows.js";

/** Anthropic's models, with ids and context sizes of the documentation of April 2025. */
// biome-ignore format: a table
export const claudeModels: readonly ChatRow[] = [
  ["anthropic/claude-3-haiku", "Claude 3 Haiku", "Anthropic", 200000, 0.525, 2.625, "sample"],
  ["anthropic/claude-3-haiku-20240307", "Claude 3 Haiku", "Anthropic", 200000, 0.525, 2.625, "sample"],
  ["claude-3-haiku-20240307", "Claude 3 Haiku", "Anthropic", 200000, 0.525, 2.625, "sample"],
  ["claude-3-haiku-latest", "Claude 3 Haiku", "Anthropic", 200000, 0.525, 2.625, "sample"],
  ["anthropic/claude-3-5-haiku", "Claude 3.5 Haiku", "Anthropic", 200000, 2.1, 10.5, "sample"],
  ["anthropic/claude-3-5-haiku-20241022", "Claude 3.5 Haiku", "Anthropic", 200000, 2.1, 10.5, "sample"],
  ["claude-3-5-haiku-20241022", "Claude 3.5 Haiku", "Anthropic", 200000, 2.1, 10.5, "sample"],
  ["claude-3-5-haiku-latest", "Claude 3.5 Haiku", "Anthropic", 200000, 2.1, 10.5, "sample"],
  ["anthropic/claude-3-opus", "Claude 3 Opus", "Anthropic", 200000, 31.5, 157.5, "sample"],
  ["anthropic/claude-3-opus-20240229", "Claude 3 Opus", "Anthropic", 200000, 31.5, 157.5, "sample"],
  ["claude-3-opus-20240229", "Claude 3 Opus", "Anthropic", 200000, 31.5, 157.5, "sample"],
  ["claude-3-opus-latest", "Claude 3 Opus", "Anthropic", 200000, 31.5, 157.5, "sample"],
  ["anthropic/claude-3-sonnet", "Claude 3 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
  ["claude-3-sonnet-latest", "Claude 3 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
  ["claude-3-sonnet-20240229", "Claude 3 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
  ["anthropic/claude-3-sonnet-20240229", "Claude 3 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
  ["anthropic/claude-3.5-sonnet", "Claude 3.5 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
  ["anthropic/claude-3.5-sonnet-20240620", "Claude 3.5 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
  ["anthropic/claude-3.5-sonnet-20241022", "Claude 3.5 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
  ["claude-3-5-sonnet-20240620", "Claude 3.5 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
  ["claude-3-5-sonnet-20241022", "Claude 3.5 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
  ["claude-3-5-sonnet-latest", "Claude 3.5 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
  ["claude-3-7-sonnet-20250219", "Claude 3.7 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
  ["claude-3-7-sonnet-latest", "Claude 3.7 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
  ["anthropic/claude-3.7-sonnet", "Claude 3.7 Sonnet", "Anthropic", 200000, 6.3, 31.5, "sample"],
];
