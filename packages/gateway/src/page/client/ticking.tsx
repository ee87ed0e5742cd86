import { useTicking } from "./ticker.js";

/** A text that goes with the time. It redraws nothing but itself. */
export function Ticking({ text }: { readonly text: (now: number) => string }): string {
  return useTicking(text);
}
