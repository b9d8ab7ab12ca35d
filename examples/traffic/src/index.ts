export { runTraffic, type Destination, type TrafficOptions } from './run-traffic.ts';
export type { AttackCount, HarmedDetail, TrafficReport } from './tally.ts';
export { makeRun, readRun, writeRun, type RunFile } from '../../ground/src/run-file.ts';
export { startExamples, type RunningExamples } from '../../ground/src/running.ts';
export {
  EXAMPLE_PORTS,
  exampleGatewayYaml,
  exampleProcesses,
  freePorts,
  type ExamplePorts,
  type ExampleProcess,
} from '../../processes.ts';
