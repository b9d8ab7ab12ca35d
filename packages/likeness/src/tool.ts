const AGENTS: readonly (readonly [string, RegExp])[] = [
  ['sqlmap', /sqlmap/i],
  ['nikto', /nikto/i],
  ['nmap', /nmap/i],
  ['nuclei', /nuclei/i],
  ['gobuster', /gobuster/i],
  ['dirbuster', /dirbuster|dirb\b/i],
  ['feroxbuster', /feroxbuster/i],
  ['ffuf', /fuzz faster|ffuf/i],
  ['wfuzz', /wfuzz/i],
  ['hydra', /hydra/i],
  ['wpscan', /wpscan/i],
  ['masscan', /masscan/i],
  ['zgrab', /zgrab/i],
  ['acunetix', /acunetix/i],
  ['nessus', /nessus/i],
  ['openvas', /openvas|greenbone/i],
  ['burp', /burp/i],
  ['zap', /\bzap\b|owasp/i],
  ['arachni', /arachni/i],
  ['commix', /commix/i],
  ['httpx', /httpx/i],
  ['curl', /^curl\//i],
  ['wget', /^wget\//i],
  ['python', /python-(?:requests|urllib|httpx)|aiohttp/i],
  ['go', /^go-http-client/i],
  ['java', /^(?:java|apache-httpclient|okhttp)\//i],
];

/** Shapes that tools leave in what they send, whatever they call themselves. */
const SHAPES: readonly (readonly [string, RegExp])[] = [
  // Random four-digit comparisons, and markers joined from character codes.
  ['sqlmap', /\b(?:and|or)\s+(\d{4})\s*=\s*\d{4}\b|\bchr?\(113\)|0x71[0-9a-f]{8}71|'q[a-z]{3}q'|ORDER BY \d{4}/i],
  ['nikto', /nikto|\/\w{8}\.(?:php3?|cfm|jsp|asp)\b.*\/\w{8}/i],
  ['nuclei', /\.(?:oast\.(?:me|pro|live|fun|site|online)|interact\.sh)\b/i],
  ['burp', /\.(?:burpcollaborator\.net|oastify\.com)\b/i],
  ['acunetix', /acunetix|\bbxss\.me\b/i],
];

/** The tool that sent this, by its user agent or else by the shape of its payload; undefined when nothing tells. */
export function readTool(userAgent: string, payloads: readonly string[]): string | undefined {
  const named = AGENTS.find(([, pattern]) => pattern.test(userAgent.slice(0, 400)));
  if (named && !['curl', 'python', 'go', 'wget', 'java'].includes(named[0])) return named[0];
  const text = payloads.join('\n').slice(0, 8_192);
  return SHAPES.find(([, pattern]) => pattern.test(text))?.[0] ?? named?.[0];
}
