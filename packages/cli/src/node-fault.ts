/** As in the manifest's `engines`. */
const [LEAST_MAJOR, LEAST_MINOR] = [22, 16];

/** Why this version of Node can't run the command; `undefined` where it can. It imports nothing: it runs on every version. */
export function nodeFault(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > LEAST_MAJOR || (major === LEAST_MAJOR && minor >= LEAST_MINOR)) return undefined;
  return `Node ${version} is too old. It needs Node ${LEAST_MAJOR}.${LEAST_MINOR} or later: https://nodejs.org/en/download`;
}
