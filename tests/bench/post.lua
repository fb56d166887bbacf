-- New updates, each with an Idempotency-Key of its own. wrk -s post.lua URL -- KEY RUN

dofile(os.getenv("BENCH_FOLDER") .. "/report.lua")
local made, count = 0, 0

function setup(thread)
    made = made + 1
    thread:set("writer", made)
end

function init(args)
    run = args[2]
    math.randomseed(writer)
    headers = { ["Authorization"] = "Bearer " .. args[1], ["Content-Type"] = "application/json" }
end

function request()
    count = count + 1
    headers["Idempotency-Key"] = string.format('"%s-%d-%d"', run, writer, count)
    return wrk.format("POST", "/updates", headers, string.format(
        '{"objective":"7.%d","as_of":"2026-01-31","kind":"progress","status":"on_track",' ..
        '"percent_complete":40,"summary":"What residents should know."}', math.random(5)))
end
