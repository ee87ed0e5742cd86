/** Rows ended before this count in the cost's bucket alone: the windows of built-in tiers had forgotten them. */
const RECENT_MS = 2 * 86_400_000;
/** Stands where the first edition keeps its hash, so that a process of it fails instead of counting beside. */
const MARK = "This account is kept in the keys of a newer version of laplas.";

/**
 * Takes an account over from the first edition's keys, once: `meta`, `queue`, `tickets`, `held`, `expiry`, `settled`, `ended`, `learned`,
 * `sums`. A row there was `amount|class|surface|marks|id|model` by its end. It had one amount, and windows chose among rows by class,
 * surface and model; a row becomes a charge in each bucket that such a window counts in now.
 */
export const SCRIPT_FIRST_EDITION: string = `
local function old(part) return ROOT .. part end

local function bucketsOfOld(class, surface, model, isRecent)
  if not isRecent then return { "credits" } end
  local names = { "credits", "requests" }
  for _, ending in ipairs({ ":" .. class, "@" .. surface, ":" .. string.gsub(model, "%s+", " ") }) do
    for index = 1, #names do table.insert(names, names[index] .. ending) end
  end
  return names
end

local function chargeOld(rows, at, amount, class, surface, model, id)
  for _, bucket in ipairs(bucketsOfOld(class, surface, model, at >= now - ${RECENT_MS})) do
    local counted = string.sub(bucket, 1, 8) == "requests" and 1 or amount
    rows[bucket] = rows[bucket] or {}
    table.insert(rows[bucket], at)
    table.insert(rows[bucket], memberOf("first:" .. id, counted))
  end
end

-- The newest costs of each model that the server named.
local function oldCosts(members)
  local costs = {}
  for index = #members - 1, 1, -2 do
    local amount, marks, model = string.match(members[index], "^([^|]*)|.|.|([^|]*)|[^|]*|(.*)$")
    if not string.find(marks, "e") then
      costs[model] = costs[model] or {}
      if #costs[model] < 64 then table.insert(costs[model], amount) end
    end
  end
  for model, list in pairs(costs) do
    write("HSET", ROOT .. "costs", model .. "\\ncredits", table.concat(list, ","))
  end
end

local function carryOver()
  local kind = redis.call("TYPE", old("meta")).ok
  if kind == "hash" then
    local held = redis.call("HGETALL", old("held"))
    for index = 1, #held, 2 do
      if tonumber(redis.call("ZSCORE", old("expiry"), held[index]) or 0) > now then error("FIRST_EDITION", 0) end
    end
    local found = redis.call("HMGET", old("meta"), "number", "retention", "block_until", "block_code", "block_rule")
    local retention = tonumber(found[2] or 0)
    put("number", found[1] or 0)
    put("retention", retention)
    local rows, members = {}, redis.call("ZRANGE", old("settled"), 0, -1, "WITHSCORES")
    local newest = tonumber(members[#members] or 0)
    for index = 1, #members, 2 do
      local amount, class, surface, id, model = string.match(members[index], "^([^|]*)|(.)|(.)|[^|]*|([^|]*)|(.*)$")
      chargeOld(
        rows, math.min(now, tonumber(members[index + 1])), tonumber(amount), class == "p" and "pro" or "regular",
        surface == "p" and "playground" or "api", model, id
      )
    end
    oldCosts(members)
    for index = 1, #held, 2 do
      local row = cjson.decode(held[index + 1])
      chargeOld(rows, now, row.held, row.class, row.surface, row.model, held[index])
    end
    for bucket, list in pairs(rows) do
      for first = 1, #list, 1000 do
        write("ZADD", chargesOf(bucket), unpack(list, first, math.min(first + 999, #list)))
      end
      derivedOf(bucket)
      saveDerived(bucket)
    end
    -- A place that was kept after a call's end: its row lay that far in the future.
    if newest > now then close(newest, MAX_LINGER) end
    if found[3] then
      saveBlocks({ {
        name = "account", ["until"] = tonumber(found[3]), longestMs = math.max(2 * DAY, retention),
        code = found[4], rule = found[5], needsProbe = true,
      } })
    end
    local learned = redis.call("HGETALL", old("learned"))
    for index = 1, #learned, 2 do put("value:" .. learned[index], learned[index + 1]) end
    for _, part in ipairs({ "queue", "tickets", "held", "expiry", "settled", "ended", "learned", "sums" }) do
      redis.call("DEL", old(part))
    end
  end
  write("SET", old("meta"), "${MARK}")
end
`;
