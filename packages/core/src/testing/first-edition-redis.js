// The Redis store of laplas 0.1.0, bundled by esbuild from its sources: the first edition, whose keys a newer version takes over while
// processes of it may still run. It is what it was; nothing here is maintained.
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
  return (
    typeof value === "object" && value !== null && Object.getOwnPropertyDescriptor(value, laplasMark)?.value === true
  );
}

var InvalidOptionsError = class extends TypeError {
  name = "InvalidOptionsError";
  code = "invalid_options";
  retryable = false;
  constructor(message, details = {}) {
    super(message);
    markError(this, false, details);
  }
  /** True for this class from any copy of the package. */
  static isInstance(value) {
    return isLaplasError(value) && value.code === "invalid_options";
  }
};
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
  return at >= today
    ? { from: today, to: localHour(nextDay(day, 1), period.resetHour, period.zone) }
    : { from: localHour(nextDay(day, -1), period.resetHour, period.zone), to: today };
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
      second: "numeric",
    });
    formats.set(zone, format);
  }
  const parts = {};
  for (const part of format.formatToParts(at)) parts[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(at / 1e3) * 1e3;
}

function isHourly({ period }) {
  return period.type === "hour" || (period.type === "rolling" && period.spanMs <= 36e5);
}

var REACH_MS = { day: 36 * 36e5, hour: 3 * 36e5 };
function calendarEdges(period, around) {
  const reach = REACH_MS[period.type];
  let { from } = calendarSpan(period, around - reach);
  const edges = [from];
  while (from <= around + reach) {
    from = calendarSpan(period, from).to;
    edges.push(from);
  }
  return edges;
}

async function importNode(name) {
  const found = typeof process === "undefined" ? void 0 : process.getBuiltinModule?.(name);
  if (found === void 0) throw new Error(`${name} is not available here`);
  return found;
}
async function importOptional(name) {
  const node = await importNode("node:module").catch(() => void 0);
  if (node === void 0) return void 0;
  const here = import.meta.url || (typeof __filename === "string" ? __filename : `${process.cwd()}/`);
  try {
    return node.createRequire(here)(name);
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return void 0;
    throw error;
  }
}

