import { stripVTControlCharacters } from "node:util";

/** Lines as one text, without colors. */
export function plain(lines: readonly string[]): string {
  return stripVTControlCharacters(lines.join("\n"));
}
