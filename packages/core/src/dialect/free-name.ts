/** A name that is not taken, in so many characters: the wanted one, or with the first number behind it that is free. */
export function freeName(wanted: string, most: number, isTaken: (name: string) => boolean): string {
  let name = wanted;
  for (let number = 2; name === "" || isTaken(name); number += 1) {
    const end = `_${number}`;
    name = wanted.slice(0, Math.min(most, wanted.length + end.length) - end.length) + end;
  }
  return name;
}
