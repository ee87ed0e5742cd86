import { useEffect, useState } from "preact/hooks";
import type * as Library from "./library.js";

let loading: Promise<typeof Library> | undefined;
let loaded: typeof Library | undefined;

/** Loads `library.js` from beside the page's program, once. Rejects where the gateway can't be reached; the next call tries again. */
export function loadLibrary(): Promise<typeof Library> {
  loading ??= import("./library.js").then(
    (library) => {
      loaded = library;
      return library;
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

/** The library, `undefined` until it is here. */
export function useLibrary(): typeof Library | undefined {
  const [library, setLibrary] = useState(() => loaded);
  useEffect(() => {
    if (library === undefined) void loadLibrary().then(setLibrary, () => {});
  }, [library]);
  return library;
}
