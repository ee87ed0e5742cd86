const charactersPerToken = 4;

/** Model tokens of a text, as the sandbox counts them: one per four UTF-16 units, rounded up. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}

/** Where token `index` starts, moved by one where it would tear a surrogate pair: half a pair is not valid UTF-8. */
function boundary(text: string, index: number): number {
  const at = Math.min(index * charactersPerToken, text.length);
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at + 1 : at;
}

/** Token `index` of a text. The tokens of a text put together are the text. */
export function tokenAt(text: string, index: number): string {
  return text.slice(boundary(text, index), boundary(text, index + 1));
}

/** The first `count` tokens of a text. */
export function firstTokens(text: string, count: number): string {
  return text.slice(0, boundary(text, count));
}
