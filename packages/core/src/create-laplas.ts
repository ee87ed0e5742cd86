import { engineOf } from "./create-engine.js";
import type { Engine } from "./engine.js";
import { type LaplasOptions, resolveOptions } from "./options.js";

/**
 * Creates the engine of the provider laplas. Nothing is opened or sent before the first call.
 *
 * @throws InvalidOptionsError naming the option and its environment variable
 * @example
 * ```ts
 * const laplas = createLaplas({ apiKey: "..." }); // or LAPLAS_API_KEY
 * const answer = await laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
 * console.log(answer.choices[0]?.message.content, answer.laplas.remaining);
 * ```
 */
export function createLaplas(options: LaplasOptions = {}): Engine {
  return engineOf(resolveOptions(options));
}
