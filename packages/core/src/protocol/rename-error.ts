import type { WireError } from "../errors/wire-error.js";

/**
 * An error with the client's names of fields and places: the engine names those of the chat that it made of the request.
 *
 * @param names the client's names by the engine's
 * @param withPlaces replaces the engine's places in a text by the client's
 */
export function renameFields(
  error: WireError,
  names: Readonly<Record<string, string>>,
  withPlaces: (text: string) => string,
): WireError {
  // A field may have the name of a property that every object inherits.
  const nameOf = (name: string): string | undefined => (Object.hasOwn(names, name) ? names[name] : undefined);
  const inWords = (text: string): string =>
    withPlaces(text).replace(/"(\w+)"/g, (found, name: string) => {
      const own = nameOf(name);
      return own === undefined ? found : `"${own}"`;
    });
  const { message, param, ...rest } = error.body.error;
  const renamed = param === null ? null : (nameOf(param) ?? inWords(param));
  return { ...error, body: { error: { ...rest, message: inWords(message), param: renamed } } };
}
