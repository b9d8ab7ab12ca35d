-- Browsing, nothing repeated: the six requests of mix.lua with cookies, paths, words, referers and texts that vary, so that a cache of
-- verdicts earns what it would earn in real traffic. 12,000 requests are made at the start; on each use every @@@@@@@@ in one becomes
-- the next of 2^32 numbers, so that no cookie, argument or text comes twice.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "report.lua")

local words = {}
for word in ([[container security release meeting notes yesterday summer plan question lunch folder slides upload review garden
music travel ticket winter coffee window street market friend family weekend project customer invoice delivery address number phone
letter simple little bright quick green yellow future history science language kitchen dinner morning teacher student lesson
exercise answer grade course video library chapter paper result score team player match goal]]):gmatch("%S+") do
  words[#words + 1] = word
end

local seed = 42
local function random(n)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return math.floor(seed / 65536) % n + 1
end
local function digits() return tostring(random(30000)) end
local function word() return words[random(#words)] end
local function fresh_word() return word() .. "@@@@@@@@" end

local function hex(n)
  local text = {}
  for i = 1, n do text[i] = string.format("%x", random(16) - 1) end
  return table.concat(text)
end

local function sentence(n)
  local text = {}
  for i = 1, n do
    text[i] = word()
    if random(9) == 1 then text[i] = text[i] .. "," end
  end
  return table.concat(text, " ") .. "."
end

local agents = {
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
}

-- Of a browser; mix-attack.lua uses them as well.
function browser_headers(content_type)
  return {
    ["Host"] = "shop.example.com",
    ["User-Agent"] = agents[random(#agents)],
    ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    ["Accept-Language"] = "en-US,en;q=0.9,de;q=0.7",
    ["Accept-Encoding"] = "gzip, deflate, br",
    ["Cookie"] = "sid=@@@@@@@@" .. hex(24) .. "; theme=dark; lang=en; _ga=GA1.2." .. digits() .. digits() .. ".17" .. digits() ..
      "; cart=" .. hex(17) .. "@@@@@@@@",
    ["Referer"] = "https://shop.example.com/products/" .. word() .. "/@@@@@@@@",
    ["Content-Type"] = content_type,
  }
end

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
local shapes = {
  function() return wrk.format("GET", "/?from=" .. fresh_word(), browser_headers()) end,
  function() return wrk.format("GET", "/static/app.@@@@@@@@.js?v=" .. digits(), browser_headers()) end,
  function() return wrk.format("GET", "/search?q=" .. word() .. "+" .. word() .. "+@@@@@@@@&page=" .. random(40), browser_headers()) end,
  function()
    return wrk.format("POST", "/api/login", browser_headers(JSON), '{"user":"' .. fresh_word() .. '","password":"' .. hex(6) .. '@@@@@@@@"}')
  end,
  function()
    return wrk.format("POST", "/api/messages", browser_headers(JSON), '{"text":"' .. sentence(22) .. ' @@@@@@@@ ' .. sentence(22) .. '"}')
  end,
  function()
    return wrk.format("POST", "/account/profile", browser_headers(FORM), "first_name=" .. fresh_word() .. "&last_name=" .. fresh_word() ..
      "&email=" .. fresh_word() .. "%40example.com&city=" .. fresh_word() .. "&phone=%2B49+30+" .. digits() .. digits() .. "&newsletter=yes")
  end,
}

-- The n-th request of the 12,000; mix-attack.lua puts others in the place of some.
function prepared(n) return shapes[(n - 1) % #shapes + 1]() end

local TOTAL = 12000
local requests, turn, number = {}, 0, os.time() % 65536 * 65536

function init()
  for n = 1, TOTAL do requests[n] = prepared(n) end
end

function request()
  turn = turn % TOTAL + 1
  number = (number + 1) % 4294967296
  return (requests[turn]:gsub("@@@@@@@@", string.format("%08x", number)))
end
