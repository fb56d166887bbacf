-- What wrk found, as one line of JSON: how many answers, how fast, and everything that went wrong.
-- Shared by the scripts beside it.

function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format(
        '\n@{"requests":%d,"seconds":%.6f,"bytes":%d,"p50_ms":%.4f,"p99_ms":%.4f,"max_ms":%.4f,' ..
        '"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d}\n',
        summary.requests, summary.duration / 1e6, summary.bytes,
        latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
        errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
