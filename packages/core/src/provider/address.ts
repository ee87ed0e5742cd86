const PLACEHOLDER = /\{([a-z][a-zA-Z0-9_]*)\}/g;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The placeholders of an address, each once. */
export function placeholdersOf(address: string): string[] {
  return [...new Set([...address.matchAll(PLACEHOLDER)].map(([, name = ""]) => name))];
}

/** An address with the values of its placeholders, and without a slash at its end. */
export function fillIn(address: string, values: Readonly<Record<string, string>>): string {
  const filled = address.replace(PLACEHOLDER, (whole, name: string) => values[name] ?? whole);
  return new URL(filled).href.replace(/\/+$/, "");
}

/** A value may be one piece of a path or a host, and no more: it must not lead the key elsewhere. */
export function isPlainValue(value: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._~-]{0,199}$/.test(value);
}

/** Why an address can't be a provider's, as the end of a sentence. It is never quoted: one with a password is a secret. */
export function addressFault(address: string): string | undefined {
  const filled = address.replace(PLACEHOLDER, "x");
  if (/[{}\\\s]/.test(filled)) return "has blanks, or a placeholder that is not like {account}";
  const url = URL.canParse(filled) ? new URL(filled) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return "must be an address, like https://api.example.com/v1";
  if (url.username !== "" || url.password !== "") return 'holds a user or password. For the key there is "keyVariable"';
  if (url.search !== "" || url.hash !== "" || /[?#]/.test(filled)) return "must have neither query nor fragment";
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    return "must begin with https: without it the key can be read on the way. Only this machine's own addresses can do without";
  }
  return undefined;
}
