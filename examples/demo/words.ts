/** `1,234`, `1 file`, `2 files`. */
export function count(amount: number, noun?: string): string {
  const number = amount.toLocaleString("en");
  return noun === undefined ? number : `${number} ${noun}${amount === 1 ? "" : "s"}`;
}

/** `5 h 12 min`: how long it is until then. */
export function resetText(date: Date): string {
  const minutes = Math.max(1, Math.ceil((date.getTime() - Date.now()) / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
