/** Slows down an address that shows wrong tokens. */
export interface TokenThrottle {
  /**
   * Takes note of a token that was shown.
   *
   * @param address the client's IP address, if the server knows it
   * @param client whose token it was; `undefined` for nobody's
   * @returns nothing where the answer may go out at once; else whether it may after the wait, or too many wait already
   */
  judge(address: string | undefined, client: string | undefined): Promise<boolean> | undefined;
}

/** As a person types a token, or a fleet with an old one starts. */
const FREE_FAILURES = 10;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 5_000;
/** An address that stays quiet for so long begins anew. */
const FORGET_AFTER_MS = 600_000;
/** A thousand addresses take well under a megabyte. The one that was wrong longest ago makes room. */
const MOST_ADDRESSES = 1_000;
const MOST_WAITING = 1_000;

interface Visits {
  failures: number;
  failedAt: number;
  /** Clients that have been let in from here. */
  readonly clients: Set<string>;
}

/**
 * A client that was let in from its address before is never slowed, whatever others do there. One that is new to an address where tokens
 * are being guessed waits once, as long as a wrong one: if right answers came sooner, guessing would be as fast as before.
 */
export function createTokenThrottle(options: {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}): TokenThrottle {
  const { now, sleep } = options;
  const places = new Map<string, Visits>();
  let waiting = 0;

  const visitsAt = (place: string): Visits => {
    const visits = places.get(place) ?? { failures: 0, failedAt: 0, clients: new Set() };
    // The map's order is that of the last visits.
    places.delete(place);
    places.set(place, visits);
    const [oldest] = places.keys();
    if (places.size > MOST_ADDRESSES && oldest !== undefined) places.delete(oldest);
    if (now() - visits.failedAt > FORGET_AFTER_MS) visits.failures = 0;
    return visits;
  };

  return {
    judge(address, client) {
      const place = networkOf(address ?? "");
      if (client !== undefined && places.get(place)?.clients.has(client) === true) return undefined;
      const visits = visitsAt(place);
      if (client === undefined) {
        visits.failures += 1;
        visits.failedAt = now();
      }
      const delayMs = delayAfter(visits.failures);
      if (delayMs === 0) {
        if (client !== undefined) visits.clients.add(client);
        return undefined;
      }
      if (waiting >= MOST_WAITING) return Promise.resolve(false);
      waiting += 1;
      // Leaving early does not shorten it, or a guesser would open the next connection instead.
      return sleep(delayMs).then(() => {
        waiting -= 1;
        if (client !== undefined) visits.clients.add(client);
        return true;
      });
    },
  };
}

function delayAfter(failures: number): number {
  if (failures <= FREE_FAILURES) return 0;
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - FREE_FAILURES - 1));
}

/** An IPv4 address; the first half of an IPv6 address, because one client usually has the whole /64 network. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(":")) return mapped ?? address.slice(0, 50);
  const [before = "", after] = address.toLowerCase().replace(/%.*$/, "").split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after === undefined || after === "" ? [] : after.split(":");
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array<string>(zeros).fill("0"), ...tail].slice(0, 4).join(":");
}
