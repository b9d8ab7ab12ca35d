-- Browsing, repeated: six requests with the headers of a browser, over and over. A cache of verdicts earns all it can here.
-- The name stands in Host because a numeric one triggers CRS rule 920350.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "report.lua")

local browser = {
  ["Host"] = "shop.example.com",
  ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  ["Accept-Language"] = "en-US,en;q=0.9,de;q=0.7",
  ["Accept-Encoding"] = "gzip, deflate, br",
  ["Cookie"] = "sid=8f14e45fceea167a5a36dedd4bea2543; theme=dark; lang=en; _ga=GA1.2.1234567890.1700000000; cart=3a7bd3e2360a3d29eea436fcf",
  ["Referer"] = "https://shop.example.com/products/list",
}

local function headers(content_type)
  local all = { ["Content-Type"] = content_type }
  for name, value in pairs(browser) do all[name] = value end
  return all
end

local chat = "Hello everyone, thanks for joining the meeting yesterday. I have uploaded the notes and the slides to the shared folder, " ..
  "please have a look when you find a moment. Next week we will talk about the new release and the plan for summer. " ..
  "If you have questions, write me here or call me after lunch today."

local requests, turn = {}, 0

function init()
  local json, form = "application/json", "application/x-www-form-urlencoded"
  requests = {
    wrk.format("GET", "/", headers()),
    wrk.format("GET", "/static/app.js?v=123", headers()),
    wrk.format("GET", "/search?q=docker+container+security&page=2", headers()),
    wrk.format("POST", "/api/login", headers(json), '{"user":"alice","password":"correct horse battery"}'),
    wrk.format("POST", "/api/messages", headers(json), '{"text":"' .. chat .. '"}'),
    wrk.format("POST", "/account/profile", headers(form),
      "first_name=Alice&last_name=Miller&email=alice.miller%40example.com&city=Berlin&phone=%2B49+30+1234567&newsletter=yes"),
  }
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
