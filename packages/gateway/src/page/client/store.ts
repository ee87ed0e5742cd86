import { useEffect, useState } from "preact/hooks";

/** A value that changes, and those who hear of it. */
export interface Store<Value> {
  get(): Value;
  set(next: Value): void;
  /** The returned function ends it. */
  listen(listener: () => void): () => void;
}

export function createStore<Value>(first: Value): Store<Value> {
  const listeners = new Set<() => void>();
  let value = first;
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The value of a store, now and whenever it changes. */
export function useStore<Value>(store: Store<Value>): Value {
  const [value, setValue] = useState(() => store.get());
  useEffect(() => {
    const read = (): void => setValue(() => store.get());
    // It may have changed between the first look and this.
    read();
    return store.listen(read);
  }, [store]);
  return value;
}
