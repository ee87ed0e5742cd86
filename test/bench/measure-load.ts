/** What a load did. */
export interface Load {
  readonly callsPerSecond: number;
  /** Of the whole process: threads that compile and collect are counted. */
  readonly cpuMsPerCall: number;
}

export interface LoadSettings {
  readonly atOnce: number;
  readonly ms: number;
  /**
   * Called for so long before the clock starts, so that no row pays for having idled. Not a forced collection in its
   * place: the young heap starts small again after it, which cost fast rows up to half of what was measured.
   */
  readonly leadInMs: number;
}

/** Calls again and again for a time. Every caller makes at least one call, and those begun are waited for. */
export async function measureLoad(call: () => Promise<void>, { atOnce, ms, leadInMs }: LoadSettings): Promise<Load> {
  if (leadInMs > 0) await callFor(call, atOnce, leadInMs);
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  const calls = await callFor(call, atOnce, ms);
  const { user, system } = process.cpuUsage(cpu);
  const elapsedMs = performance.now() - startedAt;
  return { callsPerSecond: (calls / elapsedMs) * 1000, cpuMsPerCall: (user + system) / 1000 / calls };
}

async function callFor(call: () => Promise<void>, atOnce: number, ms: number): Promise<number> {
  let calls = 0;
  const endsAt = performance.now() + ms;
  const caller = async (): Promise<void> => {
    do {
      await call();
      calls += 1;
    } while (performance.now() < endsAt);
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return calls;
}
