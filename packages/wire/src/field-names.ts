// Names that most messages are made of, so that folding their case costs a look-up and no new text. A fixed table: one that grew
// with what is read would keep what a stranger wrote.

const COMMON = `Accept Accept-Charset Accept-Encoding Accept-Language Accept-Ranges Access-Control-Allow-Credentials
Access-Control-Allow-Headers Access-Control-Allow-Methods Access-Control-Allow-Origin Access-Control-Expose-Headers
Access-Control-Max-Age Access-Control-Request-Headers Access-Control-Request-Method Age Allow Alt-Svc Authorization
Cache-Control Connection Content-Disposition Content-Encoding Content-Language Content-Length Content-Location
Content-Range Content-Security-Policy Content-Type Cookie Date DNT ETag Expect Expires Forwarded From Host If-Match
If-Modified-Since If-None-Match If-Range If-Unmodified-Since Keep-Alive Last-Modified Link Location Max-Forwards Origin
Permissions-Policy Pragma Priority Proxy-Authenticate Proxy-Authorization Proxy-Connection Range Referer Referrer-Policy
Retry-After Sec-CH-UA Sec-CH-UA-Mobile Sec-CH-UA-Platform Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User
Sec-GPC Sec-WebSocket-Accept Sec-WebSocket-Extensions Sec-WebSocket-Key Sec-WebSocket-Protocol Sec-WebSocket-Version
Server Set-Cookie Strict-Transport-Security TE Trailer Transfer-Encoding Upgrade Upgrade-Insecure-Requests User-Agent
Vary Via WWW-Authenticate X-Content-Type-Options X-CSRF-Token X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto
X-Frame-Options X-Powered-By X-Real-IP X-Request-ID X-Requested-With X-XSS-Protection`;

const LOWER: ReadonlyMap<string, string> = new Map(
  COMMON.split(/\s+/).flatMap((name) => {
    const lower = name.toLowerCase();
    return [
      [name, lower],
      [lower, lower],
    ];
  }),
);

/** A field name in lower case. */
export function lowerName(name: string): string {
  return LOWER.get(name) ?? name.toLowerCase();
}
