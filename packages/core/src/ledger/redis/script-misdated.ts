import { misdatedFrom } from "../misdated.js";

/** What a clock that was wrong has left in an account, as `misdated.ts` has it: charges of a time to come, and blocks without an end. */
export const SCRIPT_MISDATED: string = `
local MISDATED_FROM = now + ${misdatedFrom(0)}

local function misdatedBlocks()
  local blocks = {}
  for _, block in ipairs(blocksOf()) do
    if isMisdated(block) then table.insert(blocks, block.name) end
  end
  return blocks
end

local function misdatedIn(bucket)
  return read("ZRANGEBYSCORE", chargesOf(bucket), MISDATED_FROM, "+inf", "WITHSCORES")
end

local function misdated()
  local calls, known, latest = 0, {}, nil
  for _, bucket in ipairs(read("HKEYS", TOTALS)) do
    local rows = misdatedIn(bucket)
    for index = 1, #rows, 2 do
      local key = string.match(rows[index], "^(.*)|")
      if not known[key] then known[key], calls = true, calls + 1 end
      latest = math.max(latest or 0, tonumber(rows[index + 1]))
    end
  end
  return { calls = calls, latest = latest }
end

local function redate()
  for _, bucket in ipairs(read("HKEYS", TOTALS)) do
    local rows, found = misdatedIn(bucket), derivedOf(bucket)
    for index = 1, #rows, 2 do write("ZADD", chargesOf(bucket), now, rows[index]) end
    if #rows > 0 then
      found.sums, found.levels, found.newest = {}, {}, now
      saveDerived(bucket)
    end
  end
  -- Calls that run know when they were charged.
  eachCall(function(id, row)
    for _, charged in pairs(row.charges) do
      if charged.at >= MISDATED_FROM then charged.at = now end
    end
    saveCall(id, row)
  end)
  for _, id in ipairs(read("ZRANGEBYSCORE", DONE, MISDATED_FROM, "+inf")) do write("ZADD", DONE, now, id) end
  removeBlocks(isMisdated)
end
`;
