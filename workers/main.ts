import { BlockingPipe } from '../platform/node/blocking-pipe.ts';
import { nodeClock } from '../platform/node/clock.ts';
import { createHostFiles } from '../platform/node/host-files/door.ts';
import { createHostFacts } from '../platform/node/host-files/process-facts.ts';
import { createSelfMeter, endAtOnce } from '../platform/node/self-meter.ts';
import { type Budget, budgetOfLevel } from '../protocol/budget.ts';
import { buildId } from '../protocol/build-id.ts';
import { type ConfigTable, whyNoConfigTable } from '../protocol/config-tables.ts';
import { type Attachment, readAttachment } from '../protocol/extension/attachment.ts';
import { readMax_bytes } from '../protocol/host-files.ts';
import { workerProtocolVersion } from '../protocol/worker-messages.ts';
import { WorkerChannel } from './channel.ts';
import { Engine } from './engine/engine.ts';
import { RunGuard } from './engine/run-guard.ts';
import { constructedTable } from './host/constructed-table.ts';
import { type OpenNetwork, QueryRunner } from './query-runner.ts';
import { tables } from './tables/index.ts';

/** The worker's end of the socketpair that its supervisor made. */
const channelFd = 3;
const mebibyte = 1024 * 1024;
/** What 32-bit SQLite can use sensibly; each run's own budget is far below it. */
const engineMemoryMax_bytes = 1024 * mebibyte;

/** Walks the paths that every query takes, so that the first one finds them compiled. */
const warmUp = [
  'SELECT * FROM time',
  "SELECT name, count(*), max(value) FROM (SELECT 'a' name, 1 value UNION ALL SELECT 'b', 2.5) GROUP BY 1",
];

const exit = (reason: string): never => {
  process.stderr.write(`leash worker: ${reason}\n`);
  return endAtOnce();
};

const host = createHostFacts();
const meter = createSelfMeter(host.page_bytes);
const channel = new WorkerChannel(new BlockingPipe(channelFd), exit);
const openFiles = (budget: Budget): ReturnType<typeof createHostFiles> =>
  createHostFiles({
    root: '/',
    readMax_bytes,
    budget: { read_bytes: budget.read_mb * mebibyte, paths: budget.paths },
  });

// What this process may do is asked of the one who forbids it: no word of the supervisor can say otherwise.
const mayOpenSockets = process.permission?.has('net') === true;
const openNetwork: OpenNetwork | undefined = mayOpenSockets
  ? // A pure worker does not pay for Node's network modules.
    (await import('./host/network.ts')).openNetwork
  : undefined;

const engine = Engine.open(tables, engineMemoryMax_bytes, mayOpenSockets ? 'net' : 'pure');
warm();
const runner = new QueryRunner({ engine, channel, meter, host, openFiles });
shakeHands();
for (;;) {
  const message = channel.receive();
  if (message.type === 'exit') break;
  if (message.type === 'attach') attach(message.extension);
  else if (message.type === 'detach') engine.detach(message.uuid);
  else if (message.type === 'forget_config') engine.config.forget();
  else if (message.type === 'config_table') addConfigTable(message.table);
  else if (message.type !== 'query') exit(`a ${message.type} came while no query asked for it`);
  else {
    for (const refused of engine.settleConfig()) channel.send({ type: 'config_refused', ...refused });
    if (openNetwork === undefined) runner.run(message);
    else await runner.runWaiting(message, nodeClock, openNetwork);
  }
}
process.exit(0);

/** What cannot be taken in is left out, and said where the supervisor keeps it; every other table is as before. */
function attach(attachment: Attachment): void {
  const extension = readAttachment(attachment, nodeClock.monotonicMs());
  const refused = extension.ok ? engine.attach(extension.value) : [];
  if (!extension.ok) process.stderr.write(`leash worker: ${extension.error.message}\n`);
  for (const name of refused) {
    process.stderr.write(`leash worker: table ${name} of extension ${attachment.name} is taken already\n`);
  }
}

function addConfigTable(declared: ConfigTable): void {
  const wrong = whyNoConfigTable(declared);
  // The supervisor tells of none that it would not take itself.
  if (wrong !== undefined) exit(`the supervisor sent a table of the config without ${wrong}`);
  if (declared.kind === 'view') engine.config.add(declared);
  else engine.config.add({ kind: 'table', name: declared.name, table: constructedTable(declared) });
}

function warm(): void {
  const budget = budgetOfLevel['0'];
  for (const sql of warmUp) {
    engine.run({
      sql,
      budget,
      guard: new RunGuard(budget, meter),
      services: { files: openFiles(budget), host, askSupervisor: () => [], warn: () => {} },
      sink: { columns: () => {}, rows: () => {} },
    });
  }
}

/** Waits for the supervisor's greeting; another build or protocol is refused by both sides. */
function shakeHands(): void {
  const hello = channel.receive();
  if (hello.type !== 'hello') return exit(`the supervisor began with ${hello.type} instead of hello`);
  if (hello.protocolVersion !== workerProtocolVersion || hello.buildId !== buildId) {
    exit(
      `the supervisor speaks protocol ${hello.protocolVersion} of build ${hello.buildId}, this worker ` +
        `${workerProtocolVersion} of build ${buildId}: install both from one build`,
    );
  }
  if (hello.tables !== undefined) engine.choose(hello.tables);
  channel.sayReady(process.uptime() * 1_000);
}
