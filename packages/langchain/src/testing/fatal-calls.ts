import { type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type { ChatLaplas } from "../chat/chat-laplas.js";
import { openWorld, type World } from "./open-world.js";

/** A call that can't succeed, and its world. */
export interface FatalCall {
  readonly code: string;
  /** Requests that reach the upstream in one attempt. */
  readonly sent: number;
  open(): Promise<{ world: World; model: ChatLaplas; input: BaseMessage[] | string }>;
}

const picture = {
  role: "user" as const,
  content: [
    { type: "text", text: "What is this?" },
    { type: "image", url: "https://example.com/cat.png" },
  ],
};

/** One call of every kind that retrying can't help. */
export const FATAL: readonly FatalCall[] = [
  {
    code: "image_input",
    sent: 0,
    async open() {
      const world = await openWorld();
      return { world, model: world.chat(), input: [new HumanMessage(picture)] };
    },
  },
  {
    code: "daily_quota",
    sent: 1,
    async open() {
      const world = await openWorld({ rules: { dailyApiTokens: 0 } });
      return { world, model: world.chat(), input: "Hello" };
    },
  },
  {
    code: "model_not_on_tier",
    sent: 0,
    async open() {
      const world = await openWorld();
      return { world, model: world.chat({ model: "gpt-99" }), input: "Hello" };
    },
  },
  {
    code: "authentication",
    sent: 1,
    async open() {
      const world = await openWorld({ apiKeys: ["another"] });
      return { world, model: world.chat(), input: "Hello" };
    },
  },
];
