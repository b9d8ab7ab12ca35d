-- What every mix tells at the end of its run, as one line of JSON that bench/waf/wrk.ts reads.
function done(summary)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"seconds":%.6f,"refused":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d}\n',
    summary.requests, summary.duration / 1e6, e.status, e.connect, e.read, e.write, e.timeout))
end
