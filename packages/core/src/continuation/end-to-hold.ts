/** How many UTF-16 units at the end of a cut text must neither be passed on nor be sent back yet. */
export function endToHold(text: string, isJSON: boolean): number {
  return isJSON ? 0 : text.length - text.trimEnd().length;
}
