export { EXPECTED_STATE, type Adapter, type Remembered, type WorkloadAction } from './adapter.ts';
export { Supervisor, type ControlAnswer, type ControlRequest, type SupervisedRow } from './processes/supervisor.ts';
export { type ProcessSpec } from './processes/supervised.ts';
export { ORCHESTRATE_FAULTS } from './faults.ts';
export { processAdapter } from './processes/adapter.ts';
export { dockerAdapter, INSTANCE_LABEL, SERVICE_LABEL } from './docker/adapter.ts';
export { dockerClient, type DockerClient } from './docker/client.ts';
