import type { WireError } from "../errors/wire-error.js";

/**
 * An error in which the client finds what it sent: the engine speaks of the chat that was made of it.
 *
 * @param names the client's for the engine's names of fields
 * @param withPlaces gives a text the client's places
 */
export function renameFields(
  error: WireError,
  names: Readonly<Record<string, string>>,
  withPlaces: (text: string) => string,
): WireError {
  // A field may be called like what every object has.
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
