import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type ChatMessage, InvalidOptionsError, stateDirectory } from "@laplas/core";
import { z } from "zod";
import { replacePrivateFile } from "../config/replace-file.js";
import type { Environment } from "../terminal/output.js";
import { reasonOf } from "../terminal/system-error.js";
import type { Terminal } from "../terminal/terminal.js";

/** What `laplas chat --continue` goes on with. */
export interface Conversation {
  readonly model: string;
  /** The system message among them, at the start. */
  readonly messages: readonly ChatMessage[];
}

/** What a conversation does with itself. Never rejects: the answer has been given. */
export interface Memory {
  keep(conversation: Conversation): Promise<void>;
  forget(): Promise<void>;
}

export const NO_MEMORY: Memory = { keep: async () => {}, forget: async () => {} };

/** Keeps the conversation for the next `--continue`. */
export function memoryOf(terminal: Pick<Terminal, "environment" | "warnings">): Memory {
  const warn = (error: unknown): void =>
    terminal.warnings.add(`The conversation is not kept for --continue: ${reasonOf(error)}.`);
  return {
    keep: (conversation) => keepConversation(terminal.environment, conversation).catch(warn),
    forget: async () => void (await forgetConversation(terminal.environment).catch(warn)),
  };
}

/** A longer one is not kept: it would fit into no model's context either. */
const MOST_BYTES = 1_000_000;

const message = z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() });
const conversation: z.ZodType<Conversation> = z.object({
  version: z.literal(1),
  model: z.string().min(1),
  messages: z.array(message).min(1),
});

/** Where the last conversation is kept: one file, replaced by the next. */
export async function conversationPath(environment: Environment): Promise<string> {
  return join(await stateDirectory(environment), "last-conversation.json");
}

/** @throws InvalidOptionsError where there is none, or none that can be read */
export async function readConversation(environment: Environment): Promise<Conversation> {
  const path = await conversationPath(environment);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT")
      throw new InvalidOptionsError(
        "There is no conversation to go on with: laplas chat in a terminal keeps its last.",
      );
    throw new InvalidOptionsError(`${path} can't be read: ${reasonOf(cause)}.`, { cause });
  }
  const { success, data } = conversation.safeParse(parsed(text));
  if (success) return data;
  throw new InvalidOptionsError(`${path} holds no conversation. laplas chat --forget deletes it.`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Keeps a conversation in place of the one before, for its user alone. */
async function keepConversation(environment: Environment, { model, messages }: Conversation): Promise<void> {
  const path = await conversationPath(environment);
  const text = `${JSON.stringify({ version: 1, model, messages })}\n`;
  if (Buffer.byteLength(text) > MOST_BYTES) await rm(path, { force: true });
  else replacePrivateFile(path, text);
}

/** Deletes what is kept. @returns whether there was something */
export async function forgetConversation(environment: Environment): Promise<boolean> {
  const path = await conversationPath(environment);
  try {
    await rm(path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw new InvalidOptionsError(`${path} can't be deleted: ${reasonOf(cause)}.`, { cause });
  }
}
