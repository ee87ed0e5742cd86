/** The steps of the Redis ledger, each one script: what it reads and writes happens at once, or not at all. */
export type RedisStep =
  | "reserve"
  | "peek"
  | "heartbeat"
  | "settle"
  | "cancel"
  | "block"
  | "view"
  | "calls"
  | "costs"
  | "learned"
  | "learn";

/** Keys of an account, in the order the scripts know them. All lie in one slot of a cluster, by the account in braces. */
export function accountKeys(prefix: string, account: string): string[] {
  return ["meta", "queue", "tickets", "held", "expiry", "settled", "ended", "learned", "sums"].map(
    (part) => `${prefix}:{${account}}:${part}`,
  );
}

/**
 * `admit.ts` in Lua, beside what feeds it. It is checked against the original by the property tests that every store passes.
 *
 * `queue` (id by number) and `tickets` are the calls that wait, `held` those that run, `expiry` says until when each is
 * believed; `settled` has one member for each cost, by its end: `amount|class|surface|marks|id|model`. `ended` knows which
 * ids are over, so that a repeated command finds itself. `sums` holds what the older rows of a calendar window come to. Rows are added
 * at the end alone, by the server's clock; one that is added before it, since that clock was set back, does away with all sums.
 * Numbers begin with the clock, so that they grow even over the loss of all data.
 */
const PRELUDE = `
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

const STEPS: Readonly<Record<RedisStep, string>> = {
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

/** The whole script of a step. */
export function redisScript(step: RedisStep): string {
  return PRELUDE + STEPS[step];
}
