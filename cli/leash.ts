import { testSandbox } from '../platform/node/sandbox-self-test.ts';
import type { WorkerProfile } from '../protocol/worker-profile.ts';
import { processIo } from './command-io.ts';
import { runLeash } from './leash-program.ts';
import { nodeOpeners } from './node-openers.ts';

const tools = { ...nodeOpeners(), testSandbox: (profile: WorkerProfile) => testSandbox(profile) };
process.exitCode = await runLeash(process.argv.slice(2), processIo(), tools);
