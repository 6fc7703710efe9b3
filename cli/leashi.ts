import { readTextFile } from '../platform/node/text-file.ts';
import { processIo } from './command-io.ts';
import { runLeashi } from './leashi-program.ts';
import { nodeOpeners } from './node-openers.ts';
import { processInput } from './shell/shell-input.ts';

const deps = { input: processInput(), readText: readTextFile, openers: nodeOpeners };
process.exitCode = await runLeashi(process.argv.slice(2), processIo(), deps);
