/** A text as the part of a pattern that matches it. Names come from callers, and may hold any sign. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
