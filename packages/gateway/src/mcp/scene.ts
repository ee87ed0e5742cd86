import type { Laplas, Modality } from "@laplas/core";
import { usualModel } from "../usual-models.js";

/** A picture itself, or its address. */
export type PictureForm = "picture" | "link";

export type HostPicture = (bytes: Uint8Array<ArrayBuffer>) => string | undefined | Promise<string | undefined>;

/** What the tools of an MCP server work with. */
export interface McpOptions {
  readonly laplas: Laplas;
  /** The model that serves a name, or nothing where the name is to stay. @default every name stays */
  readonly findModel?: ((name: string) => string | undefined) | undefined;
  /** Follow-ups of an answer that the tier's limit cuts. @default the engine's `continueAtCap` */
  readonly continueAtCap?: number | undefined;
  /** Keeps a picture that came as data and gives its address; nothing of one that can't be kept. @default those have none */
  readonly hostPicture?: HostPicture | undefined;
  /** How pictures are given where a call does not say. @default "picture" */
  readonly pictureForm?: PictureForm | undefined;
  /** Hears of what nobody expected. */
  readonly onDefect?: ((error: unknown) => void) | undefined;
  /** Pause between two notes on a call's progress, in milliseconds. @default 2_000 */
  readonly progressMs?: number | undefined;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** The same, with what takes time to find out. */
export interface Scene extends Omit<McpOptions, "now" | "progressMs"> {
  readonly usual: Readonly<Record<Modality, string | undefined>>;
  readonly progressMs: number;
  readonly now: () => number;
  /** Calls of tools that are under way. */
  readonly running: Set<Promise<unknown>>;
}

/** A list of models that takes longer keeps no client waiting for its first answer. */
const LONGEST_LOOK_MS = 3_000;

/** Finds the models that are asked where none is named. One that is not found in time is looked for again when it is needed. */
export async function openScene(options: McpOptions, longestLookMs: number = LONGEST_LOOK_MS): Promise<Scene> {
  const { laplas, progressMs = 2_000, now = Date.now } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, longestLookMs, undefined);
  });
  const find = (modality: Modality): Promise<string | undefined> =>
    Promise.race([late, usualModel(laplas, modality).catch(() => undefined)]);
  const [chat, image, embedding] = await Promise.all([find("chat"), find("image"), find("embedding")]);
  clearTimeout(timer);
  return { ...options, progressMs, now, running: new Set(), usual: { chat, image, embedding } };
}
