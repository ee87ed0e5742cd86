import { pickRunnableConfigKeys, type RunnableConfig, raceWithSignal } from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import { IterableReadableStream } from "@langchain/core/utils/stream";

/**
 * A model's chunks as the stream that LangChain hands out, in the context of its run. Core's own enters that context anew for each chunk,
 * and asks the environment five times on the way; and passes each through a ReadableStream, which only readers of one need.
 *
 * @throws what the first chunk throws
 */
export async function streamInContext<Chunk>(
  chunks: AsyncGenerator<Chunk>,
  config: Partial<RunnableConfig>,
): Promise<IterableReadableStream<Chunk>> {
  const { signal } = config;
  const storage = AsyncLocalStorageProviderSingleton.getInstance();
  let context: unknown;
  const next = (): Promise<IteratorResult<Chunk>> => {
    const promise = storage.run(context, () => chunks.next());
    return signal === undefined ? promise : raceWithSignal(promise, signal);
  };
  AsyncLocalStorageProviderSingleton.runWithConfig(
    pickRunnableConfigKeys(config),
    () => {
      context = storage.getStore();
    },
    true,
  );
  let first: IteratorResult<Chunk> | undefined = await next();
  return new DirectStream<Chunk>({
    async next() {
      const known = first;
      if (known !== undefined) {
        first = undefined;
        return known;
      }
      signal?.throwIfAborted();
      return next();
    },
    return: () => chunks.return(undefined),
  });
}

/** Where a stream's chunks come from. */
interface Source<Chunk> {
  next(): Promise<IteratorResult<Chunk>>;
  return(): Promise<unknown>;
}

/** A readable stream that gives its chunks to a loop without its own queue. */
class DirectStream<Chunk> extends IterableReadableStream<Chunk> {
  readonly #chunks: Source<Chunk>;

  constructor(chunks: Source<Chunk>) {
    super(
      {
        async pull(controller) {
          const { value, done } = await chunks.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
        async cancel() {
          await chunks.return();
        },
      },
      // Nothing is read before a loop or a reader asks for it.
      { highWaterMark: 0 },
    );
    this.#chunks = chunks;
  }

  override async next(): Promise<IteratorResult<Chunk>> {
    return this.locked ? super.next() : this.#chunks.next();
  }
}
