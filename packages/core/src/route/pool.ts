import type { CallContext } from "../call/call-context.js";
import { type Conversations, createConversations } from "./conversations.js";
import type { Routes } from "./routes.js";

/** The providers of an engine, and how calls find the one that answers. */
export interface Pool {
  /** In the user's order. */
  readonly all: readonly [CallContext, ...CallContext[]];
  readonly routes: Routes;
  /** Which target answered a conversation last. */
  readonly conversations: Conversations;
}

export function createPool(all: Pool["all"], routes: Routes): Pool {
  return { all, routes, conversations: createConversations() };
}
