const KEY = "laplas-token";

/** Kept for this tab, and for no longer than it is open. Where a browser forbids that, for as long as the page stays. */
let token: string | undefined = read();

function read(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

export function hasToken(): boolean {
  return token !== undefined;
}

/** Whether a text can be a token at all; a header takes no other characters. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

export function keepToken(next: string | undefined): void {
  token = next;
  try {
    if (next === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, next);
  } catch {
    // Then it lives in memory alone.
  }
}

/** Asks the gateway that this page came from, with the token if there is one. The path is relative: a proxy may add to it. */
export function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  return fetch(path, { ...init, headers, credentials: "omit", cache: "no-store", redirect: "error" });
}
