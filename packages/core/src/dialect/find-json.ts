/** The JSON object or list that a text is, or that stands in its one code fence, whatever is said around it. `undefined` where it is none. */
export function findJson(text: string): string | undefined {
  return readJson(text) ?? readJson(fencedIn(text));
}

function fencedIn(text: string): string {
  const [before, fenced = "", ...others] = text.split("```");
  return before !== undefined && others.length === 1 ? fenced.replace(/^(?:json)?\s/i, "") : "";
}

function readJson(text: string): string | undefined {
  const json = text.trim();
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
