import { z } from 'zod';

/** What runs a workload. Containers, Swarm tasks and pods are values of one union, so that later orchestrators fit unchanged. */
export const Instance = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('process'), name: z.string(), pid: z.number().int().optional() }),
  z.object({ kind: z.literal('container'), name: z.string(), id: z.string().optional() }),
  z.object({ kind: z.literal('task'), name: z.string(), id: z.string().optional(), slot: z.number().int().optional() }),
  z.object({ kind: z.literal('pod'), name: z.string(), uid: z.string().optional() }),
]);
export type Instance = z.infer<typeof Instance>;

/** Names one running thing everywhere: in events, findings, actions and the store. */
export const Workload = z.object({
  cluster: z.string().default('local'),
  namespace: z.string().default('default'),
  service: z.string(),
  workload: z.string(),
  instance: Instance.optional(),
});
export type Workload = z.infer<typeof Workload>;
