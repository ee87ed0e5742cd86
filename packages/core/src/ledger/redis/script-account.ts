/**
 * The beginning of each step: the account is found, taken over from the first edition, or begun.
 *
 * A caller says what it has seen last. Another `epoch`, or fewer `moves`, mean that the server has lost data: calls that run have to be
 * entered again by those that sent them before anything else is decided. Until all have had the time to, nothing is admitted.
 */
export const SCRIPT_ACCOUNT: string = `
-- How long the server has been up, if it says so and its clock is the ledger's.
local function uptime()
  if input.now then return end
  local info = redis.pcall("INFO", "server")
  local seconds = type(info) == "string" and string.match(info, "uptime_in_seconds:(%d+)")
  return seconds and seconds * 1000
end

local function begin()
  carryOver()
  -- Rows that stood in a state which the server has dropped.
  redis.call("DEL", RUNNING, WAITING)
  epoch, moves = input.epoch, 0
  put("epoch", epoch)
  put("moves", moves)
  put("born", now)
  local up = uptime()
  if not input.seen and up and up < input.pause then close(now + input.pause - up, input.pause) end
end

local function hasLost()
  if not input.seen then return false end
  return input.seen.epoch ~= epoch or input.seen.moves > moves
end

-- Nothing is admitted for the longest time that a call may take to be entered again.
local function noteLoss()
  if input.seen.epoch == epoch then
    epoch = input.epoch
    put("epoch", epoch)
    put("born", now)
  end
  local at = getNumber("born") + FIRST_LEASE
  if at > now then close(at, FIRST_LEASE) end
end

local found = read("HMGET", STATE, "epoch", "moves")
epoch, moves = found[1], tonumber(found[2] or 0)
if not epoch then begin() end
`;
