import { MOST_PERIODS, MOST_ROWS_LOOKED_AT } from "../window-time.js";

/** Rows of a rolling window read at first to learn when it lets a call pass. */
const FIRST_ROWS = 8;

/**
 * `window-time.ts` in Lua. Lua knows no time zones: a calendar's edges come with the claim, as many as the caller thought would do. A
 * script that needs others fails with `CLOCK` and its time, or with `PERIODS`, and is asked again.
 */
export const SCRIPT_WINDOWS: string = `
for _, claim in ipairs(input.claims or {}) do
  if claim.edges then
    local at = now - claim.margin
    for index = 1, #claim.edges - 1 do
      if claim.edges[index] <= at and at < claim.edges[index + 1] then claim.edge = index + 1 end
    end
    if not claim.edge then error("CLOCK " .. exact(now), 0) end
    claim.from = claim.edges[claim.edge - 1] - claim.margin
  elseif claim.type == "rolling" then
    claim.from = now - claim.span + 1
  end
end

local function fits(limit, spent, own)
  if own > 0 then return spent + own <= limit end
  return spent < limit
end

-- What stands against a claim, earlier tickets aside.
local function countOf(claim)
  local held = getNumber("hold:" .. claim.bucket)
  if claim.type == "bucket" then
    return { used = levelOf(claim.bucket, claim.limit, claim.span), held = held, ahead = 0 }
  end
  return { used = usedFrom(claim.bucket, claim.key, claim.from), held = held, ahead = 0 }
end

local function passesRolling(claim, used, rest, own)
  local rounds = 0
  while not fits(claim.limit, rest, own) do
    rest, rounds = rest - claim.limit, rounds + 1
  end
  local sum, last, offset, rows = used + rest, nil, 0, ${FIRST_ROWS}
  local done = fits(claim.limit, sum, own)
  while offset < ${MOST_ROWS_LOOKED_AT} and not done do
    local count = math.min(rows, ${MOST_ROWS_LOOKED_AT} - offset)
    local found = read("ZRANGEBYSCORE", chargesOf(claim.bucket), claim.from, before(END), "WITHSCORES", "LIMIT", offset, count)
    for index = 1, #found, 2 do
      local at = tonumber(found[index + 1])
      -- Rows of one moment leave together.
      if at ~= last and fits(claim.limit, sum, own) then
        done = true
        break
      end
      sum, last = sum - amountIn(found[index]), at
    end
    if #found < 2 * rows then break end
    offset, rows = offset + rows, rows * 2
  end
  return (last and last + claim.span or now) + rounds * claim.span
end

local function edgeAfter(claim, periods)
  local at = claim.edges[claim.edge + periods]
  if not at then error("PERIODS", 0) end
  return at + claim.margin
end

-- When a call passes a claim that it does not pass now, if all that is held is used as held.
local function passesAt(claim, count, own)
  local limit, used, rest = claim.limit, count.used, count.held + count.ahead
  if claim.type == "bucket" then
    local excess = used + rest + own - limit
    return now + math.max(1, math.ceil((excess * claim.span) / limit) + (own > 0 and 0 or 1))
  end
  if claim.type == "rolling" then return passesRolling(claim, used, rest, own) end
  -- This period takes some of what is held before it ends, and each that follows as much as it can.
  rest = math.max(0, rest - math.max(0, limit - used))
  local periods = 0
  while not fits(limit, rest, own) and periods < ${MOST_PERIODS} do
    rest, periods = math.max(0, rest - limit), periods + 1
  end
  return edgeAfter(claim, periods)
end

local function resetsAt(claim, used)
  if claim.edges then return edgeAfter(claim, 0) end
  if fits(claim.limit, used, 0) then return now end
  return passesAt(claim, { used = used, held = 0, ahead = 0 }, 0)
end
`;
