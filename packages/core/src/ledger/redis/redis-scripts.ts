import { SCRIPT_FIRST_EDITION } from "./first-edition.js";
import { SCRIPT_ACCOUNT } from "./script-account.js";
import { SCRIPT_BASE } from "./script-base.js";
import { SCRIPT_CALLS } from "./script-calls.js";
import { SCRIPT_CHARGES } from "./script-charges.js";
import { SCRIPT_DECISION } from "./script-decision.js";
import { SCRIPT_HOLDERS } from "./script-holders.js";
import { SCRIPT_LESSONS } from "./script-lessons.js";
import { SCRIPT_MISDATED } from "./script-misdated.js";
import { SCRIPT_QUEUE } from "./script-queue.js";
import { SCRIPT_WINDOWS } from "./script-windows.js";

/** What a step of the ledger does once the account is found. */
const STEPS = {
  reserve: `
sign()
reclaim()
local id = input.id
local row = callOf(id)
if row and row.state == "held" then
  local used = {}
  for index, claim in ipairs(input.claims) do
    local count, charged = countOf(claim), row.charges[claim.bucket]
    local own = charged and charged.amount
    for _, bucket in ipairs(row.buckets) do
      if not own and bucket.name == claim.bucket then own = bucket.hold end
    end
    used[index] = exact(math.max(0, count.used + count.held - (own or 0)))
  end
  return reply({ outcome = "admitted", fence = row.fence, probes = row.probes, used = used })
end
if redis.call("ZSCORE", DONE, id) then return reply({ outcome = "ended" }) end
local answer, closed = decide(row)
if answer.outcome == "denied" then
  if row then forget(id, row) end
  return reply(answer)
end
if answer.outcome == "queued" and not row and not input.ticket then return reply(answer) end
if not row then
  keepRetention()
  local slots = {}
  for index, slot in ipairs(input.slots) do slots[index] = slot.name end
  row = {
    label = input.label, lane = input.lane, buckets = input.buckets, slots = slots, holder = input.holder,
    since = now, probes = {}, charges = {}, fence = 0,
  }
  if answer.outcome == "queued" then row.number, row.state = ticketNumber(), "waiting" end
  addTo("calls of " .. input.holder, 1)
elseif answer.outcome == "admitted" then
  leaveLane(id, row)
end
if answer.outcome == "queued" then
  row.closed = closed
  answer.ticket = row.number
  saveCall(id, row)
  joinLane(id, row)
  return reply(answer)
end
move()
row.state, row.fence, row.probes, row.since = "held", number(), answer.probes, now
-- Once it runs it stands ahead of nobody.
if not row.number or row.number < 0 then row.number = row.fence end
hold(id, row)
answer.fence = row.fence
return reply(answer)
`,
  peek: `
reclaim()
local answer = decide(callOf(input.id))
answer.fence = answer.outcome == "admitted" and getNumber("number") + 1 or nil
return reply(answer)
`,
  heartbeat: `
sign()
local lost = {}
for index, lease in ipairs(input.leases) do
  local row = callOf(lease.id)
  if not row or row.state ~= "held" or row.fence ~= lease.fence then table.insert(lost, index - 1) end
end
return reply({ leases = lost })
`,
  settle: `
local row = callOf(input.id)
if not row or row.fence ~= input.fence or row.state == "waiting" then return reply({ done = false }) end
if row.state == "reclaimed" then
  correct(input.id, row)
  return reply({ done = true })
end
charge(input.id, row, input.amounts, input.estimated, now + input.linger)
drop("call:" .. input.id)
learnFrom(row)
forgetOld(row)
return reply({ done = true })
`,
  cancel: `
local row = callOf(input.id)
if row and row.state ~= "reclaimed" then forget(input.id, row) end
return reply({ done = true })
`,
  teach: `
for _, lesson in ipairs(input.lessons) do learn(lesson) end
return reply({ done = true })
`,
  view: `
reclaim()
local windows, blocks = {}, {}
for index, claim in ipairs(input.claims) do
  local count = countOf(claim)
  windows[index] = { used = exact(count.used), held = exact(count.held), resetsAt = resetsAt(claim, count.used) }
end
for _, block in ipairs(blocksOf()) do
  if block.needsProbe or isInForce(block) then table.insert(blocks, block) end
end
local running = redis.call("ZCARD", RUNNING) + redis.call("ZCOUNT", LINGERING, before(now), now + MAX_LINGER)
return reply({ windows = windows, blocks = blocks, running = running, waiting = redis.call("ZCARD", WAITING) })
`,
  calls: `
reclaim()
local running, calls = {}, {}
for _, id in ipairs(read("ZRANGE", RUNNING, 0, -1)) do table.insert(running, callOf(id)) end
table.sort(running, function(one, other) return one.fence < other.fence end)
for _, row in ipairs(running) do table.insert(calls, { label = row.label, state = "running", since = row.since }) end
for _, id in ipairs(read("ZRANGE", WAITING, 0, input.limit - 1)) do
  local row = callOf(id)
  if row then table.insert(calls, { label = row.label, state = "waiting", since = row.since }) end
end
while #calls > input.limit do table.remove(calls) end
return reply({ calls = calls })
`,
  costs: `
local costs = {}
for cost in string.gmatch(read("HGET", COSTS, input.label .. "\\n" .. input.bucket) or "", "[^,]+") do
  if #costs < input.limit then table.insert(costs, cost) end
end
return reply({ costs = costs })
`,
  learned: `
return reply({ value = get("value:" .. input.key) or nil })
`,
  misdated: `
local answer = misdated()
answer.blocks = #misdatedBlocks()
return reply(answer)
`,
  redate: `
redate()
return reply({ done = true })
`,
  reenter: `
if hasLost() then noteLoss() end
sign()
for _, call in ipairs(input.calls) do
  if redis.call("HEXISTS", STATE, "call:" .. call.id) == 0 and not redis.call("ZSCORE", DONE, call.id) then
    local id, row = call.id, call
    row.id, row.state, row.number, row.holder, row.charges = nil, "held", row.fence, input.holder, {}
    addTo("calls of " .. input.holder, 1)
    if row.fence > getNumber("number") then put("number", row.fence) end
    move()
    hold(id, row)
  end
end
return reply({ done = true })
`,
} as const;

export type RedisStep = keyof typeof STEPS;

/** The one key that a script is told. */
export function stateKey(prefix: string, account: string): string {
  return `${prefix}:{${account}}:state`;
}

/** The whole script of a step: what it reads and writes happens at once, or not at all. */
export function redisScript(step: RedisStep): string {
  const finds = step === "reenter" ? "" : "if hasLost() then return reply({ lost = true }) end\n";
  return `${PARTS.join("\n")}${finds}${STEPS[step]}`;
}

const PARTS: readonly string[] = [
  SCRIPT_BASE,
  SCRIPT_CHARGES,
  SCRIPT_WINDOWS,
  SCRIPT_QUEUE,
  SCRIPT_CALLS,
  SCRIPT_HOLDERS,
  SCRIPT_FIRST_EDITION,
  SCRIPT_ACCOUNT,
  SCRIPT_DECISION,
  SCRIPT_LESSONS,
  SCRIPT_MISDATED,
];
