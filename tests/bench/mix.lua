-- A widget's day: 70 % the summary, 20 % objectives with filters, 10 % pages of updates.
-- wrk -s mix.lua URL

dofile(os.getenv("BENCH_FOLDER") .. "/report.lua")
local objectives = {
    "/objectives", "/objectives?goal=1", "/objectives?goal=2", "/objectives?goal=3", "/objectives?goal=7",
    "/objectives?status=on_track", "/objectives?status=at_risk", "/objectives?q=community",
    "/objectives?goal=4&status=on_track", "/objectives?limit=10",
}
local updates = {
    "/updates", "/updates?goal=2", "/updates?objective=7.1", "/updates?kind=progress", "/updates?kind=note",
    "/updates?until=2025-06-30", "/updates?until=2024-06-30", "/updates?goal=5&until=2025-01-31", "/updates?limit=10",
}
local made = 0

function setup(thread)
    made = made + 1
    thread:set("seed", made)
end

function init(args)
    math.randomseed(seed)
end

function request()
    local n = math.random(10)
    if n <= 7 then
        return wrk.format("GET", "/summary")
    elseif n <= 9 then
        return wrk.format("GET", objectives[math.random(#objectives)])
    end
    return wrk.format("GET", updates[math.random(#updates)])
end
