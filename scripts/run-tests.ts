/**
 * Runs the tap suite and closes with `N passed, N failed`, counted from the TAP stream itself.
 * Arguments are passed to tap (file names, for one).
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const scratch = mkdtempSync(join(tmpdir(), 'leash-tests-'));
const tapFile = join(scratch, 'out.tap');
const reporter = process.stdout.isTTY ? 'terse' : 'silent';
const child = spawn(
  'tap',
  [
    'run',
    '--disable-coverage',
    '--allow-empty-coverage',
    // One more than CI has cores, since many files wait for processes most of the time.
    '--jobs=3',
    '--timeout=240',
    `--reporter=${reporter}`,
    `--output-file=${tapFile}`,
    ...process.argv.slice(2),
  ],
  // Three hundred processes load the same runner: what V8 made of it serves all after the first.
  { stdio: 'inherit', env: { ...process.env, NODE_COMPILE_CACHE: join(scratch, 'compiled') } },
);

child.on('close', (code) => {
  const tap = stripVTControlCharacters(readFileSync(tapFile, 'utf8'));
  const { passed, failed, skipped } = countAsserts(tap);
  if (code !== 0) process.stdout.write(`${failuresOf(tap)}\n`);
  for (const line of skipped) process.stdout.write(`skipped: ${line}\n`);
  rmSync(scratch, { recursive: true, force: true });
  const bad = code !== 0 && failed === 0 ? 1 : failed;
  process.stdout.write(
    `${passed} passed, ${bad} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}\n`,
  );
  process.exitCode = bad > 0 || passed === 0 ? 1 : 0;
});

/** Counts leaf assertions: TAP marks a subtest's own summary line at its parent's level with `{` or `# time=`. */
function countAsserts(tap: string): { passed: number; failed: number; skipped: string[] } {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  for (const line of tap.split('\n')) {
    const match = /^\s*(not ok|ok) \d+ ?-? ?(.*)$/.exec(line);
    if (match === null) continue;
    const [, verdict, rest = ''] = match;
    const directive = / # (SKIP|TODO)\b ?(.*)$/i.exec(rest);
    if (directive !== null) skipped.push(rest);
    else if (verdict === 'not ok') failed += 1;
    else if (!/# time=|\{$/.test(rest)) passed += 1;
  }
  return { passed, failed, skipped };
}

/** Failing lines with what follows them, which is what a person wants to read first. */
function failuresOf(tap: string): string {
  const lines = tap.split('\n');
  const shown = new Set<number>();
  lines.forEach((line, index) => {
    if (!/^\s*not ok /.test(line) || / # (SKIP|TODO)\b/i.test(line)) return;
    for (let near = index; near < Math.min(index + 30, lines.length); near += 1) shown.add(near);
  });
  return [...shown].map((index) => lines[index]).join('\n');
}
