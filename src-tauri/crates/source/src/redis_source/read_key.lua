-- Everything about one key at one moment. KEYS[1] is the key.
-- Returns nothing when it does not exist, else type, absolute expiry in ms or -1, dump, value.
local key = KEYS[1]
local kind = redis.call('TYPE', key)['ok']
if kind == 'none' then return false end
local expiry = redis.pcall('PEXPIRETIME', key)
if type(expiry) == 'table' then
  -- Before Redis 7.
  expiry = redis.call('PTTL', key)
  if expiry >= 0 then
    local now = redis.call('TIME')
    expiry = now[1] * 1000 + math.floor(now[2] / 1000) + expiry
  end
end
local value = {}
if kind == 'string' then value = redis.call('GET', key)
elseif kind == 'list' then value = redis.call('LRANGE', key, 0, -1)
elseif kind == 'set' then value = redis.call('SMEMBERS', key)
elseif kind == 'zset' then value = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
elseif kind == 'hash' then value = redis.call('HGETALL', key)
elseif kind == 'stream' then
  -- COUNT 0: all entries and all pending entries.
  value = redis.call('XINFO', 'STREAM', key, 'FULL', 'COUNT', 0)
end
-- A number would be cut to a 32-bit safe integer by some versions; text is exact.
return { kind, string.format('%.0f', expiry), redis.call('DUMP', key), value }
