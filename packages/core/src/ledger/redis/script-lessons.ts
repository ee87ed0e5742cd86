import { PARTS_OF_ONE } from "../correction.js";
import { MOST_COUNTED } from "../counted.js";

/**
 * What a server's answers teach; `correction.ts` and `counted.ts` in Lua, checked against the originals by the property tests that every
 * store passes.
 */
export const SCRIPT_LESSONS: string = `
local function learnBlock(lesson)
  local blocks, known = blocksOf(), nil
  for _, block in ipairs(blocks) do
    if block.name == lesson.name then known = block end
  end
  if not known or not isInForce(known) or known["until"] < lesson["until"] then
    lesson.kind = nil
    setBlock(blocks, lesson)
  end
end

-- Whether a call under another fence runs in a bucket, or may still run upstream.
local function hasOthers(bucket, fence)
  local held = heldIn(bucket)
  if held.calls > 1 or (held.calls == 1 and held.fences ~= fence) then return true end
  for _, row in ipairs(lingering()) do
    for _, other in ipairs(row.buckets or {}) do
      if other.name == bucket and row.fence ~= fence then return true end
    end
  end
  return false
end

local function inParts(amount) return math.ceil(amount * ${PARTS_OF_ONE}) / ${PARTS_OF_ONE} end

local function correctionFor(lesson, bucket, count)
  local used, fence = lesson.used, lesson.fence
  if type(used) ~= "number" or used < 0 then return end
  if fence ~= nil and (type(fence) ~= "number" or fence < getNumber("heard:" .. bucket)) then return end
  local more = used - (count.used + count.held)
  if more > 0 then return inParts(more) end
  return fence ~= nil and used < count.used and not hasOthers(bucket, fence) and inParts(used - count.used) or 0
end

local function hearUse(lesson)
  local claim = input.claims[lesson.claim]
  local bucket = claim.bucket
  local amount = correctionFor(lesson, bucket, countOf(claim))
  if not amount then return end
  if lesson.fence ~= nil then put("heard:" .. bucket, lesson.fence) end
  if amount ~= 0 then addCharge(bucket, exact(number()), now, amount) end
end

local function learnCount(field, by)
  if type(by) ~= "number" or by < 0 or by > ${MOST_COUNTED} or by ~= math.floor(by) then return end
  put(field, math.min(${MOST_COUNTED}, getNumber(field) + by))
end

local function learn(lesson)
  if lesson.kind == "value" then
    put("value:" .. lesson.key, lesson.value)
  elseif lesson.kind == "count" then
    learnCount("value:" .. lesson.key, lesson.by)
  elseif lesson.kind == "block" then
    learnBlock(lesson)
  elseif lesson.kind == "lift" then
    removeBlocks(function(block) return block.name == lesson.name end)
  else
    hearUse(lesson)
  end
end
`;
