import { InvalidOptionsError } from "@laplas/core";

/** Headers that only the engine may set, with the reason. */
const ENGINES_OWN: ReadonlyMap<string, string> = new Map([
  ["authorization", 'The key is option "apiKey".'],
  ["content-type", "Every request is JSON."],
]);

/**
 * A `fetch` that adds headers to every request and replaces those of the same name.
 *
 * @throws InvalidOptionsError naming the header, never its value, which may be a secret
 */
export function withHeaders(
  fetch: typeof globalThis.fetch | undefined,
  headers: Readonly<Record<string, string>>,
): typeof globalThis.fetch {
  const checked = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    const own = ENGINES_OWN.get(name.toLowerCase());
    if (own !== undefined) throw new InvalidOptionsError(`Option "defaultHeaders" can't set "${name}". ${own}`);
    if (typeof value !== "string" || !isHeader(checked, name, value)) {
      throw new InvalidOptionsError(`Option "defaultHeaders" has "${name}", which is not a valid header.`);
    }
  }
  // Looked up per request, because programs replace the global.
  const send: typeof globalThis.fetch = fetch ?? ((input, init) => globalThis.fetch(input, init));
  return (input, init) => {
    const all = new Headers(init?.headers);
    for (const [name, value] of checked) all.set(name, value);
    return send(input, { ...init, headers: all });
  };
}

function isHeader(headers: Headers, name: string, value: string): boolean {
  try {
    headers.set(name, value);
    return true;
  } catch {
    return false;
  }
}
