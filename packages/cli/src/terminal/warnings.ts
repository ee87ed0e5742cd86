/** The warnings of a run. Each message is printed once. */
export interface Warnings {
  add(message: string): void;
  /** Holds warnings back, so that none is printed in the middle of an answer. The returned function prints or drops them. */
  hold(): (shows: boolean) => void;
}

export function createWarnings(print: (message: string) => void): Warnings {
  const printed: Set<string> = new Set();
  let held: string[] | undefined;
  const add = (message: string): void => {
    if (held !== undefined) {
      held.push(message);
      return;
    }
    if (!printed.has(message)) print(message);
    printed.add(message);
  };
  return {
    add,
    hold() {
      held = [];
      return (shows) => {
        const messages = held ?? [];
        held = undefined;
        if (shows) for (const message of messages) add(message);
      };
    },
  };
}
