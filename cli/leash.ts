import { testSandbox } from '../platform/node/sandbox-self-test.ts';
import { processIo } from './command-io.ts';
import { runLeash } from './leash-program.ts';
import { nodeOpeners } from './node-openers.ts';

const tools = { ...nodeOpeners(), testSandbox };
process.exitCode = await runLeash(process.argv.slice(2), processIo(), tools);
