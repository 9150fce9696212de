if redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1 then return 'again' end
if tonumber(redis.call('GET', KEYS[1])) < 1 then return 'sold out' end
redis.call('DECR', KEYS[1])
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('RPUSH', KEYS[3], ARGV[1])
return 'ordered'
