import type { CallContext } from "./call-context.js";
import { accountCall, type PreparedCall } from "./prepared-call.js";
import { noted } from "./teach.js";

/** Remembers, beside the call, whether a model that was asked to repeat the end of its answer and go on did so. */
export function noteForm(context: CallContext, plan: PreparedCall, obeyed: boolean): void {
  void noted(context, context.account.noteForm(accountCall(plan).model, obeyed));
}
