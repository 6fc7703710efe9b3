import { nodeClock } from '../platform/node/clock.ts';
import { openOutputFile } from '../platform/node/output-file.ts';
import { readTextFile } from '../platform/node/text-file.ts';
import { complainOfBug, processIo } from './command-io.ts';
import { runLeashi } from './leashi-program.ts';
import { nodeOpeners } from './node-openers.ts';
import { processInput } from './shell/terminal/process-input.ts';

const deps = {
  input: processInput(),
  clock: nodeClock,
  readText: readTextFile,
  openOutput: openOutputFile,
  openers: nodeOpeners,
};
const io = processIo();
process.exitCode = await runLeashi(process.argv.slice(2), io, deps).catch((error: unknown) =>
  complainOfBug(io, error),
);
