import type { AccountCommand } from "./account/account.js";
import { blocksOn } from "./account/blocks.js";
import { holdOf } from "./account/claims.js";
import { denialError } from "./account/denial-error.js";
import type { AccountLook } from "./account/look.js";
import { isOff } from "./account/off.js";
import type { CallContext } from "./call/call-context.js";
import { prepareKnowingPrices } from "./call/prepare-call.js";
import { accountCall, type PreparedCall } from "./call/prepared-call.js";
import type { LengthOptions } from "./check.js";
import { isInForce } from "./ledger/admit.js";
import { type Block, BREAKER, type Denial } from "./ledger/ledger-store.js";
import type { Endpoint } from "./request/read-request.js";
import type { WindowRule } from "./tier/tier.js";

/** What is closed now, and by which clock. */
export type Closed = Pick<AccountLook, "blocks" | "now">;

/** A call of a job that the tier takes, in the ledger's terms. */
export interface DecidedCall extends AccountCommand {
  readonly prepared: PreparedCall;
  /** The block that ends last of those that close it now. */
  readonly block: Block | undefined;
  /** A window of which even an empty one has less than the call costs: it passes while anything is left. */
  readonly overWindow: WindowRule | undefined;
}

/**
 * Decides on a call as its request would be, but for windows that are used up and blocks that end by themselves.
 *
 * @throws LaplasError where no time makes it pass; LedgerError
 */
export async function decideCall(
  context: CallContext,
  endpoint: Endpoint,
  body: unknown,
  closed: Closed,
  options: LengthOptions = {},
): Promise<DecidedCall> {
  const prepared = await prepareKnowingPrices(context, endpoint, body, options);
  const call = accountCall(prepared);
  const found = await context.account.commandFor(call);
  const { command, windows, hold } = found;
  const { tier } = context.options;
  const refuse = (denial: Pick<Denial, "reason" | "rule" | "code" | "limit">): Error =>
    denialError(
      { ...denial, used: 0, resetsAt: closed.now, now: closed.now },
      { tier, windows, model: call.model, remedy: "" },
    );
  const blocks = blocksOn(command, closed);
  const off = blocks.find(({ code }) => isOff(code));
  if (off !== undefined) throw refuse({ reason: "upstream", rule: off.rule, code: off.code, limit: 0 });
  const larger = (mustFit: boolean): WindowRule | undefined =>
    windows.find((one, index) => command.claims[index]?.mustFit === mustFit && holdOf(one, hold) > one.limit);
  const tooSmall = larger(true);
  if (tooSmall !== undefined)
    throw refuse({ reason: "cost", rule: tooSmall.id, code: "request_cost", limit: tooSmall.limit });
  const breaker = closed.blocks.filter((block) => block.name === BREAKER && isInForce(block, closed.now));
  return { ...found, prepared, block: lastOf([...blocks, ...breaker]), overWindow: larger(false) };
}

function lastOf(blocks: readonly Block[]): Block | undefined {
  return blocks.reduce<Block | undefined>(
    (last, block) => (last === undefined || block.until > last.until ? block : last),
    undefined,
  );
}
