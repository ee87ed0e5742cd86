import type { UsageMetadata } from "@langchain/core/messages";
import type { Usage } from "@laplas/core";

/** The usage of an answer in LangChain's words, in model tokens. What the call cost stands in `response_metadata.laplas`. */
export function toUsageMetadata(usage: Usage | null | undefined): UsageMetadata | undefined {
  if (usage === null || usage === undefined) return undefined;
  const input = count(usage.prompt_tokens) ?? 0;
  const output = count(usage.completion_tokens) ?? 0;
  const inputDetails = details(usage.prompt_tokens_details, { audio: "audio_tokens", cache_read: "cached_tokens" });
  const outputDetails = details(usage.completion_tokens_details, {
    audio: "audio_tokens",
    reasoning: "reasoning_tokens",
  });
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: count(usage.total_tokens) ?? input + output,
    ...(inputDetails && { input_token_details: inputDetails }),
    ...(outputDetails && { output_token_details: outputDetails }),
  };
}

/**
 * The same as a field to spread into a message. Core's types (1.4.0) come out as `never` for it in programs that are checked
 * with exactOptionalPropertyTypes; this is the one place that says otherwise.
 */
export function usageField(usage: Usage | null | undefined): { usage_metadata?: never } {
  const metadata = toUsageMetadata(usage);
  return metadata === undefined ? {} : { usage_metadata: metadata as never };
}

function details<Name extends string>(
  from: unknown,
  names: Record<Name, string>,
): Partial<Record<Name, number>> | undefined {
  if (typeof from !== "object" || from === null) return undefined;
  const found: Partial<Record<Name, number>> = {};
  for (const [name, field] of Object.entries(names) as [Name, string][]) {
    const value = count((from as Record<string, unknown>)[field]);
    if (value !== undefined) found[name] = value;
  }
  return Object.keys(found).length > 0 ? found : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
