/** Names of models that clients ask for, each with the one that serves it. `*` stands for any characters. */
export type ModelNames = Readonly<Record<string, string>>;

/** The model that serves a name, or nothing where the name is to stay. A name that stands there as it is comes before patterns, and those in their order. */
export function createModelFinder(names: ModelNames): (name: string) => string | undefined {
  const patterns = Object.entries(names).map(([pattern, model]) => [matcherOf(pattern), model] as const);
  return (name) => {
    if (Object.hasOwn(names, name)) return names[name];
    return patterns.find(([matcher]) => matcher.test(name))?.[1];
  };
}

function matcherOf(pattern: string): RegExp {
  const parts = pattern.split(/\*+/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}

/** A request, and where its model is another now, that one and the name that the client asked for. */
export interface NamedRequest {
  readonly request: Request;
  readonly renamed?: { readonly from: string; readonly to: string };
}

/** Holds the bodies of many calls. */
const CHECK = /\/check\/?(\?|$)/;

/** Gives requests of every protocol the model that serves the name they ask for. Without names nobody looks into a body. */
export function createModelNames(names: ModelNames): (request: Request) => Promise<NamedRequest> {
  if (Object.keys(names).length === 0) return async (request) => ({ request });
  const find = createModelFinder(names);
  const modelOf = (body: Body | undefined): string | undefined => {
    const model = typeof body?.model === "string" ? find(body.model) : undefined;
    return model === body?.model ? undefined : model;
  };
  const withModel = (value: unknown): unknown => {
    const body = asObject(value);
    const model = modelOf(body);
    return model === undefined ? value : { ...body, model };
  };
  return async (request) => {
    if (request.method !== "POST") return { request };
    const { url, method, headers, signal } = request;
    const text = await request.text();
    const again = (body: string): Request => new Request(url, { method, headers, signal, body });
    const body = readObject(text);
    if (CHECK.test(url) && Array.isArray(body?.requests))
      return { request: again(JSON.stringify({ ...body, requests: body.requests.map(withModel) })) };
    const from = body?.model;
    const to = modelOf(body);
    if (typeof from !== "string" || to === undefined) return { request: again(text) };
    return { request: again(JSON.stringify({ ...body, model: to })), renamed: { from, to } };
  };
}

/** The report of a call whose model is another one than was asked for. */
export function reportModel(response: Response, model: string): Response {
  const name = model.replace(/[^\w.:/-]/g, "_");
  const others = response.headers.get("x-laplas-adjusted");
  response.headers.set("x-laplas-adjusted", others === null ? `model=${name}` : `model=${name}, ${others}`);
  return response;
}

interface Body {
  readonly model?: unknown;
  readonly requests?: unknown;
}

function readObject(text: string): Body | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Body | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}
