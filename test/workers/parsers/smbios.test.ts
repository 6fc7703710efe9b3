import t from 'tap';
import { parseSmbios, smbiosString } from '../../../workers/parsers/smbios.ts';

/** One structure by the specification: header, formatted area, strings, terminator. */
const structure = (type: number, body: readonly number[], strings: readonly string[]): Buffer =>
  Buffer.concat([
    Buffer.from([type, 4 + body.length, 0x34, 0x12, ...body]),
    Buffer.from(strings.length === 0 ? '\0\0' : `${strings.join('\0')}\0\0`, 'latin1'),
  ]);

const end = structure(127, [], []);

t.test('structures, strings and the end of the table', async (t) => {
  const table = Buffer.concat([
    structure(1, [1, 2, 0, 9], ['Vendor', 'Mod\xe8le']),
    structure(32, [0], []),
    end,
    structure(2, [1], ['after the end']),
  ]);
  const structures = parseSmbios(table);
  t.strictSame(
    structures.map(({ type, handle, strings }) => ({ type, handle, strings })),
    [
      { type: 1, handle: 0x1234, strings: ['Vendor', 'Modèle'] },
      { type: 32, handle: 0x1234, strings: [] },
      { type: 127, handle: 0x1234, strings: [] },
    ],
  );
  const [system] = structures;
  if (system === undefined) throw new Error('no structure');
  t.equal(smbiosString(system, 4), 'Vendor');
  t.equal(smbiosString(system, 5), 'Modèle');
  t.equal(smbiosString(system, 6), '', 'number 0 is no string');
  t.equal(smbiosString(system, 7), '', 'a number past the set');
  t.equal(smbiosString(system, 60), '', 'an offset past the structure');
});

t.test('a structure that is shorter than its header or longer than the table ends it', async (t) => {
  const good = structure(1, [1], ['Vendor']);
  for (const length of [0, 3, 200]) {
    const bad = structure(2, [1], ['Board']);
    bad[1] = length;
    t.strictSame(
      parseSmbios(Buffer.concat([good, bad])).map(({ type }) => type),
      [1],
      `length ${length}`,
    );
  }
});

t.test('every cut and every single damaged byte ends quietly', async (t) => {
  const table = Buffer.concat([structure(1, [1, 2], ['Vendor', 'Model']), structure(2, [1], ['Board']), end]);
  for (let length = 0; length <= table.length; length += 1) {
    t.ok(parseSmbios(table.subarray(0, length)).length <= 3);
  }
  for (let at = 0; at < table.length; at += 1) {
    for (const value of [0, 1, 3, 127, 255]) {
      const damaged = Buffer.from(table);
      damaged[at] = value;
      t.ok(parseSmbios(damaged).length <= table.length / 4);
    }
  }
});
