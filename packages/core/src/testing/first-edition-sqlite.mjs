// The SQLite ledger of the first edition (format 3), as it was at commit 367b517: `packages/core/src/ledger/sqlite-store.ts`, bundled by
// esbuild. The test of the migration runs it to write files, and to have them open, as processes do that were not updated. It is a
// witness: never edit it.
// src/errors/laplas-error.ts
var laplasMark = /* @__PURE__ */ Symbol.for("laplas.error");
var langchainMark = /* @__PURE__ */ Symbol.for("langchain.error");
var retryableMark = /* @__PURE__ */ Symbol.for("langchain.errors.retryable");
function markError(error, retryable, details) {
  const { cause, ...fields } = details;
  for (const [name, value] of Object.entries(fields)) {
    if (value !== void 0) Object.defineProperty(error, name, { value, enumerable: true, configurable: true });
  }
  if (cause !== void 0) Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
  Object.defineProperty(error, laplasMark, { value: true });
  Object.defineProperty(error, langchainMark, { value: true });
  stampRetryable(error, retryable);
}
function stampRetryable(error, retryable) {
  if (typeof error === "object" && error !== null && Object.isExtensible(error)) {
    Object.defineProperty(error, retryableMark, { value: retryable, configurable: true });
  }
  return error;
}
function isLaplasError(value) {
  return typeof value === "object" && value !== null && Object.getOwnPropertyDescriptor(value, laplasMark)?.value === true;
}

// src/errors/setup-errors.ts
var LedgerError = class extends TypeError {
  name = "LedgerError";
  code = "ledger";
  retryable = false;
  constructor(message, details = {}) {
    super(message);
    markError(this, false, details);
  }
  /** True for this class from any copy of the package. */
  static isInstance(value) {
    return isLaplasError(value) && value.code === "ledger";
  }
};

// src/tier/period.ts
var HOUR_MS = 36e5;
var DAY_MS = 24 * HOUR_MS;
function calendarSpan(period, at) {
  if (period.type === "hour") {
    const from = Math.floor(at / HOUR_MS) * HOUR_MS;
    return { from, to: from + HOUR_MS };
  }
  const shiftMs = period.resetHour * HOUR_MS;
  if (period.zone === "UTC") {
    const from = Math.floor((at - shiftMs) / DAY_MS) * DAY_MS + shiftMs;
    return { from, to: from + DAY_MS };
  }
  const day = localDay(at, period.zone);
  const today = localHour(day, period.resetHour, period.zone);
  return at >= today ? { from: today, to: localHour(nextDay(day, 1), period.resetHour, period.zone) } : { from: localHour(nextDay(day, -1), period.resetHour, period.zone), to: today };
}
function localDay(at, zone) {
  return Math.floor((at + offsetMs(at, zone)) / DAY_MS) * DAY_MS;
}
function nextDay(day, days) {
  return day + days * DAY_MS;
}
function localHour(day, hour, zone) {
  const wall = day + hour * HOUR_MS;
  const before = wall - offsetMs(wall - DAY_MS, zone);
  const after = wall - offsetMs(wall + DAY_MS, zone);
  const candidates = [before, after].filter((instant) => instant + offsetMs(instant, zone) === wall);
  return candidates.length > 0 ? Math.min(...candidates) : Math.max(before, after);
}
var formats = /* @__PURE__ */ new Map();
function offsetMs(at, zone) {
  let format = formats.get(zone);
  if (format === void 0) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric"
    });
    formats.set(zone, format);
  }
  const parts = {};
  for (const part of format.formatToParts(at)) parts[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(at / 1e3) * 1e3;
}

// src/ledger/admit.ts
function windowStart(rule, now) {
  if (rule.period.type === "rolling") return now - rule.period.spanMs + 1;
  return calendarSpan(rule.period, now - rule.marginMs).from - rule.marginMs;
}
function admit(command, view) {
  const { block, now } = view;
  if (block !== null && now < block.until) {
    return { verdict: "deny", denial: { ...blockDenial(block), now } };
  }
  let waitsForHeld = false;
  for (const [index, rule] of command.windows.entries()) {
    const count = view.windows[index];
    if (count === void 0) continue;
    const own = ownAmount(rule, command);
    const base = { rule: rule.id, used: count.used, limit: rule.limit, metric: rule.metric, now };
    if (own > rule.limit) {
      return { verdict: "deny", denial: { ...base, reason: "cost", code: "request_cost", resetsAt: now } };
    }
    if (!fits(rule, count.used, own)) {
      const resetsAt = freesAt(rule, count, own, now);
      return {
        verdict: "deny",
        denial: { ...base, reason: "window", code: isHourly(rule) ? "hourly_quota" : "daily_quota", resetsAt }
      };
    }
    if (!fits(rule, count.used + count.held, own)) waitsForHeld = true;
  }
  if (view.ahead > 0) return { verdict: "wait", reason: "queue" };
  if (command.concurrency !== null && view.live >= command.concurrency)
    return { verdict: "wait", reason: "concurrency" };
  if (waitsForHeld) return { verdict: "wait", reason: "held" };
  if (block !== null && view.probing) return { verdict: "wait", reason: "probe" };
  return { verdict: "admit", probe: block !== null };
}
function windowResetsAt(rule, count, now) {
  if (rule.period.type === "rolling") return freesAt(rule, count, 0, now);
  return calendarSpan(rule.period, now - rule.marginMs).to + rule.marginMs;
}
function ownAmount(rule, command) {
  if (!command.countOwnHold) return 0;
  return rule.metric === "requests" ? 1 : command.heldApiTokens;
}
function fits(rule, spent, own) {
  return own > 0 ? spent + own <= rule.limit : spent < rule.limit;
}
function isHourly({ period }) {
  return period.type === "hour" || period.type === "rolling" && period.spanMs <= 36e5;
}
function freesAt(rule, count, own, now) {
  if (rule.period.type !== "rolling") return calendarSpan(rule.period, now - rule.marginMs).to + rule.marginMs;
  let sum = 0;
  for (const entry of count.entriesNewestFirst()) {
    sum += entry.amount;
    if (!fits(rule, sum, own)) return entry.endedAt + rule.period.spanMs;
  }
  return now;
}
function blockDenial(block) {
  return {
    reason: "upstream",
    rule: block.rule,
    code: block.code,
    resetsAt: block.until,
    used: 0,
    limit: 0,
    metric: "apiTokens"
  };
}

