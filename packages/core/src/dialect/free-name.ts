/** A free name of at most `most` characters: the wanted one, or that with the first free number behind it. */
export function freeName(wanted: string, most: number, isTaken: (name: string) => boolean): string {
  let name = wanted;
  for (let number = 2; name === "" || isTaken(name); number += 1) {
    const end = `_${number}`;
    name = wanted.slice(0, Math.min(most, wanted.length + end.length) - end.length) + end;
  }
  return name;
}
