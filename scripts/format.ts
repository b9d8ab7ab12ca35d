// npm run format: rewrites every file in the house format.
import { spawnSync } from 'node:child_process';

process.exitCode = spawnSync('node_modules/.bin/oxfmt', [], { stdio: 'inherit' }).status ?? 1;
