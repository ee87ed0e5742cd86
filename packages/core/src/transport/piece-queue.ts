/** Bytes on their way from a socket to a reader, decoded as UTF-8. */
export interface PieceQueue {
  push(bytes: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
  /** What has come and what comes. Can be read once; leaving the loop early is {@link PieceQueue.leave}. */
  pieces(): AsyncGenerator<string>;
  /**
   * All that comes, as one text, in place of {@link PieceQueue.pieces}; the reader leaves after about `maxBytes`.
   *
   * @param onContent called with each piece that is not blanks alone
   */
  text(maxBytes: number, onContent?: () => void): Promise<string>;
  /** The reader wants no more. */
  leave(): void;
}

/** What the queue tells its writer. */
export interface PieceQueueEvents {
  /** More has come than the reader took: stop for a while. */
  readonly onFull: () => void;
  readonly onDrained: () => void;
  readonly onLeave: () => void;
}

/** Enough to keep a fast reader busy, and little enough for a thousand slow ones. */
const FULL_BYTES = 256_000;

/** One for all: without `stream` it keeps nothing between two texts. */
const WHOLE = new TextDecoder();

export function createPieceQueue({ onFull, onDrained, onLeave }: PieceQueueEvents): PieceQueue {
  let waiting: Uint8Array[] = [];
  let bytesWaiting = 0;
  let isFull = false;
  let isOver = false;
  let failure: unknown;
  let wake = (): void => {};

  const finish = (error?: unknown): void => {
    if (isOver) return;
    isOver = true;
    failure = error;
    wake();
  };
  const leave = (): void => {
    waiting = [];
    onLeave();
  };
  const take = (): Uint8Array[] => {
    const taken = waiting;
    waiting = [];
    bytesWaiting = 0;
    if (isFull) {
      isFull = false;
      onDrained();
    }
    return taken;
  };

  const more = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
    });

  return {
    push(bytes) {
      waiting.push(bytes);
      bytesWaiting += bytes.length;
      if (bytesWaiting > FULL_BYTES && !isFull) {
        isFull = true;
        onFull();
      }
      wake();
    },
    end: () => finish(),
    fail: (error) => finish(error),
    leave,
    async text(maxBytes, onContent) {
      const taken: Uint8Array[] = [];
      let length = 0;
      for (;;) {
        for (const bytes of take()) {
          taken.push(bytes);
          length += bytes.length;
          if (onContent !== undefined && !isBlank(bytes)) onContent();
        }
        if (length > maxBytes) {
          leave();
          break;
        }
        if (isOver) break;
        await more();
      }
      if (failure !== undefined && length <= maxBytes) throw failure;
      return WHOLE.decode(taken.length === 1 ? taken[0] : joined(taken, length));
    },
    async *pieces() {
      const decoder = new TextDecoder();
      try {
        for (;;) {
          for (const bytes of take()) yield decoder.decode(bytes, { stream: true });
          if (waiting.length > 0) continue;
          if (isOver) break;
          await more();
        }
        if (failure !== undefined) throw failure;
        const rest = decoder.decode();
        if (rest !== "") yield rest;
      } finally {
        if (!isOver) leave();
      }
    },
  };
}

/** Whether there are but JSON's four blanks. Ends with the first other byte, nearly always the first of all. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
