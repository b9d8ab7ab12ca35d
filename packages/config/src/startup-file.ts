import { z } from 'zod';
import { hostPort, size } from './values.ts';

/** startup.yaml: how Seawall itself runs. */
export const StartupFile = z.strictObject({
  user: z.string().optional().describe('When started as root: the user that all processes run as'),
  workers: z.number().int().min(1).max(64).optional().describe('Gateway workers; default: one per CPU'),
  cpus: z.number().min(0.1).max(1024).optional().describe('CPUs that Seawall may use; bounds the workers'),
  memory: size.optional().describe("Bound on the JavaScript heap of each process; default: Node's own"),
  dashboard: hostPort.default({ address: '127.0.0.1', port: 7400 }).describe('Where the console listens'),
  data: z.string().optional().describe('Data folder; default: $XDG_DATA_HOME/seawall or ~/.local/share/seawall'),
});
export type StartupFile = z.infer<typeof StartupFile>;
