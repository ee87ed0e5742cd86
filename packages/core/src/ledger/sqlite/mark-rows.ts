import type { Block, BlockCode } from "../ledger-store.js";
import type { Statements } from "./sqlite-statements.js";

/** A holder as it has shown itself last. */
export interface Sign {
  readonly holder: string;
  readonly seenAt: number;
  /** Until when it is believed to live without another sign. */
  readonly until: number;
  /** How long ago that was by the machine's uptime; not a number where nobody knows. */
  readonly ageMs: number;
}

/** The statements on the table of marks, by what they mean. */
export interface MarkRows {
  /** In the order in which they were set first. */
  blocks(account: string): Block[];
  block(account: string, name: string): Block | undefined;
  /** Those of the blocks with these names that there are. */
  blocksNamed(account: string, names: readonly string[]): Block[];
  setBlock(account: string, block: Block): void;
  removeBlock(account: string, name: string): void;
  value(account: string, key: string): number | undefined;
  setValue(account: string, key: string, value: number, now: number): void;
  /** The fence of the newest call whose answer told how much the server counts in a bucket; 0: none was. */
  heardFence(account: string, bucket: string): number;
  setHeardFence(account: string, bucket: string, fence: number, now: number): void;
  signs(account: string): Sign[];
  sign(account: string, holder: string): Sign | undefined;
  setSign(account: string, sign: Omit<Sign, "ageMs">): void;
  removeSign(account: string, holder: string): void;
  /** @returns how many there are in a row now */
  addFailure(account: string): number;
  forgetFailures(account: string): void;
  /** Drops what was learned, and the blocks that ended, before a moment. */
  dropBefore(at: number): void;
}

/** @param uptime milliseconds since the machine's boot */
export function prepareMarkRows({ define }: Statements, uptime: () => number = () => Number.NaN): MarkRows {
  const BLOCK = "name, until, longest_ms, code, rule, needs_probe";
  const blocks = define(`SELECT ${BLOCK} FROM marks WHERE account = ? AND kind = 'block' ORDER BY rowid`);
  const blocksNamed = define(
    `SELECT ${BLOCK} FROM marks
     WHERE account = ? AND kind = 'block' AND name IN (SELECT value FROM json_each(?)) ORDER BY rowid`,
  );
  const setBlock = define(
    `INSERT INTO marks (account, kind, name, until, longest_ms, code, rule, needs_probe) VALUES (?, 'block', ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET until = excluded.until, longest_ms = excluded.longest_ms, code = excluded.code,
       rule = excluded.rule, needs_probe = excluded.needs_probe`,
  );
  const remove = define("DELETE FROM marks WHERE account = ? AND kind = ? AND name = ?");
  const value = define("SELECT value FROM marks WHERE account = ? AND kind = 'value' AND name = ?");
  const setValue = define(
    `INSERT INTO marks (account, kind, name, value, seen_at) VALUES (?, 'value', ?, ?, ?)
     ON CONFLICT DO UPDATE SET value = excluded.value, seen_at = excluded.seen_at`,
  );
  const signs = define("SELECT name, seen_at, until, value FROM marks WHERE account = ? AND kind = 'sign'");
  const sign = define("SELECT name, seen_at, until, value FROM marks WHERE account = ? AND kind = 'sign' AND name = ?");
  const setSign = define(
    `INSERT INTO marks (account, kind, name, seen_at, until, value) VALUES (?, 'sign', ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET seen_at = excluded.seen_at, until = excluded.until, value = excluded.value`,
  );
  const addFailure = define(
    `INSERT INTO marks (account, kind, name, value) VALUES (?, 'failures', '', 1)
     ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`,
  );
  const dropValues = define("DELETE FROM marks WHERE kind = 'value' AND seen_at < ?");
  const dropBlocks = define("DELETE FROM marks WHERE kind = 'block' AND until < ? AND needs_probe = 0");

  const toSign = (row: Record<string, unknown>): Sign => ({
    holder: String(row.name),
    seenAt: Number(row.seen_at),
    until: Number(row.until),
    ageMs: uptime() - Number(row.value),
  });

  const learnedValue = (account: string, key: string): number | undefined => {
    const row = value.one(account, key);
    return row === undefined ? undefined : Number(row.value);
  };

  const blocksOf = (account: string, names: readonly string[]): Block[] =>
    blocksNamed.all(account, JSON.stringify(names)).map(toBlock);

  return {
    blocks: (account) => blocks.all(account).map(toBlock),
    block: (account, name) => blocksOf(account, [name])[0],
    blocksNamed: blocksOf,
    setBlock: (account, { name, until, longestMs, code, rule, needsProbe }) =>
      void setBlock.run(account, name, Math.ceil(until), Math.ceil(longestMs), code, rule, needsProbe ? 1 : 0),
    removeBlock: (account, name) => void remove.run(account, "block", name),
    value: learnedValue,
    setValue: (account, key, value, now) => void setValue.run(account, key, value, now),
    heardFence: (account, bucket) => learnedValue(account, heard(bucket)) ?? 0,
    setHeardFence: (account, bucket, fence, now) => void setValue.run(account, heard(bucket), fence, now),
    signs: (account) => signs.all(account).map(toSign),
    sign(account, holder) {
      const row = sign.one(account, holder);
      return row === undefined ? undefined : toSign(row);
    },
    setSign: (account, { holder, seenAt, until }) =>
      void setSign.run(account, holder, seenAt, Math.ceil(until), uptime() || 0),
    removeSign: (account, holder) => void remove.run(account, "sign", holder),
    addFailure: (account) => Number(addFailure.one(account)?.value),
    forgetFailures: (account) => void remove.run(account, "failures", ""),
    dropBefore(at) {
      dropValues.run(at);
      dropBlocks.run(at);
    },
  };
}

/** Stands among the values, and goes with them when it is old. Their keys hold no line ends. */
const heard = (bucket: string): string => `heard\n${bucket}`;

function toBlock(row: Record<string, unknown>): Block {
  return {
    name: String(row.name),
    until: Number(row.until),
    longestMs: Number(row.longest_ms),
    code: row.code as BlockCode,
    rule: String(row.rule),
    needsProbe: row.needs_probe === 1,
  };
}
