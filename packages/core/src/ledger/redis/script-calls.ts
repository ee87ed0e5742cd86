import { BREAKER_OPENS_AT, FIRST_BREAK_MS, LONGEST_BREAK_MS } from "../breaker.js";
import { BREAKER } from "../ledger-store.js";
import { ENDED_BY_HAND } from "../misdated.js";
import { ABORT_LINGER_MS, HEARTBEAT_MS } from "../retention.js";

/** Costs that are kept for each label and bucket. */
const COSTS_KEPT = 64;
/** Ids of ended calls that one step forgets at most. */
const FORGOTTEN_AT_ONCE = 8;

/**
 * What becomes of a call: it waits, is held, ends. `call:ID` in the state is its row; `running` has those that are held, by their start.
 * `slot:NAME` counts them and `hold:BUCKET` sums what they hold; `live:BUCKET` counts those that run in a bucket and sums their fences, so
 * that of a single one it tells which. One whose slots are kept after its end is in `lingering` until then.
 */
export const SCRIPT_CALLS: string = `
local COSTS = ROOT .. "costs"

local function keepRetention()
  if input.retention > getNumber("retention") then put("retention", input.retention) end
end

local function blocksOf() return load("blocks") or {} end

-- One without a limit to its end stands until somebody asks again by hand.
local function isMisdated(block)
  if ${[...ENDED_BY_HAND].map((code) => `block.code == "${code}"`).join(" or ")} then return false end
  return block["until"] - now > block.longestMs
end

local function isInForce(block) return now < block["until"] and not isMisdated(block) end

local function saveBlocks(blocks)
  save("blocks", blocks)
  local last = 0
  for _, block in ipairs(blocks) do
    if isInForce(block) then last = math.max(last, block["until"]) end
  end
  if last > 0 then put("blocked", last) elseif get("blocked") then drop("blocked") end
end

local function setBlock(blocks, block)
  for index, other in ipairs(blocks) do
    if other.name == block.name then
      blocks[index] = block
      return saveBlocks(blocks)
    end
  end
  table.insert(blocks, block)
  saveBlocks(blocks)
end

local function removeBlocks(goes)
  local blocks, rest = blocksOf(), {}
  for _, block in ipairs(blocks) do
    if not goes(block) then table.insert(rest, block) end
  end
  if #rest < #blocks then saveBlocks(rest) end
end

local function endBlocks(names)
  removeBlocks(function(block)
    -- Another call may have been refused since.
    return names[block.name] and (block.name == "${BREAKER}" or not isInForce(block))
  end)
end

local function countLive(bucket, fence, sign)
  local live = load("live:" .. bucket) or { calls = 0, fences = 0 }
  live.calls, live.fences = live.calls + sign, live.fences + sign * fence
  if live.calls > 0 then save("live:" .. bucket, live) else drop("live:" .. bucket) end
end

local function hold(id, row)
  write("ZADD", RUNNING, row.since, id)
  for _, slot in ipairs(row.slots) do addTo("slot:" .. slot, 1) end
  for _, bucket in ipairs(row.buckets) do
    if bucket.start then
      row.charges[bucket.name] = { at = row.since, amount = bucket.hold }
      addCharge(bucket.name, exact(row.fence), row.since, bucket.hold)
    else
      addTo("hold:" .. bucket.name, bucket.hold)
    end
    countLive(bucket.name, row.fence, 1)
  end
  if #row.probes > 0 then
    local probing = load("probing") or {}
    probing[id] = row.probes
    save("probing", probing)
  end
  saveCall(id, row)
end

-- Takes what a call holds, or was charged at its start, out of its account.
local function release(id, row)
  redis.call("ZREM", RUNNING, id)
  move()
  for _, slot in ipairs(row.slots) do addTo("slot:" .. slot, -1) end
  for _, bucket in ipairs(row.buckets) do
    if not row.charges[bucket.name] then addTo("hold:" .. bucket.name, -bucket.hold) end
    countLive(bucket.name, row.fence, -1)
  end
  if #row.probes > 0 then
    local probing = load("probing") or {}
    probing[id] = nil
    save("probing", probing)
  end
  addTo("calls of " .. row.holder, -1)
end

local function forget(id, row)
  if row.state == "waiting" then
    leaveLane(id, row)
    addTo("calls of " .. row.holder, -1)
  else
    release(id, row)
    for bucket, charged in pairs(row.charges) do removeCharge(bucket, exact(row.fence), charged) end
  end
  drop("call:" .. id)
end

local function rememberCost(label, bucket, amount)
  local field, costs = label .. "\\n" .. bucket, { exact(amount) }
  for cost in string.gmatch(read("HGET", COSTS, field) or "", "[^,]+") do
    if #costs < ${COSTS_KEPT} then table.insert(costs, cost) end
  end
  write("HSET", COSTS, field, table.concat(costs, ","))
end

local function charge(id, row, amounts, estimated, freeAt)
  release(id, row)
  write("ZADD", DONE, now, id)
  if freeAt > now then
    local kept = { id = id, fence = row.fence, buckets = row.buckets, slots = row.slots, probes = row.probes }
    write("ZADD", LINGERING, freeAt, cmsgpack.pack(kept))
  end
  for _, bucket in ipairs(row.buckets) do
    local name, amount, charged = bucket.name, amounts[bucket.name] or bucket.hold, row.charges[bucket.name]
    if charged then
      changeCharge(name, exact(row.fence), charged, amount)
    else
      row.charges[name] = { at = now, amount = amount }
      addCharge(name, exact(row.fence), now, amount)
    end
    if not estimated then rememberCost(row.label, name, amount) end
  end
end

-- The row of a holder that was given up: it died after its last sign, and before the next would have come.
local function reclaimCall(id, row, seenAt)
  if row.state == "waiting" then return forget(id, row) end
  charge(id, row, {}, true, math.max(now, math.min(now, seenAt + ${HEARTBEAT_MS}) + ${ABORT_LINGER_MS}))
  row.state = "reclaimed"
  saveCall(id, row)
end

-- A settlement that comes late puts the true amounts in place of what was held, and frees nothing.
local function correct(id, row)
  for name, charged in pairs(row.charges) do
    local amount = input.amounts[name]
    if amount then
      changeCharge(name, exact(row.fence), charged, amount)
      if not input.estimated then rememberCost(row.label, name, amount) end
    end
  end
  drop("call:" .. id)
end

local function learnFrom(row)
  if input.outcome == "answered" then
    local names = { ["${BREAKER}"] = true }
    for _, name in ipairs(row.probes) do names[name] = true end
    endBlocks(names)
    if get("failures") then drop("failures") end
  elseif input.outcome == "failed" then
    local failures = getNumber("failures") + 1
    put("failures", failures)
    if failures >= ${BREAKER_OPENS_AT} then
      local breakMs = math.min(${LONGEST_BREAK_MS}, ${FIRST_BREAK_MS} * 2 ^ (failures - ${BREAKER_OPENS_AT}))
      setBlock(blocksOf(), {
        name = "${BREAKER}", ["until"] = now + breakMs, longestMs = ${LONGEST_BREAK_MS},
        code = "hourly_quota", rule = "${BREAKER}", needsProbe = true,
      })
    end
  end
end

local function forgetOld(row)
  for _, bucket in ipairs(row.buckets) do dropOld(bucket.name) end
  redis.call("ZREMRANGEBYSCORE", LINGERING, "-inf", now)
  for _, id in ipairs(read("ZRANGEBYSCORE", DONE, "-inf", now - DAY, "LIMIT", 0, ${FORGOTTEN_AT_ONCE})) do
    drop("call:" .. id)
    redis.call("ZREM", DONE, id)
  end
end
`;
