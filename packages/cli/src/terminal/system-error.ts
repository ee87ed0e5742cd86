/** What the system's codes mean, for those that a person meets. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  EACCES: "not allowed",
  EPERM: "not allowed",
  EROFS: "nothing can be written there",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full for you",
  EFBIG: "the file may not become larger",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "a link leads to itself",
  EMFILE: "too many files are open",
};

/** Why the system did not do it: `ENOENT, there is no such file or folder`. */
export function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  const reason = typeof code === "string" ? REASONS[code] : undefined;
  return reason === undefined ? String(code) : `${code}, ${reason}`;
}

/** Puts the path to an error of the system's that has none, as those of writing do not. */
export function withPath(path: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof Error ? Object.assign(error, { path }) : error;
  };
}
