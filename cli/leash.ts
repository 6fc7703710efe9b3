import { processIo } from './command-io.ts';
import { runLeash } from './leash-program.ts';
import { nodeOpeners } from './node-openers.ts';

const io = processIo();
process.exitCode = await runLeash(process.argv.slice(2), io, nodeOpeners());
