/** A holder whose sign the server has lost gets so long to give another. */
const FIRST_LEASE_MS = 30_000;

/**
 * Who holds rows: `signs` says until when each holder is believed to live. Nobody else can tell. `calls of HOLDER` in the state counts what
 * it has.
 */
export const SCRIPT_HOLDERS: string = `
local SIGNS = ROOT .. "signs"
local FIRST_LEASE = ${FIRST_LEASE_MS}

local function eachCall(visit)
  for _, field in ipairs(read("HKEYS", STATE)) do
    local id = string.match(field, "^call:(.*)$")
    local row = id and callOf(id)
    if row and row.state ~= "reclaimed" then visit(id, row) end
  end
end

-- A server that is short of memory may have dropped the signs alone.
local function restoreSigns()
  if redis.call("EXISTS", SIGNS) == 1 or redis.call("EXISTS", RUNNING, WAITING) == 0 then return end
  eachCall(function(_, row)
    write("ZADD", SIGNS, now + FIRST_LEASE, row.holder)
    put("seen " .. row.holder, now)
  end)
end

local function sign()
  restoreSigns()
  if input.lease > getNumber("lease") then put("lease", input.lease) end
  write("ZADD", SIGNS, now + input.lease, input.holder)
  put("seen " .. input.holder, now)
end

-- Gives up those that gave no sign for too long: their tickets go, what they hold is charged.
local function reclaim()
  restoreSigns()
  -- Where the clock was set back, a sign lies further ahead than any lease reaches.
  for _, holder in ipairs(read("ZRANGEBYSCORE", SIGNS, before(now + getNumber("lease")), "+inf")) do
    write("ZADD", SIGNS, now + getNumber("lease"), holder)
    put("seen " .. holder, now)
  end
  for _, holder in ipairs(read("ZRANGEBYSCORE", SIGNS, "-inf", now)) do
    if get("calls of " .. holder) then
      local seenAt = tonumber(get("seen " .. holder) or now)
      eachCall(function(id, row)
        if row.holder == holder then reclaimCall(id, row, seenAt) end
      end)
    end
    redis.call("ZREM", SIGNS, holder)
    drop("seen " .. holder)
  end
end
`;
