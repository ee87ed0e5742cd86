/** The JSON object or list that a text is, without a code fence around it. `undefined` where it is none. */
export function findJson(text: string): string | undefined {
  const [, fenced] = /^\s*```(?:json)?\s*\n?([\s\S]*?)\n?\s*```\s*$/i.exec(text) ?? [];
  const json = (fenced ?? text).trim();
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