async function createHolder() {
  const { readFileSync, readlinkSync } = await importNode("node:fs");
  const { hostname } = await importNode("node:os");
  const attempt = (read) => {
    try {
      return read();
    } catch (error) {
      if (SHORTAGES.has(error.code ?? "")) throw error;
      return void 0;
    }
  };
  const boot = attempt(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()) ?? hostname();
  const namespace = attempt(() => readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")) ?? "";
  const startTime = (pid) => {
    const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
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
    },
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

function scriptRunner(client, close = async () => {}) {
  const hashes = /* @__PURE__ */ new Map();
  const hashOf = (script) => {
    let hash = hashes.get(script);
    if (hash === void 0) {
      hash = sha1(script);
      hashes.set(script, hash);
    }
    return hash;
  };
  return {
    async run(script, keys, argument) {
      try {
        return await bySha(client, await hashOf(script), keys, argument);
      } catch (error) {
        if (!/NOSCRIPT/.test(error.message)) throw error;
        return await bySource(client, script, keys, argument);
      }
    },
    close,
  };
}
async function connectRedis(url, connectMs) {
  const ioredis = await importOptional("ioredis");
  if (ioredis !== void 0) {
    const client = new ioredis.Redis(url, {
      // The ledger repeats what failed and gives up in time of its own; calls should hear of it, not pile up behind it.
      maxRetriesPerRequest: 1,
      connectTimeout: connectMs,
      retryStrategy: (attempts) => Math.min(50 * 2 ** attempts, 1e3),
      // After a fail-over the address leads to the new master, the open connection to the old one.
      reconnectOnError: ({ message }) => message.includes("READONLY"),
    });
    client.on("connect", () => client.stream.unref());
    client.on("error", () => {});
    return scriptRunner(client, async () => client.disconnect());
  }
  const redis = await importOptional("redis");
  if (redis !== void 0) {
    const socket = {
      connectTimeout: connectMs,
      reconnectStrategy: (attempts) => Math.min(50 * 2 ** attempts, 1e3),
    };
    const client = redis.createClient({ url, socket, commandsQueueMaxLength: 1e4 });
    client.on("error", () => {});
    client.connect().catch(() => {});
    return scriptRunner(client, async () => client.destroy());
  }
  throw new InvalidOptionsError(
    'Option "ledger" (LAPLAS_LEDGER) is an address of Redis, and no client for it is installed: npm install ioredis, or hand in a client of your own with createRedisStore({ client }).',
  );
}
function bySha(client, sha, keys, argument) {
  return "evalsha" in client
    ? client.evalsha(sha, keys.length, ...keys, argument)
    : client.evalSha(sha, { keys: [...keys], arguments: [argument] });
}
function bySource(client, script, keys, argument) {
  return "evalsha" in client
    ? client.eval(script, keys.length, ...keys, argument)
    : client.eval(script, { keys: [...keys], arguments: [argument] });
}
async function sha1(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function accountKeys(prefix, account) {
  return ["meta", "queue", "tickets", "held", "expiry", "settled", "ended", "learned", "sums"].map(
    (part) => `${prefix}:{${account}}:${part}`,
  );
}
var PRELUDE = `
local META, QUEUE, TICKETS, HELD, EXPIRY, SETTLED, ENDED, LEARNED, SUMS =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local call = redis.call
local input = cjson.decode(ARGV[1])
local now = input.now
if not now then
  local time = call("TIME")
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local MAX_LINGER, FIRST_LEASE, DAY = 10000, 30000, 86400000

local function keep()
  local longest = tonumber(call("HGET", META, "retention") or 0)
  for _, key in ipairs(KEYS) do call("PEXPIRE", key, longest + 8 * DAY) end
end

local function reply(value)
  if call("HSETNX", META, "epoch", input.epoch) == 1 then keep() end
  value.now = now
  value.epoch = call("HGET", META, "epoch")
  return cjson.encode(value)
end

local function number()
  local last = tonumber(call("HGET", META, "number") or 0)
  local next = math.max(last + 1, now)
  call("HSET", META, "number", string.format("%.0f", next))
  return next
end

local function score(key, id)
  local found = call("ZSCORE", key, id)
  return found and tonumber(found)
end

local function heldRow(id)
  local text = call("HGET", HELD, id)
  return text and cjson.decode(text)
end

local function charge(id, row, amount, estimated, endedAt)
  call("HDEL", HELD, id)
  call("ZREM", EXPIRY, id)
  local flags = (row.class == "pro" and "p" or "r") .. "|" .. (row.surface == "playground" and "p" or "a")
  local marks = (estimated and "e" or "") .. (row.probe and "p" or "")
  local member = string.format("%.17g", amount) .. "|" .. flags .. "|" .. marks .. "|" .. id .. "|" .. row.model
  if endedAt <= tonumber(call("HGET", SUMS, "until") or -1) then call("DEL", SUMS) end
  call("ZADD", SETTLED, endedAt, member)
  call("ZADD", ENDED, endedAt, id)
end

local function forget(id)
  call("ZREM", QUEUE, id)
  call("HDEL", TICKETS, id)
  call("HDEL", HELD, id)
  call("ZREM", EXPIRY, id)
end

-- Who has given no sign for too long. Nobody else can tell whether it lives.
local function gone()
  local lost, dead = {}, {}
  for _, id in ipairs(call("ZRANGEBYSCORE", EXPIRY, "-inf", now)) do
    if call("HEXISTS", HELD, id) == 1 then lost[id] = true else dead[id] = true end
  end
  return lost, dead
end

local function bury()
  -- A server that is short of memory may have dropped the signs alone: who gave one gets time for the next.
  if call("ZCARD", EXPIRY) < call("HLEN", HELD) + call("ZCARD", QUEUE) then
    for _, ids in ipairs({ call("HKEYS", HELD), call("ZRANGE", QUEUE, 0, -1) }) do
      for _, id in ipairs(ids) do call("ZADD", EXPIRY, "NX", now + FIRST_LEASE, id) end
    end
  end
  local lost, dead = gone()
  for id in pairs(dead) do forget(id) end
  for id in pairs(lost) do
    local row = heldRow(id)
    charge(id, row, row.held, true, now)
  end
end

local function block()
  local found = call("HMGET", META, "block_until", "block_code", "block_rule")
  if not found[1] then return nil end
  return { ["until"] = tonumber(found[1]), code = found[2], rule = found[3] }
end

local function countsIn(rule, row, model)
  if rule.per == "model" and row.model ~= model then return false end
  if rule.class and row.class ~= rule.class then return false end
  return rule.surface == "both" or row.surface == rule.surface
end

local function amountOf(rule, amount)
  if rule.metric == "requests" then return 1 end
  return amount
end

local function parse(member)
  local amount, class, surface, marks, model = string.match(member, "^([^|]*)|(.)|(.)|([^|]*)|[^|]*|(.*)$")
  return {
    amount = tonumber(amount),
    class = class == "p" and "pro" or "regular",
    surface = surface == "p" and "playground" or "api",
    estimated = string.find(marks, "e") ~= nil,
    probe = string.find(marks, "p") ~= nil,
    model = model,
  }
end

-- From when a window counts, and when it ends. The edges of a calendar come from the caller: Lua knows no time zones.
local function span(rule)
  if rule.span then return now - rule.span + 1 end
  local at, edges = now - rule.margin, rule.edges
  for index = 1, #edges - 1 do
    if edges[index] <= at and at < edges[index + 1] then return edges[index] - rule.margin, edges[index + 1] + rule.margin end
  end
end
for _, rule in ipairs(input.windows or {}) do
  rule.from, rule.to = span(rule)
  if not rule.from then return redis.error_reply("CLOCK " .. string.format("%.0f", now)) end
end

local SUMMED_FROM, MOST_SUMS = 16, 1000

-- What rows add to a window: those that end after the first score, up to the second.
local function useBetween(rule, model, from, to)
  local all = rule.per ~= "model" and not rule.class and rule.surface == "both"
  if all and rule.metric == "requests" then
    local count = call("ZCOUNT", SETTLED, from.score, to)
    return from.sum + count, count
  end
  local total = from.sum
  local members = call("ZRANGEBYSCORE", SETTLED, from.score, to)
  for _, member in ipairs(members) do
    if all then
      total = total + tonumber(string.match(member, "^[^|]*"))
    else
      local row = parse(member)
      if countsIn(rule, row, model) then total = total + amountOf(rule, row.amount) end
    end
  end
  return total, #members
end

local function usedIn(rule, model)
  if not rule.to then return (useBetween(rule, model, { score = rule.from, sum = 0 }, "+inf")) end
  local name = cjson.encode({ rule.id, rule.metric, rule.per, rule.class or "", rule.surface, rule.per == "model" and model or "" })
  local from = { score = rule.from, sum = 0 }
  local since, last, sum = string.match(call("HGET", SUMS, name) or "", "^(.*)|(.*)|(.*)$")
  if tonumber(since) == rule.from then from = { score = "(" .. last, sum = tonumber(sum) } end
  local past = now - 1
  local summed, rows = useBetween(rule, model, from, past)
  if rows >= SUMMED_FROM then
    local text = string.format("%.17g", past)
    -- Callers may name any number of models.
    if call("HLEN", SUMS) > MOST_SUMS then call("DEL", SUMS) end
    call("HSET", SUMS, name, string.format("%.17g|%s|%.17g", rule.from, text, summed))
    if past > tonumber(call("HGET", SUMS, "until") or -1) then call("HSET", SUMS, "until", text) end
    from = { score = "(" .. text, sum = summed }
    keep()
  end
  return (useBetween(rule, model, from, "+inf"))
end

local function ownAmount(rule)
  if not input.own then return 0 end
  return amountOf(rule, input.held)
end

local function fits(rule, spent, own)
  if own > 0 then return spent + own <= rule.limit end
  return spent < rule.limit
end

local function freesAt(rule, model, own)
  if rule.to then return rule.to end
  local sum = 0
  local rows = call("ZREVRANGEBYSCORE", SETTLED, "+inf", rule.from, "WITHSCORES")
  for index = 1, #rows, 2 do
    local row = parse(rows[index])
    if countsIn(rule, row, model) then
      sum = sum + amountOf(rule, row.amount)
      if not fits(rule, sum, own) then return tonumber(rows[index + 1]) + rule.span end
    end
  end
  return now
end

-- Everything about the account that a decision depends on. Those that are gone count as charged already.
local function look()
  local lost, dead = gone()
  local seen = { held = {}, numbers = {}, lost = {}, probing = false, dead = 0 }
  local rows = call("HGETALL", HELD)
  for index = 1, #rows, 2 do
    local row = cjson.decode(rows[index + 1])
    if lost[rows[index]] then
      table.insert(seen.lost, row)
    else
      table.insert(seen.held, row)
      table.insert(seen.numbers, row.number)
      seen.probing = seen.probing or row.probe
    end
  end
  table.sort(seen.numbers)
  local own = input.id and score(QUEUE, input.id)
  seen.ahead = call("ZCOUNT", QUEUE, "-inf", own and "(" .. string.format("%.0f", own) or "+inf")
  for id in pairs(dead) do
    seen.dead = seen.dead + 1
    local place = score(QUEUE, id)
    if place and id ~= input.id and (not own or place < own) then seen.ahead = seen.ahead - 1 end
  end
  local lingering = call("ZRANGEBYSCORE", SETTLED, "(" .. string.format("%.0f", now), now + MAX_LINGER)
  seen.live = #seen.held + #lingering
  for _, member in ipairs(lingering) do seen.probing = seen.probing or parse(member).probe end
  seen.windows = {}
  for index, rule in ipairs(input.windows) do
    local used, held = usedIn(rule, input.model), 0
    for _, row in ipairs(seen.held) do
      if countsIn(rule, row, input.model) then held = held + amountOf(rule, row.held) end
    end
    for _, row in ipairs(seen.lost) do
      if countsIn(rule, row, input.model) then used = used + amountOf(rule, row.held) end
    end
    seen.windows[index] = { rule = rule, used = used, held = held }
  end
  return seen
end

local function quotaCode(rule)
  if rule.hourly then return "hourly_quota" end
  return "daily_quota"
end

local function admit(seen)
  local blocked = block()
  if blocked and now < blocked["until"] then
    return "deny", {
      reason = "upstream", rule = blocked.rule, code = blocked.code, resetsAt = blocked["until"],
      used = 0, limit = 0, metric = "apiTokens",
    }
  end
  local waits = false
  for _, window in ipairs(seen.windows) do
    local rule = window.rule
    local own = ownAmount(rule)
    local denial = { rule = rule.id, used = window.used, limit = rule.limit, metric = rule.metric }
    if own > rule.limit then
      denial.reason, denial.code, denial.resetsAt = "cost", "request_cost", now
      return "deny", denial
    end
    if not fits(rule, window.used, own) then
      denial.reason, denial.code = "window", quotaCode(rule)
      denial.resetsAt = freesAt(rule, input.model, own)
      return "deny", denial
    end
    if not fits(rule, window.used + window.held, own) then waits = true end
  end
  if seen.ahead > 0 then return "wait" end
  if input.concurrency and seen.live >= input.concurrency then return "wait" end
  if waits then return "wait" end
  if blocked and seen.probing then return "wait" end
  return "admit", blocked ~= nil
end

local function decide(seen)
  local verdict, detail = admit(seen)
  if verdict == "deny" then
    detail.outcome = "denied"
    return detail
  end
  if verdict == "wait" then
    local movement = seen.ahead .. "/" .. table.concat(seen.numbers, ",") .. "/" .. seen.live
    return { outcome = "queued", position = seen.ahead, movement = movement }
  end
  local used = {}
  for index, window in ipairs(seen.windows) do used[index] = window.used + window.held end
  return { outcome = "admitted", fence = 0, probe = detail, used = used }
end
`;
var STEPS = {
  reserve: `
local id = input.id
local known = heldRow(id)
if known then
  local used = {}
  for index, window in ipairs(look().windows) do
    local rule = window.rule
    used[index] = window.used + window.held - (countsIn(rule, known, input.model) and amountOf(rule, known.held) or 0)
  end
  return reply({ outcome = "admitted", fence = known.number, probe = known.probe, used = used })
end
if score(ENDED, id) then return reply({ outcome = "ended" }) end
local ticket = score(QUEUE, id)
if ticket then call("ZADD", EXPIRY, now + input.lease, id) end
bury()
local longest = tonumber(call("HGET", META, "retention") or 0)
if input.retention > longest then call("HSET", META, "retention", input.retention) end
local answer = decide(look())
if answer.outcome == "denied" then
  if ticket then forget(id) end
  keep()
  return reply(answer)
end
local row = {
  model = input.model, class = input.class, surface = input.surface, held = input.held,
  holder = input.holder, since = now, probe = false,
}
call("ZADD", EXPIRY, now + input.lease, id)
if answer.outcome == "queued" then
  if not ticket then
    call("ZADD", QUEUE, number(), id)
    call("HSET", TICKETS, id, cjson.encode(row))
  end
else
  call("ZREM", QUEUE, id)
  call("HDEL", TICKETS, id)
  row.number, row.probe = number(), answer.probe
  answer.fence = row.number
  call("HSET", HELD, id, cjson.encode(row))
end
keep()
return reply(answer)
`,
  peek: "return reply(decide(look()))",
  heartbeat: `
local row = heldRow(input.id)
if not row or row.number ~= input.fence then return reply({ done = false }) end
call("ZADD", EXPIRY, now + input.lease, input.id)
return reply({ done = true })
`,
  settle: `
local row = heldRow(input.id)
if not row or row.number ~= input.fence then return reply({ done = false }) end
charge(input.id, row, input.amount, input.estimated, now + input.linger)
if input.clears then call("HDEL", META, "block_until", "block_code", "block_rule") end
local oldest = now - tonumber(call("HGET", META, "retention") or 0)
local surplus = call("ZCARD", SETTLED) - 256
-- The newest rows stay for the learned costs, whatever their age.
if surplus > 0 then
  local olds = math.min(call("ZCOUNT", SETTLED, "-inf", "(" .. string.format("%.0f", oldest)), surplus)
  if olds > 0 then call("ZREMRANGEBYRANK", SETTLED, 0, olds - 1) end
end
call("ZREMRANGEBYSCORE", ENDED, "-inf", now - DAY)
keep()
return reply({ done = true })
`,
  cancel: `
forget(input.id)
return reply({ done = true })
`,
  block: `
call("HSET", META, "block_until", string.format("%.0f", input["until"]), "block_code", input.code, "block_rule", input.rule)
keep()
return reply({ done = true })
`,
  view: `
local seen = look()
local windows = {}
for index, window in ipairs(seen.windows) do
  local resetsAt = freesAt(window.rule, input.model, 0)
  windows[index] = { used = window.used, held = window.held, resetsAt = resetsAt }
end
return reply({ windows = windows, running = seen.live, waiting = call("ZCARD", QUEUE) - seen.dead, block = block() })
`,
  calls: `
local lost, dead = gone()
local running, calls = {}, {}
local rows = call("HGETALL", HELD)
for index = 1, #rows, 2 do
  if not lost[rows[index]] then table.insert(running, cjson.decode(rows[index + 1])) end
end
table.sort(running, function(one, other) return one.number < other.number end)
for _, row in ipairs(running) do
  table.insert(calls, { model = row.model, state = "running", since = row.since })
end
for _, id in ipairs(call("ZRANGE", QUEUE, 0, input.limit)) do
  if not dead[id] then
    local row = cjson.decode(call("HGET", TICKETS, id))
    table.insert(calls, { model = row.model, state = "waiting", since = row.since })
  end
end
while #calls > input.limit do table.remove(calls) end
return reply({ calls = calls })
`,
  costs: `
local costs = {}
for _, member in ipairs(call("ZREVRANGE", SETTLED, 0, 511)) do
  local row = parse(member)
  if not row.estimated and row.model == input.model then table.insert(costs, row.amount) end
  if #costs == input.limit then break end
end
return reply({ costs = costs })
`,
  learned: `
local value = call("HGET", LEARNED, input.key)
return reply({ value = value and tonumber(value) or nil })
`,
  learn: `
call("HSET", LEARNED, input.key, string.format("%.17g", input.value))
keep()
return reply({ done = true })
`,
};
function redisScript(step) {
  return PRELUDE + STEPS[step];
}

var DAY_MS2 = 864e5;
var MAX_LINGER_MS = 1e4;
function retentionMs(windows) {
  let longest = 0;
  for (const rule of windows) {
    longest = Math.max(longest, rule.period.type === "rolling" ? rule.period.spanMs + DAY_MS2 : 2 * DAY_MS2);
  }
  return longest;
}

var FIRST_PAUSE_MS = 25;
var SCRIPTS = new Map(
  ["reserve", "peek", "heartbeat", "settle", "cancel", "block", "view", "calls", "costs", "learned", "learn"].map(
    (step) => [step, redisScript(step)],
  ),
);
var LOST_DATA =
  "The ledger in Redis has lost its data: what was used today is not known any more until the server refuses a call.";
function createRedisStore(options) {
  const { prefix = "laplas", timeoutMs = 5e3, now, warn } = options;
  const listeners = new Set(warn === void 0 ? [] : [warn]);
  const accounts = /* @__PURE__ */ new Map();
  const epochs = /* @__PURE__ */ new Map();
  let runner;
  let holderId;
  let skewMs = 0;
  const connect = () => {
    runner ??= openRunner(options, timeoutMs).catch((error) => {
      runner = void 0;
      throw error;
    });
    return runner;
  };
  const step = async (name, account, makeInput) => {
    const keys = accountKeys(prefix, account);
    const attempt = async () => {
      const input = {
        ...makeInput(),
        epoch: crypto.randomUUID(),
        ...(now === void 0 ? {} : { now: Math.floor(now()) }),
      };
      const ready = await connect();
      const text = await ready.run(SCRIPTS.get(name) ?? "", keys, JSON.stringify(input));
      return JSON.parse(String(text));
    };
    await connect().catch(() => {});
    const reply = await withinTime(timeoutMs, () =>
      attempt().catch((error) => {
        const [, at] = /CLOCK (\d+)/.exec(error.message) ?? [];
        if (at === void 0) throw error;
        skewMs = Number(at) - Date.now();
        return attempt();
      }),
    );
    if (now === void 0) skewMs = reply.now - Date.now();
    const epoch = epochs.get(account);
    if (epoch !== void 0 && epoch !== reply.epoch) {
      for (const listener of listeners) listener(LOST_DATA);
    }
    epochs.set(account, reply.epoch);
    return reply;
  };
  const clock = () => now?.() ?? Date.now() + skewMs;
  const windowsOf = (windows) => windows.map((rule) => windowInput(rule, clock()));
  const commandInput = (command) => ({
    id: command.id,
    model: command.model,
    class: command.modelClass,
    surface: command.surface,
    held: command.heldApiTokens,
    own: command.countOwnHold,
    lease: command.leaseMs,
    retention: retentionMs(command.windows),
    windows: windowsOf(command.windows),
    ...(command.concurrency === null ? {} : { concurrency: command.concurrency }),
  });
  const end = async (name, id, input) => {
    const known = accounts.get(id);
    if (known === void 0) return false;
    const { done } = await step(name, known.account, () => ({ id, ...input }));
    if (done || input.fence === known.fence) accounts.delete(id);
    return done;
  };
  return {
    name: "redis",
    shared: true,
    async reserve(command) {
      holderId ??= createHolder()
        .then(({ id }) => id)
        .catch((error) => {
          holderId = void 0;
          throw storeError(error, timeoutMs);
        });
      const holder = await holderId;
      accounts.set(command.id, { account: command.account });
      const answer = await step("reserve", command.account, () => ({ ...commandInput(command), holder }));
      if (answer.outcome === "ended") throw new LedgerError(`Call ${command.id} has already been settled.`);
      if (answer.outcome === "denied") accounts.delete(command.id);
      if (answer.outcome === "admitted") accounts.set(command.id, { account: command.account, fence: answer.fence });
      return toAnswer(answer);
    },
    async peek(command) {
      const answer = await step("peek", command.account, () => commandInput(command));
      return toAnswer(answer);
    },
    async heartbeat(id, fence, leaseMs) {
      const known = accounts.get(id);
      if (known === void 0) return false;
      return (await step("heartbeat", known.account, () => ({ id, fence, lease: leaseMs }))).done;
    },
    settle: (id, fence, { apiTokens, estimated, lingerMs, clearsBlock }) =>
      end("settle", id, {
        fence,
        amount: apiTokens,
        estimated,
        linger: Math.ceil(Math.min(lingerMs, MAX_LINGER_MS)),
        clears: clearsBlock,
      }),
    async cancel(id) {
      await end("cancel", id, {});
    },
    async block(account, block) {
      await step("block", account, () => ({ ...block, until: Math.ceil(block.until) }));
    },
    async learned(account, key) {
      return (await step("learned", account, () => ({ key }))).value ?? null;
    },
    async learn(account, key, value) {
      await step("learn", account, () => ({ key, value }));
    },
    async view(query) {
      const view = await step("view", query.account, () => ({
        model: query.model,
        windows: windowsOf(query.windows),
      }));
      const { now: at, running, waiting, block = null } = view;
      return { now: at, windows: listOf(view.windows), running, waiting, block };
    },
    async liveCalls(account, limit) {
      return listOf((await step("calls", account, () => ({ limit }))).calls);
    },
    async recentCosts(account, model, limit) {
      return listOf((await step("costs", account, () => ({ model, limit }))).costs);
    },
    onWarning: (listener) => void listeners.add(listener),
    async close() {
      accounts.clear();
      listeners.clear();
      await (await runner?.catch(() => void 0))?.close();
    },
  };
}
function toAnswer({ epoch: _, ...answer }) {
  return answer.outcome === "admitted" ? { ...answer, used: listOf(answer.used) } : answer;
}
function listOf(list) {
  return Array.isArray(list) ? [...list] : [];
}
function windowInput(rule, at) {
  const { id, metric, limit, per, surface, marginMs: margin, period } = rule;
  return {
    id,
    metric,
    limit,
    per,
    surface,
    margin,
    hourly: isHourly(rule),
    ...(rule.class === void 0 ? {} : { class: rule.class }),
    ...(period.type === "rolling" ? { span: period.spanMs } : { edges: calendarEdges(period, at) }),
  };
}
async function openRunner({ client, url }, timeoutMs) {
  if (client !== void 0) return scriptRunner(client);
  return connectRedis(url ?? "redis://127.0.0.1:6379", timeoutMs);
}
async function withinTime(timeoutMs, attempt) {
  const giveUpAt = performance.now() + timeoutMs;
  let timer;
  let failure;
  let isOver = false;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(storeError(failure, timeoutMs)), timeoutMs);
  });
  const again = async () => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      try {
        return await attempt();
      } catch (error) {
        failure = error;
        if (isOver || !isLost(error) || performance.now() + pauseMs > giveUpAt) throw storeError(error, timeoutMs);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  try {
    return await Promise.race([again(), late]);
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}
function isLost(error) {
  const { code = "", name = "", message = "" } = error;
  return (
    /^E[A-Z]+$/.test(code) ||
    /Connection|Socket|Closed|MaxRetries|Abort/i.test(`${name} ${message}`) ||
    /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)|READONLY/.test(message)
  );
}
function storeError(error, timeoutMs) {
  if (LedgerError.isInstance(error) || error?.code === "invalid_options") return error;
  const reason = error === void 0 ? `no answer within ${timeoutMs} ms` : reasonOf(error);
  return new LedgerError(
    `The ledger in Redis failed, so nothing was sent uncounted: ${reason}. Mend the server, or name another place in option "ledger" (LAPLAS_LEDGER).`,
    { cause: plainError(error) },
  );
}
function reasonOf({ name, message }) {
  if (/^Reached the max retries/.test(message)) return "it can't be reached";
  return message.replace(/\.+$/, "") || name;
}
function plainError(error) {
  if (error === void 0) return void 0;
  const { name, message, code } = error;
  return Object.assign(new Error(message), { name }, code === void 0 ? {} : { code });
}

export { createRedisStore };
