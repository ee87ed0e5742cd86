/**
 * Ends a JSON document early and validly: all up to `at` or to the end of the next complete value, in a string up to `at`
 * itself, then what is still open.
 */
export function closeJson(document: string, at: number): string {
  const open: string[] = [];
  let inString = false;
  let stringStart = 0;
  for (let index = 0; index < document.length; index += 1) {
    const unit = document[index];
    if (inString) {
      const isWhole = index >= at && !tears(document, index);
      if (isWhole && isValue(document, stringStart)) return `${document.slice(0, index)}"${closers(open)}`;
      if (unit === "\\") index += document[index + 1] === "u" ? 5 : 1;
      else if (unit === '"') inString = false;
    } else if (unit === '"') {
      inString = true;
      stringStart = index;
    } else if (unit === "{" || unit === "[") {
      open.push(unit);
    } else if (unit === "}" || unit === "]") {
      if (index >= at) return document.slice(0, index) + closers(open);
      open.pop();
    } else if (unit === "," && index >= at) {
      return document.slice(0, index) + closers(open);
    }
  }
  return document;
}

function tears(document: string, index: number): boolean {
  const unit = document.charCodeAt(index);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** A string is a value, not a key, where no colon follows it. */
function isValue(document: string, start: number): boolean {
  return !/^"(?:[^"\\]|\\.)*"\s*:/s.test(document.slice(start));
}

function closers(open: readonly string[]): string {
  return [...open]
    .reverse()
    .map((bracket) => (bracket === "{" ? "}" : "]"))
    .join("");
}
