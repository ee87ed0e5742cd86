import { importNode } from "../import-node.js";

/** Whether the process of a holder still lives; `unknown` where this process can't see it, and only its signs can tell. */
export type HolderState = "alive" | "dead" | "unknown";

/** An engine, as others on the machine can check whether its process still lives. */
export interface Holder {
  /**
   * `boot:namespace:pid:start:uuid`; a reused pid has another start time, a reboot another boot id, a container another namespace.
   * Several engines of a process, in threads that may end before it, are told apart by the last.
   */
  readonly id: string;
  stateOf(id: string): HolderState;
  /** Whether it runs since the same boot, so that {@link machineUptime} is the same for both. */
  sharesBoot(id: string): boolean;
}

/**
 * Milliseconds since the machine's boot, which nobody sets. Node counts from there for all processes; where a runtime counts from its own
 * start, a comparison is wrong for no longer than the time that is asked about.
 */
export function machineUptime(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/**
 * Makes an identity, which begins with the process's. Linux tells start times in /proc; elsewhere a living pid is taken for the same process.
 *
 * @throws the system's error where file descriptors are short: half an identity would stay for the life of the process
 */
export async function createHolder(): Promise<Holder> {
  const { readFileSync, readlinkSync } = await importNode("node:fs");
  const { hostname } = await importNode("node:os");

  const attempt = (read: () => string): string | undefined => {
    try {
      return read();
    } catch (error) {
      if (SHORTAGES.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
      return undefined;
    }
  };
  const boot = attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()) ?? hostname();
  const namespace = attempt(() => readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")) ?? "";
  /** `undefined` where it can't be read, `ended` for a zombie: in a container whose first process collects no children it stays one. */
  const startTime = (pid: number): string | undefined => {
    const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
    // The command name, in brackets, may hold spaces and brackets; field 22 is counted from behind it.
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields?.[0] === "Z" ? "ended" : fields?.[19];
  };
  const hasStarted = (pid: number, start: string | undefined): boolean => {
    try {
      const found = startTime(pid);
      return found !== "ended" && (start === "" || found === start);
    } catch {
      // It runs, and nothing says that it is another one: file descriptors are short just now.
      return true;
    }
  };
  const machine = `${boot}:${namespace}`;
  const ownId = `${machine}:${process.pid}:${startTime(process.pid) ?? ""}:${crypto.randomUUID()}`;

  return {
    id: ownId,
    sharesBoot: (id) => id.split(":")[0] === boot,
    stateOf(id) {
      if (id === ownId) return "alive";
      const [holderBoot, holderNamespace, pidText, start] = id.split(":");
      if (`${holderBoot}:${holderNamespace}` !== machine) return "unknown";
      const pid = Number(pidText);
      if (!isRunning(pid)) return "dead";
      return hasStarted(pid, start) ? "alive" : "dead";
    },
  };
}

/** Too few file descriptors, in the process or in the system. */
const SHORTAGES = new Set(["EMFILE", "ENFILE"]);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives under another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