// src/import-node.ts
async function importNode(name) {
  const found = typeof process === "undefined" ? void 0 : process.getBuiltinModule?.(name);
  if (found === void 0) throw new Error(`${name} is not available here`);
  return found;
}

// src/ledger/holder.ts
async function createHolder() {
  const { readFileSync, readlinkSync } = await importNode("node:fs");
  const { hostname } = await importNode("node:os");
  const attempt2 = (read) => {
    try {
      return read();
    } catch (error) {
      if (SHORTAGES.has(error.code ?? "")) throw error;
      return void 0;
    }
  };
  const boot = attempt2(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()) ?? hostname();
  const namespace = attempt2(() => readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")) ?? "";
  const startTime = (pid) => {
    const stat = attempt2(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
    const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields?.[0] === "Z" ? "ended" : fields?.[19];
  };
  const hasStarted = (pid, start) => {
    try {
      const found = startTime(pid);
      return found !== "ended" && (start === "" || found === start);
    } catch {
      return true;
    }
  };
  const machine = `${boot}:${namespace}`;
  const ownId = `${machine}:${process.pid}:${startTime(process.pid) ?? ""}`;
  return {
    id: ownId,
    stateOf(id) {
      if (id === ownId) return "alive";
      const [holderBoot, holderNamespace, pidText, start] = id.split(":");
      if (`${holderBoot}:${holderNamespace}` !== machine) return "unknown";
      const pid = Number(pidText);
      if (!isRunning(pid)) return "dead";
      return hasStarted(pid, start) ? "alive" : "dead";
    }
  };
}
var SHORTAGES = /* @__PURE__ */ new Set(["EMFILE", "ENFILE"]);
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

// src/ledger/own-calls.ts
var ALL_ACCOUNTS = "";
var carriedOver = (file) => `carried_over:${file}`;
function createOwnCalls() {
  const calls = /* @__PURE__ */ new Map();
  let unread;
  return {
    admitted(command, fence, probe) {
      calls.set(command.id, { command, probe, given: fence, fence });
    },
    ended(id) {
      calls.delete(id);
    },
    fenceOf(id, given) {
      const call = calls.get(id);
      return call?.given === given ? call.fence : given;
    },
    enterAgain(rows, replacement) {
      const { old, isCarriedOver, holder, now } = replacement;
      for (const call of calls.values()) {
        const found = rows.find(call.command.id);
        call.fence = found?.seq ?? rows.insert(call.command, holder, "held", call.probe, now);
      }
      if (isCarriedOver) rows.learn(ALL_ACCOUNTS, carriedOver(old), 1, now);
      unread = isCarriedOver ? void 0 : replacement;
    },
    waitsForOthers(rows, { id, leaseMs }, now) {
      if (unread === void 0 || calls.has(id) || now < unread.now || now >= unread.now + leaseMs) return false;
      return rows.learned(ALL_ACCOUNTS, carriedOver(unread.old)) === null;
    }
  };
}

// src/ledger/retention.ts
var DAY_MS2 = 864e5;
var MAX_LINGER_MS = 1e4;
var HEARTBEAT_MS = 5e3;
var ABORT_LINGER_MS = 5e3;
function placeOfDeadUntil(seenAt, now) {
  return Math.max(now, Math.min(now, seenAt + HEARTBEAT_MS) + ABORT_LINGER_MS);
}
function retentionMs(windows) {
  let longest = 0;
  for (const rule of windows) {
    longest = Math.max(longest, rule.period.type === "rolling" ? rule.period.spanMs + DAY_MS2 : 2 * DAY_MS2);
  }
  return longest;
}

// src/ledger/sqlite-errors.ts
var SQLITE_BUSY = 5;
var SQLITE_READONLY = 8;
var SQLITE_CORRUPT = 11;
var SQLITE_CANTOPEN = 14;
var SQLITE_NOTADB = 26;
var SQLITE_IOERR_SHORT_READ = 522;
function extendedCode(error) {
  const code = error?.errcode;
  return typeof code === "number" ? code : void 0;
}
function primaryCode(error) {
  const code = extendedCode(error);
  return code === void 0 ? void 0 : code & 255;
}
function isBusy(error) {
  return primaryCode(error) === SQLITE_BUSY;
}
function busyError(message) {
  return Object.assign(new Error(message), { errcode: SQLITE_BUSY });
}
function damageError(message) {
  return Object.assign(new Error(message), { errcode: SQLITE_CORRUPT });
}
function isDamage(error) {
  return primaryCode(error) === SQLITE_CORRUPT || hasOtherHeader(error) || extendedCode(error) === SQLITE_IOERR_SHORT_READ;
}
function hasOtherHeader(error) {
  return primaryCode(error) === SQLITE_NOTADB;
}
function isBroken(error) {
  return isDamage(error) || primaryCode(error) === SQLITE_READONLY;
}
function isUnopened(error) {
  return primaryCode(error) === SQLITE_CANTOPEN;
}

// src/ledger/retry-while-busy.ts
var LOCK_PATIENCE_MS = 5e3;
async function retryWhileBusy(step, heals = isBusy) {
  const giveUpAt = performance.now() + LOCK_PATIENCE_MS;
  for (; ; ) {
    try {
      return await step();
    } catch (error) {
      if (!heals(error) || performance.now() > giveUpAt) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 9));
  }
}

// src/ledger/sqlite-schema.ts
var SCHEMA_VERSION = 3;
var LEARNED = `CREATE TABLE IF NOT EXISTS learned (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    value REAL NOT NULL,
    learned_at INTEGER NOT NULL,
    PRIMARY KEY (account, key)
  ) STRICT;`;
var SCHEMA = `
  CREATE TABLE IF NOT EXISTS calls (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    model TEXT NOT NULL,
    class TEXT NOT NULL,
    surface TEXT NOT NULL,
    holder TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'settled')),
    probe INTEGER NOT NULL DEFAULT 0,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL,
    held_api_tokens REAL NOT NULL,
    ended_at INTEGER,
    api_tokens REAL,
    estimated INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS calls_live ON calls (account, seq) WHERE state <> 'settled';
  CREATE INDEX IF NOT EXISTS calls_ended ON calls (account, ended_at, model, api_tokens, class, surface) WHERE state = 'settled';
  CREATE INDEX IF NOT EXISTS calls_costs ON calls (account, model, ended_at) WHERE state = 'settled' AND estimated = 0;
  CREATE TABLE IF NOT EXISTS blocks (
    account TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    code TEXT NOT NULL,
    rule TEXT NOT NULL
  ) STRICT;
  ${LEARNED}
  PRAGMA user_version = ${SCHEMA_VERSION};
`;
var MIGRATIONS = {
  // Refused prices became one of several things that the server teaches.
  1: `${LEARNED}
    INSERT OR IGNORE INTO learned SELECT account, 'price:' || price_key, until, until FROM refused_prices;
    DROP TABLE refused_prices;`,
  // When a holder gave its last sign tells how long its place is kept after it has died.
  2: "ALTER TABLE calls ADD COLUMN seen_at INTEGER NOT NULL DEFAULT 0;"
};

// src/ledger/sqlite-format.ts
function prepareFile(db, path, synchronous) {
  const version = versionOf(db);
  if (version > SCHEMA_VERSION) {
    throw new LedgerError(
      `The ledger ${path} has format ${version}, this version of laplas writes format ${SCHEMA_VERSION}. Update laplas, or name another file in option "ledger" (LAPLAS_LEDGER).`
    );
  }
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous.toUpperCase()};`);
  if (version < SCHEMA_VERSION) migrate(db);
}
function checkPages(db) {
  const check = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (check !== "ok") throw damageError(`quick_check: ${String(check)}`);
}
function migrate(db) {
  db.exec("BEGIN IMMEDIATE");
  try {
    const written = versionOf(db);
    if (written > SCHEMA_VERSION) throw new Error("a newer version of laplas has just written it");
    for (let version = written; version > 0 && version < SCHEMA_VERSION; version += 1)
      db.exec(MIGRATIONS[version] ?? "");
    db.exec(`${SCHEMA} COMMIT;`);
  } catch (error) {
    rollBack(db);
    throw error;
  }
}
function isForeign(db) {
  const found = db.prepare(
    `SELECT COUNT(*) > 0 AND NOT EXISTS (SELECT 1 FROM pragma_table_info('calls') WHERE name = 'held_api_tokens') AS is_foreign
       FROM sqlite_schema`
  ).get();
  return found?.is_foreign === 1 && versionOf(db) <= SCHEMA_VERSION;
}
function transaction(db, step) {
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = step();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}
function rollBack(db) {
  try {
    db.exec("ROLLBACK");
  } catch {
  }
}
function versionOf(db) {
  return Number(db.prepare("PRAGMA user_version").get()?.user_version ?? 0);
}

// src/ledger/carry-over.ts
var COLUMNS = "id, account, model, class, surface, holder, state, probe, started_at, seen_at, expires_at, held_api_tokens, ended_at, api_tokens, estimated";
var HELD = "calls INDEXED BY calls_live WHERE state <> 'settled' AND state = 'held'";
var LIVE = `
  WITH accounts AS (
    SELECT account FROM calls INDEXED BY calls_live WHERE state <> 'settled'
    UNION SELECT account FROM (SELECT account FROM calls ORDER BY seq DESC LIMIT 8)
  )
  SELECT ${COLUMNS} FROM ${HELD}
  UNION ALL
  SELECT ${COLUMNS} FROM calls INDEXED BY calls_ended
  WHERE account IN (SELECT account FROM accounts) AND state = 'settled' AND ended_at > ? AND ended_at <= ?`;
async function carryOver(from, to, now) {
  try {
    await retryWhileBusy(
      () => transaction(from, () => {
        transaction(to, () => copyRows(from, to, now));
        forgetHeld(from);
      })
    );
    return true;
  } catch {
    return false;
  }
}
function copyRows(from, to, now) {
  const insert = to.prepare(`INSERT OR IGNORE INTO calls (${COLUMNS}) VALUES (${COLUMNS.replace(/\w+/g, "?")})`);
  for (const row of from.prepare(LIVE).all(now, now + MAX_LINGER_MS)) insert.run(...Object.values(row));
}
function forgetHeld(db) {
  try {
    db.exec(`DELETE FROM ${HELD}`);
  } catch {
  }
}

// src/ledger/file-error.ts
var REMEDY = 'Fix that, or choose another ledger in option "ledger" (LAPLAS_LEDGER): LAPLAS_LEDGER=sqlite:/tmp/laplas/ledger.sqlite keeps the account in another file, LAPLAS_LEDGER=memory in this process alone, until it ends. The next call tries again.';
function fileError(path, error) {
  if (LedgerError.isInstance(error)) return error;
  const reason = isBusy(error) ? `another process has held its lock for ${LOCK_PATIENCE_MS} ms` : error instanceof Error ? error.message : String(error);
  return new LedgerError(`The ledger ${path} failed, so nothing was sent uncounted: ${reason}. ${REMEDY}`, {
    cause: error
  });
}

// src/ledger/single-name.ts
async function createSingleName(path) {
  const fs = await importNode("node:fs");
  const { basename, dirname } = await importNode("node:path");
  const { DatabaseSync: Database } = await importNode("node:sqlite");
  const { pathToFileURL } = await importNode("node:url");
  const lstat = (file) => attempt(() => fs.lstatSync(file, { bigint: true, throwIfNoEntry: false }));
  const readName = () => {
    const address = pathToFileURL(path);
    address.searchParams.set("immutable", "1");
    const db = attempt(() => new Database(address, { readOnly: true, timeout: 0 }));
    try {
      const name = attempt(() => db?.prepare("SELECT path FROM file").get()?.path);
      return typeof name === "string" ? name : void 0;
    } finally {
      db?.close();
    }
  };
  const isOtherName = (name, realPath) => {
    const [own, other] = [lstat(realPath), lstat(name)];
    if (other === void 0 || other.ino !== own?.ino || other.dev !== own.dev) return false;
    const [home, otherHome] = [dirname(realPath), dirname(name)].map(
      (directory) => attempt(() => fs.statSync(directory, { bigint: true }))
    );
    const isSameHome = home !== void 0 && home.ino === otherHome?.ino && home.dev === otherHome.dev;
    return !isSameHome || basename(name) !== basename(realPath);
  };
  return {
    check() {
      const realPath = fs.realpathSync.native(path);
      if (isMountedAlone(attempt(() => fs.readFileSync("/proc/self/mountinfo", "utf8")) ?? "", realPath)) {
        throw new LedgerError(
          `The ledger ${path} is mounted as a single file, so its log, which SQLite keeps beside it, is not shared with it. Mount the directory of the file instead, and name the file in it in option "ledger" (LAPLAS_LEDGER).`
        );
      }
      if ((lstat(realPath)?.nlink ?? 1n) === 1n) return;
      const name = readName();
      if (name === void 0 || name === realPath || !isOtherName(name, realPath)) return;
      throw new LedgerError(
        `The ledger ${path} is a hard link to ${name}. SQLite keeps a log for each name, so calls under one name are not counted under the other. Use "sqlite:${name}" in option "ledger" (LAPLAS_LEDGER), or a symbolic link; another machine or container should mount the directory.`
      );
    },
    remember(db) {
      const realPath = fs.realpathSync.native(path);
      if (readName() === realPath) return;
      db.exec("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS file (path TEXT NOT NULL) STRICT; DELETE FROM file;");
      db.prepare("INSERT INTO file (path) VALUES (?)").run(realPath);
      db.exec("COMMIT; PRAGMA wal_checkpoint(PASSIVE);");
    }
  };
}
function isMountedAlone(mountinfo, path) {
  let covering;
  for (const line of mountinfo.split("\n")) {
    const point = line.split(" ")[4]?.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    if (point === void 0) continue;
    if (path === point || path.startsWith(point.endsWith("/") ? point : `${point}/`)) covering = point;
  }
  return covering === path;
}
function attempt(step) {
  try {
    return step();
  } catch {
    return void 0;
  }
}

// src/ledger/sqlite-lock.ts
var NOT_OURS = /* @__PURE__ */ new Set(["EACCES", "EPERM", "EROFS"]);
async function createFileLock(path, ledger) {
  const fs = await importNode("node:fs");
  const { DatabaseSync: Database } = await importNode("node:sqlite");
  let holding;
  let isMade = false;
  const statOf = (file) => fs.statSync(file, { bigint: true, throwIfNoEntry: false });
  const make = () => {
    try {
      fs.closeSync(fs.openSync(path, "wx", 384));
    } catch (error) {
      if (error.code === "EEXIST") return;
      throw error;
    }
    isMade = true;
    const like = statOf(ledger);
    if (like === void 0) return;
    fs.chmodSync(path, Number(like.mode) & 511);
    if (process.getuid?.() === 0) fs.chownSync(path, Number(like.uid), Number(like.gid));
  };
  const find = (mayMake) => {
    try {
      if (mayMake) make();
      fs.accessSync(path, fs.constants.R_OK | fs.constants.W_OK);
      return statOf(path);
    } catch (error) {
      if (NOT_OURS.has(error.code ?? "")) return void 0;
      if (!mayMake && error.code === "ENOENT") return void 0;
      throw error;
    }
  };
  const release = () => {
    holding?.close();
    holding = void 0;
  };
  return {
    take(mayMake = true) {
      const found = find(mayMake);
      if (found === void 0) return false;
      if (!found.isFile() || found.size > 0n) {
        throw new LedgerError(
          `The file ${path} is another program's, and the ledger beside it needs it as its lock. Name another ledger in option "ledger" (LAPLAS_LEDGER).`
        );
      }
      holding = new Database(path, { timeout: 0 });
      try {
        holding.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
        const now = statOf(path);
        if (now?.ino !== found.ino || now.dev !== found.dev) throw busyError(`${path} was deleted while it was opened`);
        return true;
      } catch (error) {
        release();
        throw error;
      }
    },
    release,
    discard() {
      try {
        if (isMade) fs.rmSync(path, { force: true });
      } catch {
      }
      release();
    }
  };
}

