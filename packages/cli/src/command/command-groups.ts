import type { Command } from "commander";
import type { Terminal } from "../terminal/terminal.js";

/** A command, as the list has it. */
interface Row {
  readonly name: string;
  readonly summary: string;
  /** Loaded when it is called, so that the list of commands is there at once. */
  readonly load: () => Promise<{ define(command: Command, terminal: Terminal): void }>;
}

const row = (name: string, summary: string, load: Row["load"]): Row => ({ name, summary, load });

/** Every command, in the order of the list. */
export const COMMAND_GROUPS: Readonly<Record<string, readonly Row[]>> = {
  "Ask models:": [
    row("chat", "ask a chat model: once, from a pipe, or in a conversation", () => import("./chat.js")),
    row("embed", "embed a folder into JSONL; resumes where it stopped", () => import("./embed.js")),
    row("image", "draw a picture into a file", () => import("./image.js")),
  ],
  "Look before you ask:": [
    row("status", "what is left, until when, running and waiting calls", () => import("./status.js")),
    row("models", "the models, and how many calls of each are left", () => import("./models.js")),
    row("tier", "the rules in force, and where they come from", () => import("./tier.js")),
    row("check", "would a request pass, changed how, at what cost", () => import("./check.js")),
    row("plan", "what a job needs: its cost, days, cheaper models", () => import("./plan.js")),
  ],
  "Run:": [
    row("serve", "serve an OpenAI-compatible API that obeys the tier", () => import("./serve.js")),
    row("open", "open the page of the running gateway in a browser", () => import("./open.js")),
    row("mcp", "serve pictures, models and quota as tools of an agent", () => import("./mcp.js")),
    row("sandbox", "serve a free-tier upstream to develop against", () => import("./sandbox.js")),
  ],
  "Set up:": [
    row("init", "choose providers, and write laplas.config.json", () => import("./init.js")),
    row("keys", "store providers' keys, list and remove them", () => import("./keys.js")),
    row("config", "read and change laplas.config.json", () => import("./config.js")),
    row("providers", "free tiers: what a day holds, how sure that is, terms", () => import("./providers.js")),
    row("doctor", "check key, network, ledger, clock; say how to fix it", () => import("./doctor.js")),
    row("litellm-config", "write a config.yaml for LiteLLM's proxy", () => import("./litellm-config.js")),
    row("completion", "write completions for bash, zsh or fish", () => import("./completion.js")),
  ],
};
