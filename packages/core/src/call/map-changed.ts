/** A list with each item changed: the same list where none is. */
export function mapChanged<Item>(list: readonly Item[], change: (item: Item, place: number) => Item): readonly Item[] {
  let changed: Item[] | undefined;
  for (let place = 0; place < list.length; place += 1) {
    const item = list[place] as Item;
    const now = change(item, place);
    if (now === item) continue;
    changed ??= [...list];
    changed[place] = now;
  }
  return changed ?? list;
}
