import type { PolicyParts, RoutePolicy, ServicePolicy, ValuePlace } from '@seawall/contract';
import type { GatewayFile } from './gateway-file.ts';

/** What gateway.yaml says, in the form that gateways are given. */
export function gatewayPolicy(file: GatewayFile): PolicyParts['routes'] {
  const { format, file: path, maxSize, keep } = file.audit;
  return {
    ...(format === 'off' ? {} : { audit: { format, file: path, maxBytes: maxSize, keep } }),
    ...(file.trustedProxies === undefined ? {} : { trustedProxies: file.trustedProxies }),
    listeners: file.listen,
    services: Object.entries(file.services).map(([name, service]): ServicePolicy => {
      const login = service.login;
      return {
        name,
        upstreams: service.upstreams.map(({ instance, address }) => ({ instance, ...address })),
        ...(service.session === undefined ? {} : { session: valuePlace(service.session) }),
        ...(login === undefined
          ? {}
          : {
              login: {
                method: login.method,
                path: login.path,
                account: valuePlace(login.account),
                failedStatus: login.failed,
              },
            }),
        connectTimeoutMs: service.connectTimeout,
        answerTimeoutMs: service.answerTimeout,
        decoy: service.decoy,
      };
    }),
    routes: file.routes.map((route): RoutePolicy => ({
      name: route.name,
      host: route.host.toLowerCase(),
      path: route.path,
      service: route.service,
      mode: route.mode,
      ruleSet: route.rules,
      maxHeadBytes: route.maxHead,
      maxInspectedBodyBytes: route.maxInspectedBody,
      bodyOverLimit: route.bodyOverLimit,
      inspectResponse: route.inspectAnswers,
      maxInspectedResponseBytes: route.maxInspectedAnswer,
      onInspectionFailure: route.onInspectionFailure ?? (route.mode === 'protect' ? 'closed' : 'open'),
      evidence: { bodyBytes: route.evidence.body, maskCookies: route.evidence.maskCookies },
    })),
  };
}

type PlaceFile = NonNullable<GatewayFile['services'][string]['session']>;

function valuePlace(place: PlaceFile): ValuePlace {
  for (const kind of ['cookie', 'header', 'query', 'json', 'form'] as const) {
    const name = place[kind];
    if (name !== undefined) return { in: kind, name };
  }
  throw new Error('a place without a key passed validation');
}
