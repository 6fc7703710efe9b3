import fc from 'fast-check';
import t from 'tap';
import { type ExtensionRules, judgeExtension } from '../../../policies/extension-file/judge-extension.ts';
import { type ChainProgram, nextPrograms } from '../../../policies/extension-file/next-programs.ts';
import { describeRefusal } from '../../../policies/path-safety/check.ts';
import { judgeTrail } from '../../../policies/path-safety/judge-trail.ts';
import { ownFileRules } from '../../../policies/path-safety/own-files.ts';
import type { PathFacts, Trail } from '../../../protocol/path-facts.ts';
import type { ProgramFacts } from '../../../protocol/program-facts.ts';

const elf = new Uint8Array([0x7f, 0x45, 0x4c, 0x46]);
const daemon = 1000;
const rules: ExtensionRules = { uid: daemon, nameRule: true, allowUnsafe: false };

const facts = (path: string, some: Partial<PathFacts> = {}): PathFacts => ({
  path,
  kind: 'directory',
  uid: 0,
  gid: 0,
  mode: 0o755,
  links: 1,
  device: '1',
  inode: '1',
  mount: undefined,
  ...some,
});

/** A way to a file, both with what is drawn; a link on the way now and then. */
const trails: fc.Arbitrary<Trail> = fc
  .tuple(
    fc.array(
      fc.record({
        kind: fc.constantFrom('directory', 'directory', 'link'),
        uid: fc.constantFrom(0, 0, 0, daemon, 7),
        mode: fc.constantFrom(0o755, 0o755, 0o700, 0o775, 0o757, 0o777, 0o1777, 0o1755, 0o2775),
        server: fc.constantFrom(undefined, undefined, undefined, 0, daemon, 7),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    fc.record({ uid: fc.constantFrom(0, 0, daemon, 7), mode: fc.nat(0o7777) }),
  )
  .map(([way, end]) => {
    const directories = way.map(({ kind, uid, mode, server }, index) =>
      facts(index === 0 ? '/' : `/d${index}`, {
        kind: index === 0 ? 'directory' : (kind as 'directory' | 'link'),
        uid,
        mode: kind === 'link' ? 0o777 : mode,
        mount:
          server === undefined
            ? undefined
            : { mountPoint: '/m', type: 'fuse', noexec: false, servedBy_uid: server },
      }),
    );
    const file = facts('/d/x.ext', { kind: 'file', ...end });
    return {
      path: '/d/x.ext',
      components: [...directories, file],
      end: { reached: true, facts: file, byLink: false },
    };
  });

const programOf = (trail: Trail, some: Partial<ProgramFacts> = {}): ChainProgram => ({
  role: 'extension',
  facts: { trail, head: elf, same: true, mayExecute: true, ...some },
});

/** Another way to say it: is there a user besides root and the daemon's who could change what is started? */
const somebodyElseCould = ({ components }: Trail): boolean =>
  [7, 8].some((somebody) =>
    components.some(({ kind, uid, mode, mount }) => {
      // The owner may give himself the right; group and others are everybody, for all that is known.
      const owns = uid === somebody;
      const writes = kind !== 'link' && (mode & 0o020 || mode & 0o002) !== 0;
      return owns || writes || mount?.servedBy_uid === somebody;
    }),
  );

t.test(
  'what passes can be changed by root and the daemon alone, and what they alone can change passes',
  async (t) => {
    fc.assert(
      fc.property(trails, (trail) => {
        const { refusals } = judgeExtension([programOf(trail)], rules);
        const unsafe = refusals.filter(({ rule }) => !['executable', 'privileges'].includes(rule));
        return unsafe.length > 0 === somebodyElseCould(trail);
      }),
      { numRuns: 3000 },
    );
    t.pass();
  },
);

t.test('the same for an interpreter: no link of the chain is weaker than another', async (t) => {
  const good = programOf(
    {
      ...goodTrail,
      end: { reached: true, facts: goodFile, byLink: false },
    },
    { head: Buffer.from('#!/d/x.ext\n') },
  );
  fc.assert(
    fc.property(trails, (trail) => {
      const alone = judgeExtension([programOf(trail)], rules).refusals;
      const within = judgeExtension([good, { ...programOf(trail), role: 'interpreter' }], rules).refusals;
      return (
        alone.map(({ rule, component }) => `${rule} ${component}`).join() ===
        within.map(({ rule, component }) => `${rule} ${component}`).join()
      );
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

const goodFile = facts('/good.ext', { kind: 'file' });
const goodTrail: Trail = {
  path: '/good.ext',
  components: [facts('/root-of-it'), goodFile],
  end: { reached: true, facts: goodFile, byLink: false },
};

t.test(
  'allow_unsafe forgives what is unsafe and nothing that is impossible, and conceals nothing',
  async (t) => {
    fc.assert(
      fc.property(trails, fc.boolean(), fc.boolean(), (trail, same, mayExecute) => {
        const program = programOf(trail, { same, mayExecute });
        const strict = judgeExtension([program], rules);
        const lax = judgeExtension([program], { ...rules, allowUnsafe: true });
        t.same(lax.checks, strict.checks);
        t.equal(strict.overridden.length, 0);
        t.equal(lax.refusals.length + lax.overridden.length, strict.refusals.length);
        return (
          lax.refusals.every(({ rule }) => ['executable', 'unchanged'].includes(rule)) &&
          (same || lax.refusals.some(({ rule }) => rule === 'unchanged'))
        );
      }),
      { numRuns: 300 },
    );
  },
);

/** What a person would do who follows every remedy: chmod and chown, or a better place. */
const mended = (trail: Trail): Trail => {
  const mend = (component: PathFacts): PathFacts => ({
    ...component,
    uid: 0,
    mode: (component.mode & 0o1755) | 0o100,
    mount: undefined,
  });
  const components = trail.components.map(mend);
  const file = components.at(-1) ?? goodFile;
  return { ...trail, components, end: { reached: true, facts: file, byLink: false } };
};

t.test('every refusal says what to do, and doing it helps', async (t) => {
  fc.assert(
    fc.property(trails, (trail) => {
      for (const refusal of judgeExtension([programOf(trail)], rules).refusals) {
        t.match(describeRefusal(refusal), /^\/.*: .+; required: .+; to mend it: .+$/);
      }
      return judgeExtension([programOf(mended(trail))], rules).refusals.length === 0;
    }),
    { numRuns: 500 },
  );
});

t.test(
  "lists of rights and hard links: the group's bits are the list's mask, and names are no rights",
  async (t) => {
    const judged = (some: Partial<PathFacts>) => {
      const file = { ...goodFile, ...some };
      return judgeExtension(
        [
          programOf({
            ...goodTrail,
            components: [facts('/'), file],
            end: { reached: true, facts: file, byLink: false },
          }),
        ],
        rules,
      ).refusals.map(({ rule }) => rule);
    };
    t.strictSame(judged({ mode: 0o775 }), ['mode'], 'a mask that lets a named user write');
    t.strictSame(judged({ mode: 0o755, links: 5 }), []);
  },
);

t.test('sentences of the three commonest refusals', async (t) => {
  const file = { ...goodFile, mode: 0o777, uid: 7, path: "/it's/x.ext" };
  const trail: Trail = {
    path: file.path,
    components: [facts('/'), facts('/tmp', { mode: 0o1777 }), facts("/it's", { mode: 0o775 }), file],
    end: { reached: true, facts: file, byLink: false },
  };
  t.strictSame(judgeExtension([programOf(trail)], { ...rules, uid: 0 }).refusals.map(describeRefusal), [
    '/tmp: mode 1777; required: no write permission for group or others; to mend it: keep it elsewhere, everybody may add names in /tmp',
    "/it's: mode 0775; required: no write permission for group or others; to mend it: chmod go-w '/it'\\''s'",
    "/it's/x.ext: owner uid 7; required: owner root; to mend it: chown 0 '/it'\\''s/x.ext'",
    "/it's/x.ext: mode 0777; required: no write permission for group or others; to mend it: chmod go-w '/it'\\''s/x.ext'",
  ]);
});

t.test('env: every place of the search counts, the absent ones too', async (t) => {
  const asked = nextPrograms(programOf(goodTrail, { head: Buffer.from('#!/usr/bin/env tool\n') }));
  t.strictSame(
    asked.map(({ role, path }) => `${role} ${path}`),
    [
      'interpreter /usr/bin/env',
      ...['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].map(
        (place) => `candidate ${place}/tool`,
      ),
    ],
  );
  const script = programOf(goodTrail, { head: Buffer.from('#!/usr/bin/env tool\n') });
  const absent = (mode: number): ChainProgram => ({
    role: 'candidate',
    facts: {
      trail: {
        path: '/usr/local/bin/tool',
        components: [facts('/'), facts('/usr/local/bin', { mode })],
        end: { reached: false, component: '/usr/local/bin/tool', problem: 'missing' },
      },
      head: undefined,
      same: true,
      mayExecute: false,
    },
  });
  const found: ChainProgram = { ...programOf({ ...goodTrail, path: '/usr/bin/tool' }), role: 'candidate' };
  t.strictSame(judgeExtension([script, absent(0o755), found], rules).refusals, []);
  t.match(
    judgeExtension([script, absent(0o2775), found], rules).refusals,
    [{ rule: 'writable', component: '/usr/local/bin' }],
    'somebody could put one there that env(1) finds first',
  );
  t.match(judgeExtension([script, absent(0o755)], rules).refusals, [
    { rule: 'interpreter', actual: 'no tool' },
  ]);
});

t.test('own files: a sticky directory will do, a link in their place will not', async (t) => {
  const file = facts('/tmp/leash/guard.db', { kind: 'file', mode: 0o600, uid: daemon });
  const trail = (tmp: number, byLink = false): Trail => ({
    path: file.path,
    components: [
      facts('/'),
      facts('/tmp', { mode: tmp }),
      facts('/tmp/leash', { mode: 0o700, uid: daemon }),
      file,
    ],
    end: { reached: true, facts: file, byLink },
  });
  const failed = (subject: Trail, uid = daemon) =>
    judgeTrail(subject, uid, ownFileRules.private_file)
      .filter(({ passed }) => !passed)
      .map(({ rule, component }) => `${rule} ${component}`);
  t.strictSame(failed(trail(0o1777)), []);
  t.strictSame(failed(trail(0o777)), ['writable /tmp']);
  t.strictSame(failed(trail(0o755, true)), ['link /tmp/leash/guard.db']);
  t.strictSame(failed(trail(0o755), 7), ['owner /tmp/leash', 'owner /tmp/leash/guard.db']);
});
