import { nodeModule } from "../import-node.js";

/** A coding that an answer's body may have on its way: its name as in `content-encoding`. */
export type Coding = "gzip" | "deflate" | "br" | "zstd";

/** A body on its way out of its codings, with back pressure on both sides. */
export interface BodyDecoder {
  write(bytes: Uint8Array): void;
  /** All bytes have come. */
  end(): void;
  /** The reader wants no more for a while. */
  pause(): void;
  resume(): void;
  destroy(): void;
}

export interface BodyDecoderEvents {
  onData(bytes: Uint8Array): void;
  onEnd(): void;
  /** The bytes are not what the head says, are cut off, or decode to too many. @param why the end of a sentence */
  onError(why: string, cause?: unknown): void;
  /** More has been written than is decoded. */
  onFull(): void;
  onDrained(): void;
}

const CODINGS: Readonly<Record<string, Coding>> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
  br: "br",
  zstd: "zstd",
};
/** One of the server's and one of each of two proxies'. Every coding multiplies what a small body can become. */
const MOST_CODINGS = 3;

/**
 * A compressed answer of ordinary text is 3 to 30 times as long as its bytes. One that is far more is no answer, but made to cost
 * memory and time. The largest sensible answer of vectors is let through, whatever is in it.
 */
const MOST_TIMES = 100;
const FREE_BYTES = 16_000_000;

/** The codings of a body in the order they were put on, none for a body as it is; `undefined` where one of them is not known. */
export function readCodings(header: string | undefined): readonly Coding[] | undefined {
  const names = (header ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  const codings = names.flatMap((name) => (Object.hasOwn(CODINGS, name) ? (CODINGS[name] ?? []) : []));
  return codings.length < names.length || codings.length > MOST_CODINGS ? undefined : codings;
}

/** Undoes the codings of a body. They are made with the first byte: a body without any is empty, whatever its head says. */
export function createBodyDecoder(codings: readonly Coding[], events: BodyDecoderEvents): BodyDecoder {
  let steps: readonly Step[] = [];
  let cameBytes = 0;
  let decodedBytes = 0;
  let isOver = false;
  let isPaused = false;

  const destroy = (): void => {
    isOver = true;
    for (const step of steps) step.destroy();
  };
  const fail = (why: string, cause?: unknown): void => {
    if (isOver) return;
    destroy();
    events.onError(why, cause);
  };

  const start = (first: Uint8Array): void => {
    // The last that was put on is the first to be taken off.
    steps = codings.toReversed().map((coding, place) => createStep(coding, place === 0 ? first : undefined));
    for (const [place, step] of steps.entries()) {
      step.on("error", (error: NodeJS.ErrnoException) => fail(`can't be decoded (${error.code ?? error.name})`, error));
      const next = steps[place + 1];
      if (next !== undefined) step.pipe(next);
    }
    steps[0]?.on("drain", () => {
      if (!isOver) events.onDrained();
    });
    const last = steps.at(-1);
    last?.on("data", (bytes: Uint8Array) => {
      if (isOver) return;
      decodedBytes += bytes.length;
      if (decodedBytes > FREE_BYTES && decodedBytes > cameBytes * MOST_TIMES) {
        fail(`decodes to more than ${MOST_TIMES} times its bytes`);
      } else events.onData(bytes);
    });
    last?.on("end", () => {
      if (isOver) return;
      isOver = true;
      events.onEnd();
    });
    if (isPaused) last?.pause();
  };

  return {
    write(bytes) {
      if (isOver) return;
      cameBytes += bytes.length;
      if (steps.length === 0) start(bytes);
      if (steps[0]?.write(bytes) === false) events.onFull();
    },
    end() {
      if (isOver) return;
      if (steps.length > 0) steps[0]?.end();
      else {
        isOver = true;
        events.onEnd();
      }
    },
    pause() {
      isPaused = true;
      steps.at(-1)?.pause();
    },
    resume() {
      isPaused = false;
      steps.at(-1)?.resume();
    },
    destroy,
  };
}

type Step = import("node:stream").Transform;

/** @param first the first bytes that come, where they are known */
function createStep(coding: Coding, first: Uint8Array | undefined): Step {
  const zlib = nodeModule("node:zlib");
  if (zlib === undefined) throw new Error("node:zlib is not available here");
  switch (coding) {
    case "gzip":
      return zlib.createGunzip();
    case "br":
      return zlib.createBrotliDecompress();
    case "zstd":
      return zlib.createZstdDecompress();
    case "deflate":
      // Some servers leave zlib's two bytes of a head away, which RFC 9110 notes; those that write it begin with an 8.
      return first !== undefined && ((first[0] ?? 0) & 0x0f) !== 8 ? zlib.createInflateRaw() : zlib.createInflate();
  }
}
