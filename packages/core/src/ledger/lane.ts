import type { ReserveCommand } from "./ledger-store.js";

/**
 * The buckets and slots of a call, as one text. Tickets with the same lane stand in one line, of which only the first can be next. Names
 * hold no line ends.
 */
export function laneOf({ buckets, slots }: Pick<ReserveCommand, "buckets" | "slots">): string {
  const names = (things: readonly { readonly name: string }[]): string =>
    things
      .map(({ name }) => name)
      .toSorted()
      .join("\n");
  return `${names(buckets)}\n\n${names(slots)}`;
}

/** What a lane is made of. */
export interface Lane {
  readonly buckets: readonly string[];
  readonly slots: readonly string[];
}

/** Reads {@link laneOf} back. */
export function parseLane(lane: string): Lane {
  const [buckets = "", slots = ""] = lane.split("\n\n");
  const list = (text: string): string[] => (text === "" ? [] : text.split("\n"));
  return { buckets: list(buckets), slots: list(slots) };
}

/** The tickets of one lane that are earlier than a call. */
export interface EarlierTickets {
  readonly lane: string;
  readonly count: number;
  /** Whether the first waits for a window, or for the end of a block: then none of them keeps a slot busy. */
  readonly waitsForWindow: boolean;
}

/** What earlier tickets mean for a call. */
export interface QueueAhead {
  /** Those that share a bucket or a slot with the call. */
  readonly position: number;
  readonly inLane: number;
  /** Per slot of the call. */
  readonly slots: readonly number[];
}

export function queueAhead(
  command: Pick<ReserveCommand, "buckets" | "slots">,
  earlier: readonly EarlierTickets[],
): QueueAhead {
  const own = laneOf(command);
  const slots = command.slots.map(() => 0);
  let position = 0;
  let inLane = 0;
  for (const { lane, count, waitsForWindow } of earlier) {
    const other = parseLane(lane);
    const sharesSlot = command.slots.some(({ name }) => other.slots.includes(name));
    if (sharesSlot || command.buckets.some(({ name }) => other.buckets.includes(name))) position += count;
    if (lane === own) inLane += count;
    if (waitsForWindow) continue;
    for (const [index, { name }] of command.slots.entries()) {
      if (other.slots.includes(name)) slots[index] = (slots[index] ?? 0) + count;
    }
  }
  return { position, inLane, slots };
}
