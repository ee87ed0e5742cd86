/** Columns of the terminal; where there is none, or one that does not know, as many as most have. */
export function columnsOf(stream: { readonly columns?: number | undefined }): number {
  return Math.max(40, stream.columns || 100);
}

/** Columns for what is cut or left out where there is no room: into a pipe goes everything. */
export function roomOf(stream: { readonly columns?: number | undefined }): number {
  return stream.columns ? columnsOf(stream) : Number.POSITIVE_INFINITY;
}
