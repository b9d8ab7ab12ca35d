export { hasCommand, requirement } from './requirement.ts';
export { BASE_IMAGE, docker, ensureBaseImage, needsDocker, nodeBinary, REPOSITORY } from './docker.ts';
export { startPlatform, type Platform, type ReadyEvent, type Report } from './platform.ts';
export { needsBrowser, openBrowser } from './browser.ts';
