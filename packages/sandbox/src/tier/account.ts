import type { SandboxClock } from "./clock.js";
import { createCostMemory } from "./cost-memory.js";
import { hourlyLimit, type Refusal, spentBudget, tooManyRequests } from "./refusal.js";
import type { SandboxRules } from "./rules.js";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A request that was let in: it holds its slot until it is settled, once. */
interface Ticket {
  settle(apiTokens: number): void;
}

type Admission = { ticket: Ticket } | { refusal: Refusal; probe: boolean };

/** What an account is asked to let in. */
interface Entry {
  model: string;
  /** Whether answering costs nothing whatever the length. */
  zeroCost: boolean;
  /** Why it costs more than the plan allows, and for what: the same kind of request is known to be refused that day. */
  tooDear: { kind: string; refusal: Refusal } | undefined;
}

/** What the upstream remembers about one key. */
export interface Account {
  admit(entry: Entry): Admission;
  /** API tokens charged since the last reset. */
  used(): number;
}

/**
 * Keeps the budget of one key. A request is refused when the budget is spent at its arrival; otherwise it is served
 * whatever it costs, and charged at its end, in the day in which it ends.
 */
export function createAccount(rules: SandboxRules, clock: SandboxClock): Account {
  const day = () => Math.floor((clock.now() - rules.resetHourUtc * hourMs) / dayMs);
  const usedByDay = new Map<number, number>();
  const requestsByDayAndModel = new Map<string, number>();
  const requestsByHour = new Map<number, number>();
  const costs = createCostMemory(clock, day);
  let recent: { at: number; apiTokens: number }[] = [];
  let running = 0;
  let toldAt: number | undefined;
  let lastDrawAt: number | undefined;

  const hour = () => Math.floor(clock.now() / hourMs);
  const used = () => usedByDay.get(day()) ?? 0;

  function usedInWindow(spanMs: number): number {
    const since = clock.now() - spanMs;
    recent = recent.filter((charge) => charge.at > since);
    return recent.reduce((sum, charge) => sum + charge.apiTokens, 0);
  }

  function spent(model: string, zeroCost: boolean): Refusal | undefined {
    const drawsNothing = zeroCost && rules.zeroCostWhenSpent;
    const { dailyApiTokens, rollingWindow, requestsPerModelPerDay } = rules;
    if (!drawsNothing && dailyApiTokens !== null && used() >= dailyApiTokens) return spentBudget("daily_quota");
    if (!drawsNothing && rollingWindow && usedInWindow(rollingWindow.spanMs) >= rollingWindow.apiTokens) {
      return spentBudget("rolling_quota");
    }
    const requests = requestsByDayAndModel.get(`${day()} ${model}`) ?? 0;
    if (requestsPerModelPerDay !== null && requests >= requestsPerModelPerDay) return spentBudget("request_quota");
    return undefined;
  }

  /**
   * A client that was told "spent" can learn of the reset only by asking: once after midnight UTC, then once an hour.
   * Such a refusal is nobody's fault and is counted apart.
   */
  function isProbe(): boolean {
    const now = clock.now();
    if (toldAt === undefined) return false;
    const today = Math.floor(now / dayMs);
    const firstToday = lastDrawAt === undefined || Math.floor(lastDrawAt / dayMs) < today;
    return (Math.floor(toldAt / dayMs) < today && firstToday) || now - toldAt >= hourMs;
  }

  return {
    used,
    admit({ model, zeroCost, tooDear }) {
      const refusal = spent(model, zeroCost);
      if (refusal) {
        const probe = isProbe();
        toldAt = clock.now();
        lastDrawAt = toldAt;
        return { refusal, probe };
      }
      if (rules.hourlyRequests !== null && (requestsByHour.get(hour()) ?? 0) >= rules.hourlyRequests) {
        return { refusal: hourlyLimit(), probe: false };
      }
      if (rules.concurrency !== null && running >= rules.concurrency) {
        return { refusal: tooManyRequests(), probe: false };
      }
      if (tooDear) return { refusal: tooDear.refusal, probe: costs.isNews(tooDear.kind) };
      if (!zeroCost) {
        // Served again: what the key was told before is out of date, the next refusal is news.
        toldAt = undefined;
        lastDrawAt = clock.now();
      }
      running += 1;
      if (rules.hourlyRequests !== null) add(requestsByHour, hour(), 1);
      if (rules.requestsPerModelPerDay !== null) add(requestsByDayAndModel, `${day()} ${model}`, 1);
      let settled = false;
      return {
        ticket: {
          settle(apiTokens) {
            if (settled) return;
            settled = true;
            running -= 1;
            add(usedByDay, day(), apiTokens);
            if (rules.rollingWindow) recent.push({ at: clock.now(), apiTokens });
          },
        },
      };
    },
  };
}

function add<Key>(counts: Map<Key, number>, key: Key, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}
