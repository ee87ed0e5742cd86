/** A file that is not read, and why. */
export interface LeftOut {
  readonly path: string;
  readonly reason: string;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "no permission to read it",
  EPERM: "no permission to read it",
  ELOOP: "a link in a circle",
  ENOENT: "gone since it was listed",
  ENAMETOOLONG: "the path is too long",
};

/** What the system's error means to a reader. */
export function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return (code && REASONS[code]) ?? `can't be read (${code ?? String(error)})`;
}

/** Files named one by one. A folder of a thousand blank files says so in a line. */
const MOST_NAMED = 20;

/** A line for each file that is left out, and one for the rest of them by reason. */
export function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  const lines = leftOut.slice(0, MOST_NAMED).map(({ path, reason }) => `${path}: ${reason}`);
  const counts = new Map<string, number>();
  for (const { reason } of leftOut.slice(MOST_NAMED)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...lines, ...[...counts].map(([reason, count]) => `and ${count} more: ${reason}`)];
}
