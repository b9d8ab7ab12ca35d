import { z } from 'zod';
import { duration, hostPort, identifier, network, size } from './values.ts';

const mode = z.enum(['off', 'monitor', 'protect']);

/** Exactly one of these keys: `{cookie: sid}`, `{header: authorization}`, `{query: token}`, `{json: user.name}`, `{form: user}`. */
const place = z
  .strictObject({
    cookie: z.string().optional(),
    header: z.string().optional(),
    query: z.string().optional(),
    json: z.string().optional(),
    form: z.string().optional(),
  })
  .refine((value) => Object.values(value).filter((name) => name !== undefined).length === 1, {
    message: 'exactly one of cookie, header, query, json, form is needed',
  })
  .describe('Where in a message a value stands; exactly one key');

const service = z.strictObject({
  upstreams: z
    .array(z.strictObject({ instance: identifier, address: hostPort }))
    .min(1, 'at least one upstream is needed')
    .describe('Instances that answer for this service'),
  session: place.optional().describe('How to recognise a session or bearer token; else the source is the address'),
  login: z
    .strictObject({
      method: z.string().default('POST'),
      path: z.string(),
      account: place,
      failed: z.array(z.number().int()).default([401, 403]).describe('Statuses of a failed attempt'),
    })
    .optional()
    .describe('How to recognise a log-in'),
  connectTimeout: duration.default(2000),
  answerTimeout: duration.default(30_000),
  decoy: z.boolean().default(true).describe('Whether sources may be diverted to the decoy'),
});

const route = z.strictObject({
  name: identifier,
  host: z.string().default('*').describe('Host name without port; * for any'),
  path: z.string().startsWith('/').default('/').describe('Prefix, ending where a segment ends'),
  service: identifier,
  mode: mode.default('protect'),
  rules: identifier.default('default').describe('A rule set of rules.yaml'),
  maxHead: size.default(65_536),
  maxInspectedBody: size.default(1_048_576),
  bodyOverLimit: z.enum(['reject', 'inspect-prefix']).default('reject'),
  inspectAnswers: z.boolean().default(true),
  maxInspectedAnswer: size.default(524_288),
  onInspectionFailure: z.enum(['open', 'closed']).optional().describe('Default: closed in protect, open in monitor'),
  evidence: z.strictObject({ body: size.default(4096), maskCookies: z.boolean().default(true) }).prefault({}),
});

const audit = z.strictObject({
  format: z
    .enum(['off', 'modsecurity', 'json'])
    .default('off')
    .describe('modsecurity: an error log in bracketed form, one line a match; json: one object a match'),
  file: z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[^\0]*$/)
    .default('audit.log')
    .describe('On the host of the gateway; relative to its data folder'),
  maxSize: size.default(104_857_600).describe('A larger file is rotated to file.1, file.2 ...'),
  keep: z.number().int().min(0).max(100).default(4).describe('Rotated files that are kept'),
});

const trustedProxies = z.strictObject({
  networks: z.array(network).min(1, 'at least one network is needed').max(1000),
  header: z
    .enum(['x-forwarded-for', 'forwarded'])
    .default('x-forwarded-for')
    .describe('The field that these proxies write; the other one is never read'),
});

/** gateway.yaml: what traffic, which routes. */
export const GatewayFile = z
  .strictObject({
    listen: z.array(hostPort).default([{ address: '127.0.0.1', port: 8080 }]),
    services: z.record(identifier, service).default({}),
    routes: z.array(route).default([]),
    trustedProxies: trustedProxies
      .optional()
      .describe('Proxies before the gateway: what they say of the client is believed, and of nobody else'),
    audit: audit.prefault({}).describe('A log of every match, written by the gateway beside its findings'),
  })
  .superRefine((file, context) => {
    const seen = new Set<string>();
    for (const [index, entry] of file.routes.entries()) {
      if (file.services[entry.service] === undefined) {
        const known = Object.keys(file.services).join(', ') || 'none';
        context.addIssue({
          code: 'custom',
          path: ['routes', index, 'service'],
          message: `no service has this name (known: ${known})`,
        });
      }
      if (seen.has(entry.name))
        context.addIssue({ code: 'custom', path: ['routes', index, 'name'], message: 'another route has this name' });
      seen.add(entry.name);
    }
  });
export type GatewayFile = z.infer<typeof GatewayFile>;
