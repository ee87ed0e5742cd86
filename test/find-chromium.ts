import { existsSync } from "node:fs";

const COMMANDS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** What a browser in a container needs, and what keeps it from asking the network for anything of its own. */
export const CHROMIUM_FLAGS: string[] = [
  // Chromium's own sandbox refuses to start as root, which a container's user is.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * The path of Debian's Chromium. Undefined where it is missing: one line says so, and in CI that is a failure.
 *
 * @param pages whose they are that nobody looks at without it
 */
export function findChromium(pages: string): string | undefined {
  const command = COMMANDS.find((path) => existsSync(path));
  if (command !== undefined) return command;
  const message = `!! Chromium is missing, so nobody looked at ${pages} pages: apt-get install chromium`;
  if (process.env.CI !== undefined && process.env.CI !== "") throw new Error(message);
  console.error(message);
  return undefined;
}
