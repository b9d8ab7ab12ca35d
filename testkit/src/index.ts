export { hasCommand, requirement } from './requirement.ts';
export { BASE_IMAGE, docker, ensureBaseImage, needsDocker, nodeBinary, REPOSITORY } from './docker.ts';
