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

/** An answer, or a chunk of one, with each choice changed: the same object where none is. */
export function changeChoices<Choice, Answer extends { choices: Choice[] }>(
  answer: Answer,
  change: (choice: Answer["choices"][number]) => Answer["choices"][number],
): Answer {
  const choices = mapChanged(answer.choices, change);
  return choices === answer.choices ? answer : { ...answer, choices };
}
