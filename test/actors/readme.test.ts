import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';

const actors = join(import.meta.dirname, '../../actors');
const readme = readFileSync(join(actors, 'README.md'), 'utf8');

/** The fenced blocks of the README in one language. */
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, block = '']) => block);

t.test('the README shows the examples as they are, and what they print', async (t) => {
  const examples = readdirSync(join(actors, 'examples'));
  t.ok(examples.length > 0);
  t.equal(blocks('ts').length, examples.length);
  t.equal(blocks('text').length, examples.length);
  for (const [index, name] of examples.toSorted().entries()) {
    const file = join(actors, 'examples', name);
    t.equal(blocks('ts')[index], readFileSync(file, 'utf8'), name);
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    t.equal(await text(child.stdout), blocks('text')[index], `what ${name} prints`);
  }
});

t.test('the README names what the library exports', async (t) => {
  const library = await import('../../actors/index.ts');
  for (const name of Object.keys(library)) t.match(readme, `\`${name}(`);
});
