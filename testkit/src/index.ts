export { hasCommand, requirement } from './requirement.ts';
export {
  BASE_IMAGE,
  buildSeawallImage,
  docker,
  ensureBaseImage,
  needsDocker,
  nodeBinary,
  REPOSITORY,
} from './docker.ts';
export { startPlatform, type Platform, type PlatformOptions, type ReadyEvent, type Report } from './platform.ts';
export {
  freePort,
  get,
  sendRaw,
  startSmallService,
  until,
  type RawAnswer,
  type RawOptions,
  type SmallService,
} from './small-site.ts';
export { childrenOf, ownerOf, ownGatewayYaml, startOwnSite, type OwnSite, type OwnSiteOptions } from './own-site.ts';
export { runSeawall, type Ran } from './run-seawall.ts';
export { needsBrowser, openBrowser } from './browser.ts';
