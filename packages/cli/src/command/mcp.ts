import type { Readable, Writable } from "node:stream";
import type { PictureForm } from "@laplas/gateway/mcp";
import { type Command, Option } from "commander";
import { addContinueFlag, addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { createLogger, type LogForm } from "../terminal/create-logger.js";
import { interruptible } from "../terminal/interruption.js";
import { note } from "../terminal/print.js";
import type { Terminal } from "../terminal/terminal.js";

interface McpFlags extends EngineFlags {
  readonly log?: LogForm;
  readonly pictures: PictureForm;
}

export function define(command: Command, terminal: Terminal): void {
  command
    .addOption(
      new Option("--pictures <form>", "how a picture is given where a call does not say: itself, or its address")
        .choices(["picture", "link"])
        .default("picture"),
    )
    .addOption(
      new Option("--log <form>", "a line for each call, on stderr; LAPLAS_LOG (default: text)").choices([
        "json",
        "text",
        "off",
      ]),
    );
  addEngineFlags(addJsonFlag(addContinueFlag(command)))
    .addHelpText(
      "after",
      `
Speaks MCP on stdin and stdout, for an agent that starts it. Its tools are
draw_image, ask_model, embed_texts, quota and plan.

Examples:
  laplas mcp --sandbox                      try it: no key, nothing spent
  laplas mcp --pictures link                for models that take no images
  claude mcp add laplas -- npx laplas mcp   Claude Code starts it
  codex mcp add laplas -- npx laplas mcp    and Codex

laplas serve has the same tools at http://127.0.0.1:4114/mcp`,
    )
    .action(async ({ log, json = false, pictures, ...flags }: McpFlags) => {
      await withEngine(terminal, flags, async ({ laplas, config }) => {
        const logger = createLogger(log ?? (json ? "json" : (config.log ?? "text")), terminal.stderr.stream);
        const { serveMcpStdio } = await import("@laplas/gateway/mcp");
        await interruptible(terminal, async (signal) => {
          if (terminal.stdin.isTTY) note(terminal, "Waits for the messages of an MCP client. Ctrl-C ends it.");
          const { modelNames, maxBodyBytes } = config;
          await serveMcpStdio({
            laplas,
            // The streams that the command is given are Node's.
            stdin: terminal.stdin as Readable,
            stdout: terminal.stdout.stream as Writable,
            signal,
            logger,
            modelNames,
            pictureForm: pictures,
            maxMessageBytes: maxBodyBytes,
          });
          signal.throwIfAborted();
        });
      });
    });
}
