/** Columns of the terminal; where there is none, or one that does not know, as many as most have. */
export function columnsOf(stream: Partial<Pick<NodeJS.WriteStream, "columns">> = process.stdout): number {
  return Math.max(40, stream.columns || 100);
}

/** Columns for what is cut or left out where there is no room: into a pipe goes everything. */
export function roomOf(stream: Partial<Pick<NodeJS.WriteStream, "columns">> = process.stdout): number {
  return stream.columns ? columnsOf(stream) : Number.POSITIVE_INFINITY;
}

/** Whether block characters can be shown: not on the Linux console, nor where the locale says that the text is no UTF-8. */
export function hasBlocks(environment: Readonly<Record<string, string | undefined>> = process.env): boolean {
  if (environment.TERM === "linux" || environment.TERM === "dumb") return false;
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || "UTF-8";
  return /utf-?8/i.test(locale);
}
