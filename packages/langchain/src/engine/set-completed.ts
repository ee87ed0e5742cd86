/**
 * Gives an error what was finished before it, in this package's shape: vectors or pictures. Where the engine has already put a
 * list there, that list is refilled, because the engine's property can't be defined anew.
 */
export function setCompleted(error: unknown, completed: readonly unknown[]): void {
  if (typeof error !== "object" || error === null || completed.length === 0) return;
  const existing = completedOf(error);
  if (existing.length > 0) existing.splice(0, existing.length, ...completed);
  else if (Object.isExtensible(error)) {
    Object.defineProperty(error, "completed", { value: [...completed], enumerable: true, configurable: true });
  }
}

/** The list that an error has as `completed`, or an empty one. */
export function completedOf(error: unknown): unknown[] {
  const completed = (error as { completed?: unknown } | null | undefined)?.completed;
  return Array.isArray(completed) ? completed : [];
}
