import t from 'tap';
import { nodeProgramHost } from '../../../platform/node/extension-files/program-host.ts';
import { parseAutoload } from '../../../policies/extension-file/autoload.ts';
import { findCandidates } from '../../../supervisor/extensions/candidates.ts';
import { groundOf } from './ground.ts';

const ground = groundOf(t);

t.test("osquery's format", async (t) => {
  t.strictSame(parseAutoload(''), { lines: [], problems: [] });
  const text =
    '# first\n\n  /opt/a.ext \t\r\n; /opt/no.ext\n/opt/with space.ext # no comment\nrelative.ext\n/last.ext';
  t.strictSame(parseAutoload(text), {
    lines: [
      { path: '/opt/a.ext', line: 3 },
      { path: '/opt/with space.ext # no comment', line: 5 },
      { path: '/last.ext', line: 7 },
    ],
    problems: ["line 6: expected an absolute path, found 'relative.ext'"],
  });
  const endless = parseAutoload('/x.ext\n'.repeat(5_000));
  t.equal(endless.lines.length, 1_000);
  t.match(endless.problems, [/^line 1001 and what follows/]);
});

const rules = { uid: process.getuid?.() ?? 0, nameRule: true, allowUnsafe: false };

t.test(
  'a directory stands for what is below it; what is refused is a candidate with its reason',
  async (t) => {
    ground.directory('d');
    ground.directory('d/inner');
    ground.directory('d/open', 0o777);
    ground.elf('d/b.ext');
    ground.elf('d/a.ext', 0o775);
    ground.elf('d/readme', 0o644);
    ground.elf('d/inner/c.ext');
    ground.elf('d/open/d.ext');
    ground.elf('single.bin');
    ground.link('d/inner/round', '..');
    ground.link('linked', 'd/inner');
    const { candidates, problems } = findCandidates(
      [
        `${ground.at('d')}/`,
        ground.at('single.bin'),
        ground.at('d/b.ext'),
        ground.at('gone.ext'),
        ground.at('linked'),
      ].join('\n'),
      nodeProgramHost,
      rules,
    );
    t.strictSame(problems, []);
    t.strictSame(
      candidates.map(({ path, line, judgement }) => [
        ground.short(path),
        line,
        judgement.refusals.map(({ rule, component }) => `${rule} ${ground.short(component)}`).join(),
      ]),
      [
        ['d/a.ext', 1, 'mode d/a.ext'],
        ['d/b.ext', 1, ''],
        ['d/inner/c.ext', 1, ''],
        ['d/open/d.ext', 1, 'writable d/open'],
        ['single.bin', 2, 'name single.bin'],
        ['gone.ext', 4, 'reached gone.ext'],
        ['linked/c.ext', 5, ''],
      ],
    );
  },
);

t.test('a directory without end is left', async (t) => {
  let name = 'deep';
  ground.directory(name);
  for (let level = 0; level < 10; level += 1) {
    ground.elf(`${name}/x.ext`);
    name += '/d';
    ground.directory(name);
  }
  const { candidates, problems } = findCandidates(ground.at('deep'), nodeProgramHost, rules);
  t.equal(candidates.length, 8);
  t.match(problems, [/more than 10000 entries or 8 levels/]);
});
