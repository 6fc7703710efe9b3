import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { OutputTail } from '../../../../platform/node/extension-files/output-tail.ts';

t.test('the last bytes are kept, whatever came before', async (t) => {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const tail = new OutputTail([out, err]);
  t.equal(tail.text(), '');
  out.write('a'.repeat(100_000));
  const read = once(err, 'data');
  err.write('the end');
  await read;
  t.equal(tail.text().length, 16 * 1024);
  t.match(tail.text(), /^a+the end$/);
  tail.close();
});

t.test('who writes a lot waits for a reader that rests', async (t) => {
  const out = new PassThrough();
  const tail = new OutputTail([out]);
  const flooded = once(out, 'data');
  out.write(Buffer.alloc(300 * 1024));
  await flooded;
  t.equal(out.isPaused(), true);
  await once(out, 'resume');
  const more = once(out, 'data');
  out.write('more');
  await more;
  t.equal(out.isPaused(), false);
  tail.close();
  t.ok(out.destroyed);
});
