import fc from 'fast-check';
import t from 'tap';
import { blameForWall } from '../../policies/extension-blame.ts';

const wall_ms = 1_000;

t.test('one call that took the time is blamed on its extension', async (t) => {
  const extensions = [{ uuid: 3, calls: 1, waited_ms: 990 }];
  t.strictSame(blameForWall({ extensions, standing: { uuid: 3, waited_ms: 990 } }, wall_ms), {
    kind: 'hung',
    uuid: 3,
    waited_ms: 990,
  });
});

t.test('ten thousand quick calls are nobody’s fault', async (t) => {
  const extensions = [
    { uuid: 3, calls: 2, waited_ms: 20 },
    { uuid: 4, calls: 10_000, waited_ms: 900 },
  ];
  t.strictSame(blameForWall({ extensions, standing: { uuid: 4, waited_ms: 1 } }, wall_ms), {
    kind: 'slow',
    uuid: 4,
    waited_ms: 900,
  });
});

t.test('a query that took its time elsewhere is to blame, also when it ended in an extension', async (t) => {
  const extensions = [{ uuid: 3, calls: 1, waited_ms: 200 }];
  const standing = { uuid: 3, waited_ms: 200 };
  t.strictSame(blameForWall({ extensions, standing }, wall_ms), { kind: 'query' });
  t.strictSame(blameForWall({ extensions: [] }, wall_ms), { kind: 'query' });
});

t.test('who is blamed took half of the time, and nobody hung who had answered', async () => {
  const time = fc.integer({ min: 0, max: 2 * wall_ms });
  const waits = fc
    .uniqueArray(fc.record({ uuid: fc.integer({ min: 1, max: 9 }), calls: fc.nat(), waited_ms: time }), {
      selector: ({ uuid }) => uuid,
    })
    .chain((extensions) =>
      fc.record(
        { extensions: fc.constant(extensions), standing: fc.record({ uuid: fc.nat(9), waited_ms: time }) },
        { requiredKeys: ['extensions'] },
      ),
    );
  fc.assert(
    fc.property(waits, (told) => {
      const blame = blameForWall(told, wall_ms);
      const most_ms = Math.max(0, ...told.extensions.map(({ waited_ms }) => waited_ms));
      if (blame.kind === 'hung') return told.standing?.uuid === blame.uuid && blame.waited_ms >= wall_ms / 2;
      const stood_ms = told.standing?.waited_ms ?? 0;
      if (stood_ms >= wall_ms / 2) return false;
      return blame.kind === 'slow' ? blame.waited_ms === most_ms : most_ms < wall_ms / 2;
    }),
  );
});
