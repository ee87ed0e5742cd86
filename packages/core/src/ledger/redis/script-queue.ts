import { FIRST_AHEAD } from "../ticket-order.js";

/**
 * Who waits: `lane.ts`, `ticket-order.ts` and their part of `memory-decision.ts` in Lua. A lane is the tickets for the same buckets and
 * slots, by their numbers, and what all of them hold. `waiting` has the tickets of all lanes.
 */
export const SCRIPT_QUEUE: string = `
local lanes
local function lanesOf()
  lanes = lanes or load("lanes") or {}
  return lanes
end

local function callOf(id) return load("call:" .. id) end
local function saveCall(id, row) save("call:" .. id, row) end

local function addHolds(holds, buckets, sign)
  for _, bucket in ipairs(buckets) do holds[bucket.name] = (holds[bucket.name] or 0) + sign * bucket.hold end
end

local function ticketNumber() return number() + (input.ahead and ${FIRST_AHEAD} or 0) end

-- A lane is closed while its first ticket waits for a window, or for the end of a block.
local function closeLane(lane)
  local first = callOf(read("ZRANGE", lane.key, 0, 0)[1])
  lane.closed = first and first.closed or 0
  save("lanes", lanes)
end

local function joinLane(id, row)
  local lane = lanesOf()[row.lane]
  -- Its tickets may have been dropped by a server that is short of memory: each joins again when it asks.
  if not lane or redis.call("EXISTS", lane.key) == 0 then
    lane = { key = ROOT .. "lane:" .. exact(row.number), holds = {}, slots = row.slots }
    lanes[row.lane] = lane
  end
  write("ZADD", WAITING, row.number, id)
  if write("ZADD", lane.key, row.number, id) == 1 then addHolds(lane.holds, row.buckets, 1) end
  closeLane(lane)
end

local function leaveLane(id, row)
  redis.call("ZREM", WAITING, id)
  local lane = lanesOf()[row.lane]
  if not lane then return end
  redis.call("ZREM", lane.key, id)
  addHolds(lane.holds, row.buckets, -1)
  if redis.call("ZCARD", lane.key) > 0 then return closeLane(lane) end
  lanes[row.lane] = nil
  save("lanes", lanes)
end

-- What the tickets of a lane before one of them hold.
local function holdsBefore(lane, count, place)
  if count == redis.call("ZCARD", lane.key) then return lane.holds end
  local holds = {}
  for _, id in ipairs(read("ZRANGEBYSCORE", lane.key, "-inf", place)) do
    local row = callOf(id)
    if row then addHolds(holds, row.buckets, 1) end
  end
  return holds
end

local function shares(lane)
  for _, slot in ipairs(input.slots) do
    for _, name in ipairs(lane.slots) do
      if name == slot.name then return true end
    end
  end
  for _, bucket in ipairs(input.buckets) do
    if lane.holds[bucket.name] then return true end
  end
  return false
end

-- Before which number tickets are earlier than a call. Without a ticket of its own all are before it, or those that stand ahead as well.
local function placeOf(own)
  if own then return before(own.number) end
  return input.ahead and before(0) or "+inf"
end

-- What the tickets before a call mean for it.
local function queueAhead(own)
  local ahead = { position = 0, inLane = 0, slots = {}, holds = {} }
  local place = placeOf(own)
  for name, lane in pairs(lanesOf()) do
    local count = redis.call("ZCOUNT", lane.key, "-inf", place)
    if count > 0 and (name == input.lane or shares(lane)) then
      if shares(lane) then ahead.position = ahead.position + count end
      if name == input.lane then ahead.inLane = count end
      local holds = holdsBefore(lane, count, place)
      for bucket, hold in pairs(holds) do ahead.holds[bucket] = (ahead.holds[bucket] or 0) + hold end
      -- Where the first waits for something else, neither it nor those behind it keep a slot busy.
      if lane.closed <= now then
        for _, slot in ipairs(lane.slots) do ahead.slots[slot] = (ahead.slots[slot] or 0) + count end
      end
    end
  end
  return ahead
end
`;
