import type { Laplas } from "@laplas/core";
import { createModelFinder, type ModelNames } from "../access/model-names.js";

/** The part of the path that every server of models ends with. */
const MODEL = /^(.*\/models\/)(.+?)\/*$/;

/**
 * Answers `GET /v1/models/{id}` for a name of the map by the model that serves it, under the name that was asked for: clients look for
 * their own. `undefined` for any other request.
 */
export function createModelAnswer(
  { fetch }: Pick<Laplas, "fetch">,
  names: ModelNames,
): (request: Request) => Promise<Response> | undefined {
  const find = createModelFinder(names);
  return ({ url, method, headers, signal }) => {
    if (method !== "GET" && method !== "HEAD") return undefined;
    const { pathname } = new URL(url);
    const [, before, name] = MODEL.exec(pathname) ?? [];
    const asked = name === undefined ? undefined : decodeName(name);
    const model = asked === undefined ? undefined : find(asked);
    if (asked === undefined || model === undefined || model === asked) return undefined;
    const address = new URL(`${before}${encodeURIComponent(model)}`, url);
    return answer(asked, fetch(address.href, { method, headers, signal }));
  };
}

async function answer(name: string, asked: Promise<Response>): Promise<Response> {
  const response = await asked;
  if (!response.ok || response.body === null) return response;
  const card = (await response.json()) as { readonly id: string; readonly object?: string; readonly alias_of?: string };
  // Anthropic's shape has a name to show, which is that of the model, and no room for more.
  const own = card.object === "model" ? { alias_of: card.alias_of ?? card.id } : {};
  return new Response(JSON.stringify({ ...card, id: name, ...own }), { headers: response.headers });
}

/** Ids hold slashes, and some clients escape them. */
function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
