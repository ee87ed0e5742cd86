/** Text of a model or a file as a terminal may have it: escape codes could move the cursor, retitle the window, or worse. */
export function safeText(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, "");
}

/** The same, on one line. */
export function safeLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029][\p{Cc}\s]*/gu, " ").trimEnd();
}

/** JSON as it means the same, with the control characters escaped that JSON lets pass: terminals obey those too. */
export function safeJson(json: string): string {
  return json.replace(/[\u007f-\u009f]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}
