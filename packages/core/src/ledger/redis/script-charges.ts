import { MOST_AHEAD_MS } from "../window-time.js";

/** Windows of one bucket whose sums are kept. A bound, for callers that change what they ask. */
const MOST_SUMS = 16;
/** The newest rows of a bucket, which are kept whatever the clock says: it may be wrong. */
const ALWAYS_KEPT = 10_000;
/** Old rows that one step drops: more than it adds. */
const DROPPED_AT_ONCE = 8;

/**
 * The charges of a bucket: `key|amount` by the moment at which it counts, as `memory/bucket-rows.ts` keeps them.
 *
 * `totals` has what is derived of them: how many there are, by which a server that dropped them alone is found out; the running sum of each
 * window, moved forward by the rows that leave; the levels of refilling buckets behind the oldest call that runs. So a step reads as much
 * with 100,000 rows in the day as with none.
 */
export const SCRIPT_CHARGES: string = `
local TOTALS = ROOT .. "totals"

local function chargesOf(bucket) return ROOT .. "charges:" .. bucket end
local function memberOf(key, amount) return key .. "|" .. exact(amount) end
local function amountIn(member) return tonumber(string.match(member, "[^|]*$")) end
local function before(at) return "(" .. exact(at) end

local derived = {}
local function derivedOf(bucket)
  local found = derived[bucket]
  if found then return found end
  local text, rows = read("HGET", TOTALS, bucket), redis.call("ZCARD", chargesOf(bucket))
  if text then found = cmsgpack.unpack(text) end
  if not found or found.rows ~= rows then
    -- Rows that no window counts any more may have gone with their time.
    if found and found.rows > rows and found.newest >= now - getNumber("retention") then missing = true end
    local newest = rows > 0 and tonumber(read("ZREVRANGE", chargesOf(bucket), 0, 0, "WITHSCORES")[2])
    found = { rows = rows, newest = newest or 0, sums = {}, levels = {} }
    if text then write("HSET", TOTALS, bucket, cmsgpack.pack(found)) end
  end
  derived[bucket] = found
  return found
end

local function saveDerived(bucket)
  local found = derived[bucket]
  for _, kind in ipairs({ "sums", "levels" }) do
    local count = 0
    for _ in pairs(found[kind]) do count = count + 1 end
    if count > ${MOST_SUMS} then found[kind] = {} end
  end
  write("HSET", TOTALS, bucket, cmsgpack.pack(found))
end

-- A sum is that of the rows from a moment on, whenever they were added.
local function changeDerived(bucket, at, amount, rows)
  local found = derivedOf(bucket)
  for _, running in pairs(found.sums) do
    if at >= running.from then running.sum = running.sum + amount end
  end
  for rate, level in pairs(found.levels) do
    if at <= level.at then found.levels[rate] = nil end
  end
  found.rows, found.newest = found.rows + rows, math.max(found.newest, at)
  saveDerived(bucket)
end

local function addCharge(bucket, key, at, amount)
  derivedOf(bucket)
  if write("ZADD", chargesOf(bucket), at, memberOf(key, amount)) == 1 then changeDerived(bucket, at, amount, 1) end
end

local function removeCharge(bucket, key, charged)
  derivedOf(bucket)
  if redis.call("ZREM", chargesOf(bucket), memberOf(key, charged.amount)) == 0 then return false end
  changeDerived(bucket, charged.at, -charged.amount, -1)
  return true
end

local function changeCharge(bucket, key, charged, amount)
  if charged.amount == amount then return end
  if removeCharge(bucket, key, charged) then addCharge(bucket, key, charged.at, amount) end
  charged.amount = amount
end

local function total(bucket, from, to)
  local sum = 0
  for _, member in ipairs(read("ZRANGEBYSCORE", chargesOf(bucket), from, to)) do sum = sum + amountIn(member) end
  return sum
end

local function sumFrom(bucket, key, from)
  local found = derivedOf(bucket)
  if found.rows == 0 then return 0 end
  local running = found.sums[key]
  if running and running.from <= from then
    local left = redis.call("ZCOUNT", chargesOf(bucket), running.from, before(from))
    if left == 0 then return running.sum end
    -- Of a window that begins anew little is left: that is counted again.
    if left <= redis.call("ZCOUNT", chargesOf(bucket), from, "+inf") then
      running.sum = running.sum - total(bucket, running.from, before(from))
    else
      running.sum = total(bucket, from, "+inf")
    end
    running.from = from
  else
    running = { from = from, sum = total(bucket, from, "+inf") }
    found.sums[key] = running
  end
  saveDerived(bucket)
  return running.sum
end

-- Rows from here on are too far ahead to count.
local END = now + ${MOST_AHEAD_MS} + 1

local function hasAhead(bucket)
  if derivedOf(bucket).newest < END or redis.call("ZCOUNT", chargesOf(bucket), END, "+inf") == 0 then return false end
  ahead = true
  return true
end

local function usedFrom(bucket, key, from)
  local sum = sumFrom(bucket, key, from)
  if hasAhead(bucket) then sum = sum - sumFrom(bucket, "ahead", END) end
  return math.max(0, sum)
end

-- In amounts times the span, as in window-time.ts.
local function drained(limit, span, at, level, rows, to)
  for index = 1, #rows, 2 do
    local rowAt = math.min(to, tonumber(rows[index + 1]))
    if rowAt > at then level = math.max(0, level - limit * (rowAt - at)) end
    level = level + amountIn(rows[index]) * span
    at = rowAt
  end
  return math.max(0, level - limit * math.max(0, to - at)), at
end

local function levelOf(bucket, limit, span)
  local found = derivedOf(bucket)
  if found.rows == 0 then return 0 end
  local key = exact(limit) .. "/" .. exact(span)
  local start = found.levels[key]
  -- The clock was ahead.
  if start and start.at > now then start = nil end
  local function rowsBetween(to)
    return read("ZRANGEBYSCORE", chargesOf(bucket), start and before(start.at) or "-inf", to, "WITHSCORES")
  end
  local oldest = read("ZRANGE", RUNNING, 0, 0, "WITHSCORES")[2]
  local final = rowsBetween(before(math.min(now, tonumber(oldest or now))))
  if #final > 0 then
    local at = tonumber(final[#final])
    local level = drained(limit, span, start and start.at or tonumber(final[2]), start and start.level or 0, final, at)
    start = { at = at, level = level }
    found.levels[key] = start
    saveDerived(bucket)
  end
  local rest = rowsBetween(hasAhead(bucket) and before(END) or "+inf")
  return drained(limit, span, start and start.at or tonumber(rest[2] or now), start and start.level or 0, rest, now) / span
end

-- Charges that no window counts any more.
local function dropOld(bucket)
  local key, found = chargesOf(bucket), derivedOf(bucket)
  local old = math.min(found.rows - ${ALWAYS_KEPT}, ${DROPPED_AT_ONCE})
  if old > 0 then old = math.min(old, redis.call("ZCOUNT", key, "-inf", before(now - getNumber("retention")))) end
  if old <= 0 then return end
  local last = tonumber(read("ZRANGE", key, old - 1, old - 1, "WITHSCORES")[2])
  redis.call("ZREMRANGEBYRANK", key, 0, old - 1)
  found.rows = found.rows - old
  for name, running in pairs(found.sums) do
    if running.from <= last then found.sums[name] = nil end
  end
  for name, level in pairs(found.levels) do
    if level.at < last then found.levels[name] = nil end
  end
  saveDerived(bucket)
end
`;
