/** What a load did. */
export interface Load {
  readonly callsPerSecond: number;
  /** Of the whole process: threads that compile and collect are counted. */
  readonly cpuMsPerCall: number;
}

export interface LoadSettings {
  readonly atOnce: number;
  readonly ms: number;
}

/** Calls again and again for a time. Every caller makes at least one call, and those begun are waited for. */
export async function measureLoad(call: () => Promise<void>, { atOnce, ms }: LoadSettings): Promise<Load> {
  globalThis.gc?.();
  let calls = 0;
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  const caller = async (): Promise<void> => {
    do {
      await call();
      calls += 1;
    } while (performance.now() - startedAt < ms);
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  const { user, system } = process.cpuUsage(cpu);
  const elapsedMs = performance.now() - startedAt;
  return { callsPerSecond: (calls / elapsedMs) * 1000, cpuMsPerCall: (user + system) / 1000 / calls };
}
