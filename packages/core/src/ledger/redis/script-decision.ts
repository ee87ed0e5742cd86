import { CLOSED, OPEN } from "../admit.js";
import { BREAKER } from "../ledger-store.js";

/**
 * `admit.ts` in Lua, beside what feeds it. It is checked against the original by the property tests that every store passes. What an
 * answer says of a claim is left to the caller, who has made it: a denial names its place in the list.
 */
export const SCRIPT_DECISION: string = `
local function lingering()
  local rows = {}
  for _, member in ipairs(read("ZRANGEBYSCORE", LINGERING, before(now), now + MAX_LINGER)) do
    table.insert(rows, cmsgpack.unpack(member))
  end
  return rows
end

local function occupied(slot, ended)
  local count = getNumber("slot:" .. slot)
  for _, row in ipairs(ended) do
    for _, name in ipairs(row.slots) do
      if name == slot then count = count + 1 end
    end
  end
  return count
end

local function isProbing(name, ended)
  local all = load("probing") or {}
  for _, row in ipairs(ended) do all[row.id] = row.probes end
  for _, names in pairs(all) do
    for _, other in ipairs(names) do
      if other == name then return true end
    end
  end
  return false
end

local function deny(count, index, reason, at)
  return { outcome = "denied", reason = reason, claim = index, used = exact(count.used), resetsAt = at }
end

-- Whether a call may be sent now, and until when its ticket is closed if not.
local function decide(own)
  local ahead, ended, probes, named = queueAhead(own), {}, {}, { ["${BREAKER}"] = true }
  if #input.slots > 0 or get("blocks") then ended = lingering() end
  local counts, readyAt, closed, full = {}, now, ${OPEN}, nil
  for _, scope in ipairs(input.scopes) do named[scope] = true end
  for _, bucket in ipairs(input.buckets) do named[bucket.name] = true end
  for _, block in ipairs(blocksOf()) do
    if named[block.name] and isInForce(block) then
      if block.name == "${BREAKER}" or block["until"] - now > input.patience then
        return { outcome = "denied", reason = block.name == "${BREAKER}" and "breaker" or "upstream", block = block }
      end
      if block["until"] > readyAt then full = { rule = block.rule, claim = 0, used = "0" } end
      readyAt = math.max(readyAt, block["until"])
    elseif named[block.name] and block.needsProbe then
      table.insert(probes, block.name)
      if isProbing(block.name, ended) then closed = ${CLOSED} end
    end
  end
  for index, claim in ipairs(input.claims) do
    local count, own = countOf(claim), claim.own
    counts[index], count.ahead = count, ahead.holds[claim.bucket] or 0
    if own > claim.limit or claim.limit <= 0 then return deny(count, index, "cost", now) end
    local total = count.used + count.held + count.ahead
    if fits(claim.limit, total, own) then
      if count.held + count.ahead > 0 and not fits(claim.limit, total, claim.hold) then closed = ${CLOSED} end
    else
      if claim.long and fits(claim.limit, count.used, own) then
        closed = ${CLOSED}
      else
        local passes = math.max(now + 1, passesAt(claim, count, own))
        if passes - now > input.patience then return deny(count, index, "window", passes) end
        if passes > readyAt then full = { claim = index, used = exact(count.used + count.held) } end
        readyAt = math.max(readyAt, passes)
      end
    end
  end
  readyAt = math.max(readyAt, reopensAt())
  local answer = { outcome = "queued", position = ahead.position, movement = ahead.position .. "/" .. exact(moves) }
  if readyAt > now then
    answer.readyAt = readyAt
    answer.full = full
    return answer, math.max(readyAt, closed)
  end
  local waits = ahead.inLane > 0 or closed ~= ${OPEN}
  for _, slot in ipairs(input.slots) do
    if occupied(slot.name, ended) + (ahead.slots[slot.name] or 0) >= slot.limit then waits = true end
  end
  if waits then return answer, closed end
  local used = {}
  for index, count in ipairs(counts) do used[index] = exact(count.used + count.held) end
  return { outcome = "admitted", probes = probes, used = used }
end
`;
