/** What a path leads to. `/v1` is recommended, not required. */
export type Route = "chat" | "embeddings" | "images" | "models";

const routes: Record<string, Route> = {
  "POST /chat/completions": "chat",
  "POST /embeddings": "embeddings",
  "POST /images/generations": "images",
  "GET /models": "models",
};

export function routeOf(method: string, url: string): Route | undefined {
  const path = url.replace(/[?#].*$/, "").replace(/^\/v1(?=\/)/, "");
  return routes[`${method} ${path}`];
}
