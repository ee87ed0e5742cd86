/**
 * Where a model's reasoning goes: nowhere because it has none, into `reasoning_content` always or only on demand, into
 * `<think>` in front of the content, or nowhere although it is counted.
 */
export type ReasoningStyle = "none" | "field" | "on-demand" | "think" | "hidden";

const styles: readonly [RegExp, ReasoningStyle][] = [
  [/deepseek-r1$|^deepseek-reasoner$|grok-3/, "field"],
  [/claude/, "on-demand"],
  [/QwQ/, "think"],
  [/^o[13]/, "hidden"],
];

export function reasoningStyleOf(id: string): ReasoningStyle {
  return styles.find(([pattern]) => pattern.test(id))?.[1] ?? "none";
}
