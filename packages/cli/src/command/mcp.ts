import type { Readable, Writable } from "node:stream";
import type { Command } from "commander";
import { Option } from "commander";
import { addContinueFlag, addEngineFlags, type EngineFlags } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { createLogger, type LogForm } from "../terminal/create-logger.js";
import { interruptible } from "../terminal/interruption.js";
import { note } from "../terminal/print.js";
import type { Terminal } from "../terminal/terminal.js";

interface McpFlags extends EngineFlags {
  readonly log?: LogForm;
}

export function define(command: Command, terminal: Terminal): void {
  command.addOption(
    new Option("--log <form>", "a line for each call, on stderr; LAPLAS_LOG (default: text)").choices([
      "json",
      "text",
      "off",
    ]),
  );
  addEngineFlags(addContinueFlag(command))
    .addHelpText(
      "after",
      `
Speaks MCP on stdin and stdout, for an agent that starts it:
  claude mcp add laplas -- npx laplas mcp
  codex mcp add laplas -- npx laplas mcp

Tools: draw_image, ask_model, embed_texts, quota, plan. An agent elsewhere asks
laplas serve instead: http://127.0.0.1:4114/mcp`,
    )
    .action(async ({ log, ...flags }: McpFlags) => {
      await withEngine(terminal, flags, async ({ laplas, config }) => {
        const logger = createLogger(log ?? config.log ?? "text", terminal.stderr.stream);
        if (terminal.stdin.isTTY) note(terminal, "Waits for the messages of an MCP client. Ctrl-C ends it.");
        const { serveMcpStdio } = await import("@laplas/gateway/mcp");
        await interruptible(terminal, async (signal) => {
          const { modelNames, maxBodyBytes } = config;
          await serveMcpStdio({
            laplas,
            // Whoever runs the command hands in streams of Node's.
            stdin: terminal.stdin as Readable,
            stdout: terminal.stdout.stream as Writable,
            signal,
            logger,
            modelNames,
            maxMessageBytes: maxBodyBytes,
          });
          signal.throwIfAborted();
        });
      });
    });
}
