import { quotaCode } from "../admit.js";
import type { AccountView, Block, FullWindow, ReserveAnswer, ReserveCommand } from "../ledger-store.js";
import type { Reply } from "./step-runner.js";

/** Amounts come as text: JSON in Lua writes 14 digits of a number. */
export type ReserveReply = Reply &
  (
    | { readonly outcome: "ended" }
    | { readonly outcome: "admitted"; readonly fence: number; readonly probes: string[]; readonly used: string[] }
    | {
        readonly outcome: "queued";
        readonly position: number;
        readonly ticket?: number;
        readonly movement: string;
        readonly readyAt?: number;
        /** A claim by its place, from 1 on; of a block, whose `claim` is 0, its rule. */
        readonly full?: { readonly claim: number; readonly used: string; readonly rule?: string };
      }
    | { readonly outcome: "denied"; readonly reason: "upstream" | "breaker"; readonly block: Block }
    | {
        readonly outcome: "denied";
        readonly reason: "window" | "cost";
        /** Place in the command's claims, counted from 1. */
        readonly claim: number;
        readonly used: string;
        readonly resetsAt: number;
      }
  );

export interface ViewReply {
  readonly windows: readonly { readonly used: string; readonly held: string; readonly resetsAt: number }[];
  readonly blocks: readonly Block[];
  readonly running: number;
  readonly waiting: number;
}

/** A script's answer as the contract has it. */
export function answerOf(
  reply: Exclude<ReserveReply, { outcome: "ended" }>,
  { claims }: ReserveCommand,
): ReserveAnswer {
  const { now } = reply;
  if (reply.outcome === "admitted") {
    const { fence, probes, used } = reply;
    return { outcome: "admitted", fence, probes: listOf(probes), used: listOf(used).map(Number), now };
  }
  if (reply.outcome === "queued") {
    const { position, ticket, movement, readyAt } = reply;
    const place = ticket === undefined ? { position } : { position, ticket };
    const full = fullOf(reply.full, claims);
    const ready = { ...(readyAt !== undefined && { readyAt }), ...(full && { full }) };
    return { outcome: "queued", ...place, movement, ...ready, now };
  }
  if ("block" in reply) {
    const { rule, code, until: resetsAt } = reply.block;
    return { outcome: "denied", reason: reply.reason, rule, code, resetsAt, used: 0, limit: 0, now };
  }
  const { reason, resetsAt } = reply;
  const claim = claims[reply.claim - 1];
  if (claim === undefined) throw new Error(`The script denies by claim ${reply.claim} of ${claims.length}.`);
  const { rule, bucket, limit } = claim;
  const code = reason === "cost" ? "request_cost" : quotaCode(claim, resetsAt - now);
  return { outcome: "denied", reason, rule, bucket, code, resetsAt, used: Number(reply.used), limit, now };
}

function fullOf(
  full: Extract<ReserveReply, { outcome: "queued" }>["full"],
  claims: ReserveCommand["claims"],
): FullWindow | undefined {
  if (full === undefined) return undefined;
  const claim = claims[full.claim - 1];
  return { rule: full.rule ?? claim?.rule ?? "", used: Number(full.used), limit: claim?.limit ?? 0 };
}

export function viewOf({ windows, blocks, running, waiting, now }: ViewReply & Reply): AccountView {
  const uses = listOf(windows).map(({ used, held, resetsAt }) => ({
    used: Number(used),
    held: Number(held),
    resetsAt,
  }));
  return { now, windows: uses, running, waiting, blocks: listOf(blocks) };
}

/** Lua has one kind of table: an empty list comes as an empty object. */
export function listOf<T>(list: readonly T[]): T[] {
  return Array.isArray(list) ? [...list] : [];
}
