//! The Lua scripts: each works on the keys of one game, which share a hash slot.

/// Takes a game over: KEYS owner, ARGV instance, epoch. Only a higher epoch wins.
/// Answers the epoch that holds afterwards.
pub(super) const CLAIM: &str = r"
local held = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0')
local wanted = tonumber(ARGV[2])
if wanted > held then
  redis.call('HSET', KEYS[1], 'instance', ARGV[1], 'epoch', ARGV[2])
  return wanted
end
return held
";

/// Appends one event: KEYS owner, state, events; ARGV instance, epoch, seq, hash, state, event.
/// Answers {outcome, last seq}: 0 appended, 1 was there already, 2 fenced, 3 out of order.
pub(super) const APPEND: &str = r"
local owner = redis.call('HMGET', KEYS[1], 'instance', 'epoch')
local last = tonumber(redis.call('HGET', KEYS[2], 'seq') or '0')
if owner[1] ~= ARGV[1] or owner[2] ~= ARGV[2] then return {2, last} end
local seq = tonumber(ARGV[3])
if seq == last and redis.call('HGET', KEYS[2], 'hash') == ARGV[4] then return {1, last} end
if seq ~= last + 1 then return {3, last} end
redis.call('HSET', KEYS[2], 'seq', ARGV[3], 'hash', ARGV[4], 'state', ARGV[5])
redis.call('XADD', KEYS[3], ARGV[3] .. '-0', 'e', ARGV[6])
return {0, seq}
";

/// Rebuilds a game's state and stream: KEYS owner, state, events; ARGV instance, epoch, seq, hash,
/// state, then the events from 1 to seq. Answers 1, or 0 when fenced.
pub(super) const REBUILD: &str = r"
local owner = redis.call('HMGET', KEYS[1], 'instance', 'epoch')
if owner[1] ~= ARGV[1] or owner[2] ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HSET', KEYS[2], 'seq', ARGV[3], 'hash', ARGV[4], 'state', ARGV[5])
for i = 6, #ARGV do redis.call('XADD', KEYS[3], (i - 5) .. '-0', 'e', ARGV[i]) end
return 1
";

/// Removes an ended game: KEYS owner, state, events; ARGV instance, epoch.
/// Answers 1, or 0 when another instance owns it.
pub(super) const RELEASE: &str = r"
local owner = redis.call('HMGET', KEYS[1], 'instance', 'epoch')
if owner[1] and (owner[1] ~= ARGV[1] or owner[2] ~= ARGV[2]) then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
return 1
";
