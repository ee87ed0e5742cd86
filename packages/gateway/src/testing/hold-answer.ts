import type { LoggedRequest, Sandbox } from "@laplas/sandbox";
import { onTestFinished } from "vitest";

/** An answer that a sandbox holds back. */
export interface HeldAnswer {
  /** Resolves when its request has arrived. */
  readonly arrived: Promise<void>;
  release(): void;
}

/** Which answer is held back, and from where on. */
export interface HoldOptions {
  /** Chunks of a stream that are sent before. @default 0 */
  readonly afterChunks?: number;
  /** The first request for which this holds. @default any POST */
  readonly when?: (request: LoggedRequest) => boolean;
}

/** Holds an answer back until the test releases it. What happens before happens during the call, however slow the machine is. */
export function holdAnswer(sandbox: Sandbox, { afterChunks = 0, when = isPost }: HoldOptions = {}): HeldAnswer {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  sandbox.fault(
    { kind: "hold", until: released.promise, afterChunks },
    {
      when: (request) => {
        const isHeld = when(request);
        if (isHeld) arrived.resolve();
        return isHeld;
      },
    },
  );
  // With an answer held for ever the sandbox would never be idle again.
  onTestFinished(() => released.resolve());
  return { arrived: arrived.promise, release: () => released.resolve() };
}

function isPost({ method }: LoggedRequest): boolean {
  return method === "POST";
}
