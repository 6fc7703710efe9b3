/**
 * Runs the files of tests and closes with `N passed, N failed`. Node's runner starts them, a process each; tap, which they are
 * written with, tells it every assertion. Arguments are files or globs; without any all tests run. Whatever fails is shown
 * as it comes; in the end also what such a file wrote to standard error.
 */
import { chmodSync, globSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type EventData, run } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { build } from 'esbuild';
import { bundleOptions, root, wasmFiles } from './bundles.ts';

type Assertion = EventData.TestPass | EventData.TestFail;

/** One more than CI has cores, since many files wait for processes most of the time. */
const filesAtOnce = 3;
/** When tap ends a file that waits in vain. */
const fileMax_s = 240;
/** When a file that never lets tap do so ends the whole run. */
const runMax_ms = 40 * 60_000;
const shownErrorOutput = 4000;

const counts = { passed: 0, failed: 0 };
const skipped: string[] = [];
const filesOver = new Set<string>();
/** Files that failed, and whether an assertion says why. */
const failedFiles = new Map<string, 'told' | 'untold'>();
const errorOutput = new Map<string, string>();

const say = (text: string): void =>
  void process.stdout.write(
    process.stdout.isTTY ? `\r\u001b[K${text}\n` : `${stripVTControlCharacters(text)}\n`,
  );

/** What only sums up other assertions is not counted. */
const assertion = (data: Assertion): void => {
  if (data.details.type === 'suite') return;
  if (isSkipped(data)) skipped.push(`${data.name}: ${data.skip ?? data.todo}`);
  else if ('error' in data.details) failure(fileOf(data), data.name, causeOf(data.details.error));
  else counts.passed += 1;
};

/** A test that ran and asserts by not throwing alone (a property, say) is told as skipped, too, but from where it stands. */
const isSkipped = ({ skip, todo, file }: Assertion): boolean =>
  typeof skip === 'string' || (skip === true && file === undefined) || todo !== undefined;

/** The file of tests: the place of an assertion may be in a library. */
const fileOf = (place: {
  readonly file?: string | undefined;
  readonly entryFile?: string | undefined;
}): string => relative(root, place.entryFile ?? place.file ?? root);

/** What tap found wrong: Node wraps it into an error of its own. */
const causeOf = (error: Error): string => {
  const found = error.cause instanceof Error ? error.cause : error;
  return found.stack ?? found.message;
};

const failure = (file: string, name: string, cause: string): void => {
  counts.failed += 1;
  failedFiles.set(file, 'told');
  say(`${file}: not ok ${name}\n${cause}`);
};

/** Comes when a file is over, which may be long before its assertions are told in their turn. */
const fileOver = ({ name, details }: EventData.TestComplete): void => {
  const file = relative(root, name);
  filesOver.add(file);
  if (!details.passed && !failedFiles.has(file)) failedFiles.set(file, 'untold');
  if (process.stdout.isTTY) {
    process.stdout.write(`\r\u001b[K${filesOver.size} of ${files.length} files, ${counts.passed} passed`);
  }
};

const globs = process.argv.length > 2 ? process.argv.slice(2) : ['test/**/*.test.ts'];
const files = globSync(globs, { cwd: root }).sort();
const scratch = mkdtempSync(join(tmpdir(), 'leash-tests-'));
// Some tests become another user, who reads what is in it.
chmodSync(scratch, 0o755);
// Three hundred processes load the same libraries: what V8 made of them serves all after the first.
process.env.NODE_COMPILE_CACHE = join(scratch, 'compiled');
process.env.TAP_TIMEOUT = String(fileMax_s);

process.env.LEASH_TEST_WORKER = await bundleWorker();

const running = run({
  files: files.map((file) => join(root, file)),
  concurrency: filesAtOnce,
  signal: AbortSignal.timeout(runMax_ms),
});
for await (const { type, data } of running) {
  if (type === 'test:pass' || type === 'test:fail') assertion(data);
  else if (type === 'test:stderr')
    errorOutput.set(fileOf(data), (errorOutput.get(fileOf(data)) ?? '') + data.message);
  else if (type === 'test:complete' && data.name === data.file) fileOver(data);
}
rmSync(scratch, { recursive: true, force: true });

for (const [file, isTold] of failedFiles) {
  if (isTold === 'untold') failure(file, 'the file', 'it failed without a failing assertion');
  const written = errorOutput.get(file);
  if (written !== undefined) say(`${file} wrote to standard error:\n${written.slice(-shownErrorOutput)}`);
}
const missing = files.filter((file) => !filesOver.has(file));
for (const file of missing) failure(file, 'the file', `no end of it within ${runMax_ms / 60_000} minutes`);
if (files.length === 0) failure(globs.join(' '), 'the run', 'no file of tests is called so');
for (const name of skipped) say(`skipped: ${name}`);
say(
  `${counts.passed} passed, ${counts.failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`,
);
process.exitCode = counts.failed > 0 ? 1 : 0;

/** Makes the worker that the tests start: from its 600 sources it would take four times the CPU time to start. */
async function bundleWorker(): Promise<string> {
  const directory = join(scratch, 'worker');
  await build({
    ...bundleOptions({ worker: 'workers/main.ts' }, directory),
    outExtension: { '.js': '.mjs' },
  });
  for (const [name, from] of Object.entries(wasmFiles)) symlinkSync(join(root, from), join(directory, name));
  return join(directory, 'worker.mjs');
}
