/** An account belongs to a key at a server: a hash of both, so that the ledger holds no key. */
export async function accountName(baseURL: string, apiKey: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${new URL(baseURL).origin}\n${apiKey}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
