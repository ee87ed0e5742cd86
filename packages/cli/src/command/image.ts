import { type CallReport, type ImageList, InvalidOptionsError, isLaplasError, type Laplas } from "@laplas/core";
import { providerOf } from "@laplas/gateway/bodies";
import type { Command } from "commander";
import { addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { aLittleLater, interruptible } from "../terminal/interruption.js";
import { paint } from "../terminal/paint.js";
import { note, printJson } from "../terminal/print.js";
import { reportLine } from "../terminal/report-line.js";
import type { Terminal } from "../terminal/terminal.js";
import { adjustmentText } from "./adjustment-text.js";
import { chooseModel, modelHelp } from "./default-models.js";
import { fetchPicture } from "./fetch-picture.js";
import { checkPlaces, numbered, writePicture } from "./picture-file.js";
import { readCount } from "./read-count.js";
import { reportBody } from "./report-body.js";
import { requireModality } from "./require-modality.js";

interface ImageFlags extends EngineFlags {
  readonly model?: string;
  readonly output?: string;
  readonly count: number;
  readonly size?: string;
  readonly force?: boolean;
}

export function define(command: Command, terminal: Terminal): void {
  command
    .argument("<prompt...>", "what to draw")
    .option("-m, --model <name>", modelHelp("image"))
    .option("-o, --output <file>", "where to (default: a name made of the prompt)")
    .option("-n, --count <count>", "how many; one call after another where the tier gives one at a time", readCount, 1)
    .option("--size <pixels>", "like 512x512; what the model takes: laplas models <name>")
    .option("-f, --force", "write over a file that is there");
  addEngineFlags(addJsonFlag(command))
    .addHelpText(
      "after",
      `
Examples:
  laplas image "a lighthouse at dusk" -o lighthouse.png
  laplas image "a red boat" --count 3 -o boat.png   boat-1.png, boat-2.png, ...
  laplas image "a cat" -m dall-e-2 --size 256x256 --json | jq -r '.files[].path'`,
    )
    .action(async (words: readonly string[], flags: ImageFlags) => {
      const names = fileNames(flags.output ?? `${slug(words.join(" "))}.png`, flags.count);
      await checkPlaces(terminal, names, flags.force === true);
      await withEngine(terminal, flags, ({ laplas }) =>
        interruptible(terminal, (signal) => draw(terminal, laplas, words.join(" "), names, flags, signal)),
      );
    });
}

async function draw(
  terminal: Terminal,
  laplas: Laplas,
  prompt: string,
  names: readonly string[],
  { model: named, count, size, json = false, force = false }: ImageFlags,
  signal: AbortSignal,
): Promise<void> {
  const model = await chooseModel(laplas, "image", named);
  requireModality(laplas, model, "image");
  const late = aLittleLater(signal);
  // What is paid for is also fetched and written.
  const later = aLittleLater(late);
  const save = (images: ImageList["data"]): Promise<object[]> =>
    savePictures(terminal, laplas, images, names, later, { json, force });
  const request = { model, prompt, ...(count === 1 ? {} : { n: count }), ...(size === undefined ? {} : { size }) };
  const answer = await laplas.image(request, { signal: late }).catch(async (error: unknown) => {
    // What was drawn before a failure has been paid for.
    const completed = isLaplasError(error) ? error.completed : undefined;
    if (Array.isArray(completed)) {
      const files = await save(completed);
      if (json && files.length > 0) printJson(terminal, { object: "image", model, files, report: null });
    }
    const isOfFlag = isLaplasError(error) && error.code === "invalid_request" && error.param === "size";
    throw isOfFlag ? new InvalidOptionsError(error.message, { cause: error }) : error;
  });
  const files = await save(answer.data);
  signal.throwIfAborted();
  if (json) printJson(terminal, { object: "image", model, files, report: reportBody(answer.laplas) });
  else if (terminal.stderr.isTerminal || isChanged(size, answer.laplas)) {
    const changes = answer.laplas.adjusted.map(adjustmentText);
    note(
      terminal,
      paint(
        "dim",
        [reportLine(answer.laplas, providerOf(laplas, answer.laplas.provider).tier.unit), ...changes].join(" · "),
      ),
    );
  }
}

/** Elsewhere than in a terminal, too, a size other than the one asked for is news. */
function isChanged(size: string | undefined, { adjusted }: CallReport): boolean {
  return size !== undefined && adjusted.some(({ field }) => field === "size");
}

/** Writes pictures as they come, and prints their names. */
async function savePictures(
  terminal: Terminal,
  laplas: Laplas,
  images: ImageList["data"],
  names: readonly string[],
  signal: AbortSignal,
  { json, force }: { readonly json: boolean; readonly force: boolean },
): Promise<object[]> {
  const files: object[] = [];
  for (const [index, image] of images.entries()) {
    const picture = await fetchPicture(laplas, image, signal);
    const path = await writePicture(terminal, names[index] ?? `picture-${index + 1}.png`, picture, force);
    files.push({ path, type: picture.type, bytes: picture.bytes.length });
    if (!json) terminal.stdout.write(`${path}\n`);
  }
  return files;
}

/** `boat.png`, or `boat-1.png` and so on. */
export function fileNames(output: string, count: number): string[] {
  return count === 1 ? [output] : Array.from({ length: count }, (_, index) => numbered(output, index + 1));
}

/** The first words of a prompt as a file may be called. */
export function slug(prompt: string): string {
  const words =
    prompt
      .toLowerCase()
      .normalize("NFKD")
      .match(/[a-z0-9]+/g) ?? [];
  return words.slice(0, 6).join("-").slice(0, 60) || "picture";
}
