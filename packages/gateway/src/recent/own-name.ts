/** Core cuts a name that it does not know here; with "unknownModels" it sends whole ones. */
const LONGEST_NAME = 100;

/** A model's name to keep: a piece of a text keeps all of it in memory, and a name may be a piece of a body's 20 megabytes. */
export function ownName(name: string): string {
  return name.length < LONGEST_NAME ? name : Buffer.from(name.slice(0, LONGEST_NAME)).toString();
}
