/** How long what an account holds outlives its longest window. */
const SPARE_MS = 8 * 86_400_000;

/**
 * What every script begins with: the keys, the clock, and the account's state.
 *
 * A script is told one key and builds the others from it, since their names depend on the buckets and lanes that the account has. All lie
 * in the slot of the account in braces, so a cluster finds them on the node that runs the script.
 *
 * `state` is one hash, so that a server that drops keys drops it as a whole, and that is noticed by its `epoch`: the name that its first
 * caller gave it. `moves` grows with every admission and every end; a server that answers with fewer than it once had has lost the newest.
 */
export const SCRIPT_BASE: string = `
local STATE = KEYS[1]
local ROOT = string.sub(STATE, 1, -#"state" - 1)
local RUNNING, WAITING, LINGERING, DONE = ROOT .. "running", ROOT .. "waiting", ROOT .. "lingering", ROOT .. "done"
local DAY, MAX_LINGER = 86400000, 10000
local input = cjson.decode(ARGV[1])
local now = input.now
if not now then
  local time = redis.call("TIME")
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local elements, touched, missing, ahead = 0, {}, false, false
local function read(...)
  local found = redis.call(...)
  if input.counts then
    if type(found) == "table" then elements = elements + #found elseif type(found) == "string" then elements = elements + 1 end
  end
  return found
end

local function write(command, key, ...)
  touched[key] = true
  return redis.call(command, key, ...)
end

-- Lua's own way to write a number keeps 14 digits.
local function exact(number) return string.format("%.17g", number) end

local function get(field) return read("HGET", STATE, field) end
local function getNumber(field) return tonumber(get(field) or 0) end
local function put(field, value) write("HSET", STATE, field, value) end
local function drop(field) redis.call("HDEL", STATE, field) end
local function load(field)
  local text = get(field)
  return text and cmsgpack.unpack(text)
end
local function save(field, value)
  if next(value) == nil then drop(field) else put(field, cmsgpack.pack(value)) end
end
local function addTo(field, amount)
  local sum = getNumber(field) + amount
  if sum == 0 then drop(field) else put(field, sum) end
end

local epoch, moves
local function move()
  moves = moves + 1
  put("moves", moves)
end

-- Numbers begin with the clock, so that they grow even over the loss of all data.
local function number()
  local next = math.max(getNumber("number") + 1, now)
  put("number", next)
  return next
end

-- Until when nothing is admitted. One that lies further ahead than it can was set under another clock.
local function reopensAt()
  local at = getNumber("closed")
  if at - now > getNumber("closure") then return 0 end
  return at
end

local function close(at, longest)
  put("closed", at)
  put("closure", longest)
end

local function reply(value)
  local life = getNumber("retention") + ${SPARE_MS}
  for key in pairs(touched) do redis.call("PEXPIRE", key, life) end
  if touched[STATE] then
    -- As long as the account, it keeps the first edition out.
    redis.call("PEXPIRE", ROOT .. "meta", life)
    -- A block may outlive all calls. What tells the holders of calls stays beside it: else nobody could give them up.
    local longer = getNumber("blocked") - now
    if longer > life then
      for _, part in ipairs({ "state", "meta", "running", "waiting", "signs" }) do
        redis.call("PEXPIRE", ROOT .. part, longer)
      end
    end
  end
  value.now, value.epoch, value.moves = now, epoch, moves
  if missing then value.missing = true end
  if ahead then value.ahead = true end
  if input.counts then value.elements = elements end
  return cjson.encode(value)
end
`;