// src/ledger/sqlite-file.ts
var LOGS = ["-wal", "-shm"];
var MOST_LINKS = 40;
var DESCRIPTORS = 4;
async function openSqliteFile(options, broken) {
  const fs = await importNode("node:fs");
  const { dirname, resolve } = await importNode("node:path");
  const { DatabaseSync: Database } = await importNode("node:sqlite");
  const statOf = (file) => fs.statSync(file, { bigint: true, throwIfNoEntry: false });
  const followLinks = (start) => {
    let file = start;
    for (let links = 0; links < MOST_LINKS; links += 1) {
      try {
        file = resolve(dirname(file), fs.readlinkSync(file));
      } catch {
        break;
      }
    }
    return file;
  };
  const path = followLinks(options.path);
  const lock = await createFileLock(`${path}-lock`, path);
  const name = await createSingleName(path);
  let isRefused = false;
  let isReplacement = false;
  const makeDirectory = (directory) => {
    if (fs.existsSync(directory) || dirname(directory) === directory) return;
    makeDirectory(dirname(directory));
    try {
      fs.mkdirSync(directory, { mode: 448 });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  };
  const makeFile = () => {
    const found = statOf(path);
    if (found === void 0) {
      for (const suffix of LOGS) fs.rmSync(path + suffix, { force: true });
      fs.closeSync(fs.openSync(path, "wx", 384));
      return;
    }
    if (!found.isFile()) throw new Error("something that is not a file is in its place, such as a directory");
    fs.accessSync(path, fs.constants.W_OK);
    if (found.size === 0n && statOf(`${path}-wal`) !== void 0) throw damageError("it is empty, and its log is not");
  };
  const refuse = () => {
    isRefused = true;
    return new LedgerError(
      `The file ${path} is no ledger: another program wrote it, so it was left as it is. Name another in option "ledger" (LAPLAS_LEDGER).`
    );
  };
  const checkName = () => {
    try {
      name.check();
    } catch (error) {
      isRefused = true;
      throw error;
    }
  };
  const open = (checks) => {
    makeFile();
    checkName();
    const db = new Database(path, { timeout: 0 });
    try {
      const identity = fs.statSync(path, { bigint: true });
      if (isForeign(db)) throw refuse();
      prepareFile(db, path, options.synchronous);
      name.remember(db);
      const log = statOf(`${path}-wal`);
      if (log === void 0) throw busyError("its log was deleted while it was opened");
      if (checks) checkPages(db);
      return {
        db,
        identity,
        isReplacement,
        isMoved: () => !isSame(identity, statOf(options.path)),
        hasLostLog: () => !isSame(log, statOf(`${path}-wal`)),
        async close() {
          const isLocked = await retryWhileBusy(() => lock.take(false)).catch(() => false);
          try {
            db.close();
          } finally {
            if (isLocked) lock.release();
          }
        }
      };
    } catch (error) {
      db.close();
      throw error;
    }
  };
  const moveAside = (what) => {
    const aside = `${path}.damaged-${new Date(options.now()).toISOString().replace(/[:.]/g, "-")}`;
    for (const suffix of ["", ...LOGS]) {
      try {
        fs.renameSync(path + suffix, aside + suffix);
      } catch (error) {
        if (error.code !== "ENOENT") throw error;
      }
    }
    isReplacement = true;
    options.warn(
      `The ledger ${path} ${what} and was moved to ${aside}. A new one starts empty, so the first calls may meet a budget that is spent already.`
    );
  };
  const openOrReplace = (isLocked, checks) => {
    if (broken?.hasLostLog() === true && !broken.isMoved()) {
      if (!isLocked) throw damageError("its log was deleted while it was open");
      moveAside("has lost its log");
    }
    try {
      return open(checks);
    } catch (error) {
      if (!isDamage(error)) throw error;
      if (hasOtherHeader(error) && !mayBeLedger(fs.readFileSync(path).subarray(0, HEADER.length))) throw refuse();
      if (!isLocked) throw error;
    }
    moveAside("is damaged");
    return open(checks);
  };
  const locked = (step) => {
    const isLocked = lock.take();
    try {
      return step(isLocked);
    } finally {
      if (isRefused) lock.discard();
      else lock.release();
    }
  };
  const explain = (error) => {
    if (!isUnopened(error)) return error;
    const opened = [];
    try {
      while (opened.length < DESCRIPTORS) opened.push(fs.openSync(dirname(path), "r"));
      return error;
    } catch (reason) {
      return reason;
    } finally {
      for (const descriptor of opened) fs.closeSync(descriptor);
    }
  };
  try {
    makeDirectory(dirname(path));
    const file = locked((isLocked) => openOrReplace(isLocked, false));
    try {
      checkPages(file.db);
      return file;
    } catch (error) {
      const isLost = isDamage(error) || file.isMoved();
      await file.close();
      if (!isLost) throw error;
      return locked((isLocked) => openOrReplace(isLocked, true));
    }
  } catch (error) {
    throw isBusy(error) ? error : fileError(options.path, explain(error));
  }
}
function isSame(one, other) {
  return one.ino === other?.ino && one.dev === other.dev;
}
var HEADER = "SQLite format 3\0";
function mayBeLedger(start) {
  return start.every((byte) => byte === 0) || new TextDecoder().decode(start) === HEADER;
}

// src/ledger/sqlite-rows.ts
function prepareRows(db) {
  const prepared = /* @__PURE__ */ new Map();
  const statement = (sql) => {
    let found = prepared.get(sql);
    if (found === void 0) {
      found = db.prepare(sql);
      prepared.set(sql, found);
    }
    return found;
  };
  const run = (sql, ...values) => statement(sql).run(...values).changes > 0;
  const one = (sql, ...values) => statement(sql).get(...values);
  return {
    find(id) {
      const row = one("SELECT state, seq, probe FROM calls WHERE id = ?", id);
      return row === void 0 ? void 0 : { state: row.state, seq: Number(row.seq), probe: row.probe === 1 };
    },
    live: (account) => statement(
      `SELECT seq, id, holder, state, probe, started_at, seen_at, expires_at, held_api_tokens, model, class, surface
         FROM calls WHERE account = ? AND state <> 'settled' ORDER BY seq`
    ).all(account).map((row) => ({
      seq: Number(row.seq),
      id: String(row.id),
      holder: String(row.holder),
      state: row.state,
      probe: row.probe === 1,
      expiresAt: Number(row.expires_at),
      seenAt: Number(row.seen_at),
      since: Number(row.started_at),
      heldApiTokens: Number(row.held_api_tokens),
      model: String(row.model),
      modelClass: row.class,
      surface: row.surface
    })),
    lingering(account, now) {
      const found = one(
        `SELECT COUNT(*) AS n, MAX(probe) AS probing FROM calls
         WHERE account = ? AND state = 'settled' AND ended_at > ? AND ended_at <= ?`,
        account,
        now,
        now + MAX_LINGER_MS
      );
      return { count: Number(found?.n ?? 0), probing: found?.probing === 1 };
    },
    used(rule, query, from) {
      const { where, values } = windowFilter(rule, query, from);
      return Number(
        one(`SELECT TOTAL(${amountColumn(rule)}) AS total FROM calls WHERE ${where}`, ...values)?.total ?? 0
      );
    },
    *entriesNewestFirst(rule, query, from) {
      const { where, values } = windowFilter(rule, query, from);
      const sql = `SELECT ${amountColumn(rule)} AS amount, ended_at FROM calls WHERE ${where} ORDER BY ended_at DESC`;
      for (const row of statement(sql).iterate(...values)) {
        yield { amount: Number(row.amount), endedAt: Number(row.ended_at) };
      }
    },
    insert: (command, holder, state, probe, now) => Number(
      statement(
        `INSERT INTO calls
             (id, account, model, class, surface, holder, state, probe, started_at, seen_at, expires_at, held_api_tokens)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
      ).run(
        command.id,
        command.account,
        command.model,
        command.modelClass,
        command.surface,
        holder,
        state,
        probe ? 1 : 0,
        now,
        now,
        now + command.leaseMs,
        command.heldApiTokens
      ).lastInsertRowid
    ),
    keepTicket(id, expiresAt) {
      run("UPDATE calls SET expires_at = ? WHERE id = ? AND state = 'waiting'", expiresAt, id);
    },
    hold(id, probe, now, expiresAt) {
      run(
        `UPDATE calls SET state = 'held', probe = ?, started_at = ?, seen_at = ?, expires_at = ?
         WHERE id = ? AND state = 'waiting'`,
        probe ? 1 : 0,
        now,
        now,
        expiresAt,
        id
      );
    },
    prolong: (id, fence, now, expiresAt) => run(
      "UPDATE calls SET seen_at = ?, expires_at = ? WHERE id = ? AND seq = ? AND state = 'held'",
      now,
      expiresAt,
      id,
      fence
    ),
    settle: (id, fence, endedAt, apiTokens, estimated) => run(
      `UPDATE calls SET state = 'settled', ended_at = ?, api_tokens = ?, estimated = ?
         WHERE id = ? AND seq = ? AND state = 'held'`,
      endedAt,
      apiTokens,
      estimated ? 1 : 0,
      id,
      fence
    ),
    remove(id) {
      run("DELETE FROM calls WHERE id = ? AND state <> 'settled'", id);
    },
    block(account) {
      const row = one("SELECT until, code, rule FROM blocks WHERE account = ?", account);
      if (row === void 0) return null;
      return { until: Number(row.until), code: row.code, rule: String(row.rule) };
    },
    setBlock(account, block) {
      run(
        `INSERT INTO blocks (account, until, code, rule) VALUES (?, ?, ?, ?)
         ON CONFLICT (account) DO UPDATE SET until = excluded.until, code = excluded.code, rule = excluded.rule`,
        account,
        block.until,
        block.code,
        block.rule
      );
    },
    clearBlockOf(id) {
      run("DELETE FROM blocks WHERE account = (SELECT account FROM calls WHERE id = ?)", id);
    },
    learned(account, key) {
      const row = one("SELECT value FROM learned WHERE account = ? AND key = ?", account, key);
      return row === void 0 ? null : Number(row.value);
    },
    learn(account, key, value, now) {
      run(
        "INSERT OR REPLACE INTO learned (account, key, value, learned_at) VALUES (?, ?, ?, ?)",
        account,
        key,
        value,
        now
      );
    },
    recentCosts: (account, model, limit) => statement(
      `SELECT api_tokens FROM calls WHERE account = ? AND model = ? AND state = 'settled' AND estimated = 0
         ORDER BY ended_at DESC LIMIT ?`
    ).all(account, model, limit).map((row) => Number(row.api_tokens)),
    removeEndedBefore(endedAt) {
      run("DELETE FROM calls WHERE state = 'settled' AND ended_at < ?", endedAt);
      run("DELETE FROM learned WHERE learned_at < ?", endedAt);
    }
  };
}
function amountColumn(rule) {
  return rule.metric === "requests" ? "1" : "api_tokens";
}
function windowFilter(rule, query, from) {
  let where = "account = ? AND state = 'settled' AND ended_at >= ?";
  const values = [query.account, from];
  if (rule.per === "model") {
    where += " AND model = ?";
    values.push(query.model);
  }
  if (rule.class !== void 0) {
    where += " AND class = ?";
    values.push(rule.class);
  }
  if (rule.surface !== "both") {
    where += " AND surface = ?";
    values.push(rule.surface);
  }
  return { where, values };
}

// src/ledger/sqlite-connection.ts
async function connectSqlite(options) {
  const open = async (broken) => {
    const file2 = await openSqliteFile(options, broken);
    return { ...file2, rows: prepareRows(file2.db) };
  };
  let file = await open();
  let isDistrusted = false;
  let reopening;
  let isClosed = false;
  let closing;
  const reopen = async () => {
    const old = file;
    const fresh = await open(old);
    const isOther = fresh.identity.ino !== old.identity.ino || fresh.identity.dev !== old.identity.dev;
    try {
      if (isOther) {
        const isCarriedOver = await carryOver(old.db, fresh.db, options.now());
        const replacement = { old: `${old.identity.dev}:${old.identity.ino}`, isCarriedOver };
        await retryWhileBusy(() => transaction(fresh.db, () => options.onReplaced(fresh.rows, replacement)));
      }
    } catch (error) {
      await fresh.close();
      throw error;
    }
    file = fresh;
    isDistrusted = false;
    await old.close();
    if (isClosed || !isOther || fresh.isReplacement) return;
    options.warn(
      `The ledger ${options.path} was deleted or moved while it was open. A new one starts empty: what was used today is not known any more until the server refuses a call.`
    );
  };
  return {
    isLost() {
      const isLost = !isClosed && (file.isMoved() || file.hasLostLog());
      isDistrusted ||= isLost;
      return isLost;
    },
    distrust() {
      isDistrusted = true;
    },
    async current() {
      if (isDistrusted && !isClosed) {
        reopening ??= reopen().finally(() => {
          reopening = void 0;
        });
        await reopening;
      }
      return file;
    },
    close() {
      isClosed = true;
      closing ??= (reopening ?? Promise.resolve()).catch(() => {
      }).then(() => file.close());
      return closing;
    }
  };
}

// src/ledger/sqlite-steps.ts
function createSteps(connection, path) {
  const step = (work) => {
    let isReopened = false;
    const mayPass = (error) => {
      if (LedgerError.isInstance(error)) return false;
      if (connection.isLost() || isBusy(error)) return true;
      if (isReopened || !isBroken(error)) return false;
      isReopened = true;
      connection.distrust();
      return true;
    };
    return guard(path, () => retryWhileBusy(async () => work(await connection.current()), mayPass));
  };
  const requireFile = () => {
    if (connection.isLost()) throw busyError("the file has just been deleted or moved");
  };
  return {
    read: (work) => step(({ rows }) => {
      requireFile();
      return work(rows);
    }),
    write: (work) => step(
      ({ db, rows }) => transaction(db, () => {
        requireFile();
        return work(rows);
      })
    )
  };
}
async function guard(path, step) {
  try {
    return await step();
  } catch (error) {
    throw fileError(path, error);
  }
}

// src/ledger/window-match.ts
function amountOf(rule, apiTokens) {
  return rule.metric === "requests" ? 1 : apiTokens;
}
function countsIn(rule, call, model) {
  if (rule.per === "model" && call.model !== model) return false;
  if (rule.class !== void 0 && call.modelClass !== rule.class) return false;
  return rule.surface === "both" || call.surface === rule.surface;
}

// src/ledger/sqlite-store.ts
var LEAST_RETENTION_MS = 32 * 864e5;
var SETTLEMENTS_PER_CLEANING = 1e3;
async function createSqliteStore(options) {
  const { path } = options;
  const own = createOwnCalls();
  const now = () => Math.floor(options.now());
  let retention = LEAST_RETENTION_MS;
  let settlements = 0;
  const [holder, connection] = await guard(path, async () => {
    const self = await createHolder();
    const onReplaced = (rows, replaced) => own.enterAgain(rows, { ...replaced, holder: self.id, now: now() });
    return [self, await retryWhileBusy(() => connectSqlite({ ...options, now, onReplaced }))];
  });
  const { read, write } = createSteps(connection, path);
  await write((rows) => rows.removeEndedBefore(now() - retention)).catch(async (error) => {
    await connection.close();
    throw error;
  });
  return {
    name: "sqlite",
    shared: true,
    async reserve(command) {
      retention = Math.max(retention, retentionMs(command.windows));
      const answer = await write((rows) => {
        const at = now();
        return own.waitsForOthers(rows, command, at) ? queuedForOthers(at) : reserve(rows, holder, command, at);
      });
      if (answer.outcome === "admitted") own.admitted(command, answer.fence, answer.probe);
      return answer;
    },
    peek: (command) => read((rows) => {
      const at = now();
      if (own.waitsForOthers(rows, command, at)) return queuedForOthers(at);
      return decide(rows, look(rows, holder, command.account, at), command, at);
    }),
    heartbeat: (id, fence, leaseMs) => {
      const at = now();
      return write((rows) => rows.prolong(id, own.fenceOf(id, fence), at, at + leaseMs));
    },
    async settle(id, fence, settlement) {
      const isHeard = await write((rows) => {
        const at = now();
        settlements += 1;
        if (settlements % SETTLEMENTS_PER_CLEANING === 0) rows.removeEndedBefore(at - retention);
        const endedAt = at + Math.ceil(Math.min(settlement.lingerMs, MAX_LINGER_MS));
        const { apiTokens, estimated, clearsBlock } = settlement;
        if (!rows.settle(id, own.fenceOf(id, fence), endedAt, apiTokens, estimated)) return false;
        if (clearsBlock) rows.clearBlockOf(id);
        return true;
      });
      own.ended(id);
      return isHeard;
    },
    async cancel(id) {
      await write((rows) => rows.remove(id));
      own.ended(id);
    },
    block: (account, block) => write((rows) => rows.setBlock(account, { ...block, until: Math.ceil(block.until) })),
    learned: (account, key) => read((rows) => rows.learned(account, key)),
    learn: (account, key, value) => write((rows) => rows.learn(account, key, value, now())),
    view: (query) => read((rows) => {
      const at = now();
      const { live, held, lost } = look(rows, holder, query.account, at);
      const windows = query.windows.map((rule) => {
        const count = countOf(rows, rule, query, { held, lost }, at);
        return { used: count.used, held: count.held, resetsAt: windowResetsAt(rule, count, at) };
      });
      const running = held.length + keptPlaces({ lost }, at).length + rows.lingering(query.account, at).count;
      return { now: at, windows, running, waiting: live.length - held.length, block: rows.block(query.account) };
    }),
    liveCalls: (account, limit) => read((rows) => {
      const { live, held } = look(rows, holder, account, now());
      const waiting = live.filter((row) => row.state === "waiting");
      return [...held, ...waiting].slice(0, limit).map(({ model, state, since }) => ({
        model,
        state: state === "held" ? "running" : "waiting",
        since
      }));
    }),
    recentCosts: (account, model, limit) => read((rows) => rows.recentCosts(account, model, limit)),
    close: () => connection.close()
  };
}
function reserve(rows, holder, command, now) {
  const known = rows.find(command.id);
  if (known?.state === "held") {
    const { held, lost } = look(rows, holder, command.account, now);
    const isOther = ({ seq }) => seq !== known.seq;
    const others = { held: held.filter(isOther), lost: lost.filter(isOther) };
    const used = command.windows.map((rule) => useOf(countOf(rows, rule, command, others, now)));
    return { outcome: "admitted", fence: known.seq, probe: known.probe, used, now };
  }
  if (known?.state === "settled") throw new LedgerError(`Call ${command.id} has already been settled.`);
  if (known !== void 0) rows.keepTicket(command.id, now + command.leaseMs);
  const seen = look(rows, holder, command.account, now);
  buryDead(rows, seen, now);
  const answer = decide(rows, { ...seen, lost: [] }, command, now);
  if (answer.outcome === "denied") {
    if (known !== void 0) rows.remove(command.id);
    return answer;
  }
  if (answer.outcome === "queued") {
    if (known === void 0) rows.insert(command, holder.id, "waiting", false, now);
    return answer;
  }
  if (known === void 0) return { ...answer, fence: rows.insert(command, holder.id, "held", answer.probe, now) };
  rows.hold(command.id, answer.probe, now, now + command.leaseMs);
  return { ...answer, fence: known.seq };
}
function decide(rows, seen, command, now) {
  const { account } = command;
  const own = seen.live.find((row) => row.id === command.id)?.seq ?? Number.POSITIVE_INFINITY;
  const ahead = seen.live.filter((row) => row.state === "waiting" && row.seq < own).length;
  const lingering = rows.lingering(account, now);
  const kept = keptPlaces(seen, now);
  const live = seen.held.length + kept.length + lingering.count;
  const windows = command.windows.map((rule) => countOf(rows, rule, command, seen, now));
  const probing = lingering.probing || [...seen.held, ...kept].some((row) => row.probe);
  const admission = admit(command, { now, ahead, live, probing, windows, block: rows.block(account) });
  switch (admission.verdict) {
    case "deny":
      return { outcome: "denied", ...admission.denial };
    case "wait":
      return {
        outcome: "queued",
        position: ahead,
        movement: `${ahead}/${seen.held.map((row) => row.seq)}/${live}`,
        now
      };
    case "admit": {
      const used = windows.map(useOf);
      return { outcome: "admitted", fence: 0, probe: admission.probe, used, now };
    }
  }
}
function buryDead(rows, { dead, lost }, now) {
  for (const { id } of dead) rows.remove(id);
  for (const { id, seq, seenAt, heldApiTokens } of lost)
    rows.settle(id, seq, placeOfDeadUntil(seenAt, now), heldApiTokens, true);
}
function keptPlaces({ lost }, now) {
  return lost.filter(({ seenAt }) => placeOfDeadUntil(seenAt, now) > now);
}
function isPresent(row, holder, now) {
  const state = holder.stateOf(row.holder);
  if (state === "dead") return false;
  return now < row.expiresAt || state === "alive" && row.state === "held";
}
function look(rows, holder, account, now) {
  const all = rows.live(account);
  const live = all.filter((row) => isPresent(row, holder, now));
  const gone = live.length === all.length ? [] : all.filter((row) => !live.includes(row));
  const isHeld = (row) => row.state === "held";
  return {
    live,
    held: live.filter(isHeld),
    lost: gone.filter(isHeld),
    dead: gone.filter((row) => !isHeld(row))
  };
}
function countOf(rows, rule, query, { held, lost }, now) {
  const from = windowStart(rule, now);
  const sum = (some) => some.reduce((total, row) => total + (countsIn(rule, row, query.model) ? amountOf(rule, row.heldApiTokens) : 0), 0);
  return {
    used: rows.used(rule, query, from) + sum(lost),
    held: sum(held),
    entriesNewestFirst: () => rows.entriesNewestFirst(rule, query, from)
  };
}
function queuedForOthers(now) {
  return { outcome: "queued", position: 0, movement: "after a loss", now };
}
function useOf({ used, held }) {
  return used + held;
}
export {
  createSqliteStore
};
