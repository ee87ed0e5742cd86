/** The shortest end of the text that stands once in it and that a follow-up can ask for; `undefined`: there is none. */
export function findAnchor(text: string): string | undefined {
  return text;
}
