import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { createHostFiles } from '../../../platform/node/host-files/door.ts';
import { createHostFacts } from '../../../platform/node/host-files/process-facts.ts';
import { yaraProcess } from '../../../workers/tables/yara_process.ts';
import { askHost, scratch } from './ask-host.ts';
import { scan } from './run-table.ts';

/** In two parts, so that no process has it by holding this source. */
const mark = (name: string): string => `${name}=${['leash', 'mark', '4711'].join('-')}`;
const markRule = 'rule marked { strings: $mark = /LEASH_MARK=leash-mark-[0-9]{4}/ condition: $mark }';
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A process that waits with a text in its memory, until the test ends. */
const waiting = async (t: Test, command: string, args: readonly string[]): Promise<number> => {
  const child: ChildProcess = spawn(command, args, {
    env: { LEASH_MARK: mark('').slice(1) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child.pid ?? 0;
};
const shell = (t: Test): Promise<number> => waiting(t, '/bin/sh', ['-c', 'echo up; read line']);

t.test('a text in the memory of a process is found, and its address told', async (t) => {
  const pid = await shell(t);
  const [row] = scan(yaraProcess, {
    files: createHostFiles({
      root: '/',
      readMax_bytes: 2 ** 20,
      budget: { read_bytes: 2 ** 28, paths: 100 },
    }),
    facts: { page_bytes: createHostFacts().page_bytes },
    equals: { pid: [String(pid)], sigrule: [markRule] },
    answers: { osquery_flags: [{ name: 'enable_yara_string', value: 'true' }] },
  }).rows;
  t.match(row, { pid, matches: 'marked', count: 1, sigrule: markRule, pid_with_namespace: 0 });
  const address = Number.parseInt(String(row?.strings).split(',')[0]?.slice('$mark:'.length) ?? '', 16);
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const there = Buffer.alloc(mark('LEASH_MARK').length);
  readSync(memory, there, 0, there.length, address);
  closeSync(memory);
  t.equal(there.toString(), mark('LEASH_MARK'));
});

t.test('a process without a match has a row, one that is not there has none', async (t) => {
  const pid = await shell(t);
  const absent =
    'rule absent { strings: $a = "no process has" $b = "this, I hope" condition: all of them and filesize == 0 }';
  const { rows, failure, warnings } = askHost(
    `SELECT pid, matches, count FROM yara_process WHERE pid IN (${pid}, 999999999, 0) AND sigrule = ${quoted(absent)}`,
  );
  t.match([failure, warnings], [undefined, []]);
  t.strictSame(rows, [{ pid, matches: '', count: 0 }]);
});

const noPython = spawnSync('python3', ['--version']).status !== 0 && 'there is no python3 here';

t.test('memory that is not there is not brought there', { skip: noPython }, async (t) => {
  const code = 'import mmap,sys\nm=mmap.mmap(-1, 200<<20)\nprint("up", flush=True)\nsys.stdin.read()';
  const pid = await waiting(t, 'python3', ['-c', code]);
  const resident = (): string | undefined =>
    /^VmRSS:.*$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[0];
  const before = resident();
  const { rows, warnings } = askHost(
    `SELECT matches FROM yara_process WHERE pid = ${pid} AND sigrule = ${quoted(markRule)}`,
  );
  t.strictSame([rows, warnings], [[{ matches: 'marked' }], []]);
  t.equal(resident(), before);
});

t.test('a process with too much in memory is named', async (t) => {
  const { rows, failure, warnings } = askHost(
    `SELECT * FROM yara_process WHERE pid = ${process.pid} AND sigrule = ${quoted(markRule)}`,
  );
  t.strictSame([rows, failure], [[], undefined]);
  t.match(warnings, [/^process \d+ is not scanned: it has more than 50 MiB in memory$/]);
});

t.test('without rules, or without a pid, it fails', async (t) => {
  t.match(askHost('SELECT * FROM yara_process WHERE pid = 1').failure, { message: /it needs rules/ });
  t.match(askHost(`SELECT * FROM yara_process WHERE sigrule = ${quoted(markRule)}`).failure, {
    reason: 'missing_required',
  });
});

const noYara = spawnSync('yara', ['--version']).status !== 0 && 'there is no yara(1) here';

t.test('yara(1) finds the same', { skip: noYara }, async (t) => {
  const pid = await shell(t);
  const rules = join(scratch(t), 'rules.yar');
  const other = 'rule other { strings: $a = "this is in no shell, is it" condition: $a }';
  writeFileSync(rules, `${markRule}\n${other}`);
  const told = execFileSync('yara', [rules, String(pid)], { encoding: 'utf8' });
  const { rows } = askHost(
    `SELECT matches FROM yara_process WHERE pid = ${pid} AND sigfile = ${quoted(rules)}`,
  );
  t.strictSame(rows, [{ matches: told.split(' ')[0] }]);
});
