/**
 * The page's files as brotli packs them, in base64, by the tag of their text. That takes a second, so the build does it, and puts them
 * here; in the sources there are none.
 */
export const PACKS: ReadonlyMap<string, string> = new Map();
