import t from 'tap';
import { encodeControl, encodeFrame, FrameDecoder, maxRowsFrame_bytes } from '../../protocol/frame.ts';

t.test('frames survive any cut of the stream', async (t) => {
  const stream = Buffer.concat([
    encodeControl({ type: 'hello', big: 2n ** 60n }),
    encodeFrame('rows', Buffer.from('[[1]]')),
  ]);
  for (let cut = 1; cut < stream.length; cut += 1) {
    const decoder = new FrameDecoder();
    const first = decoder.push(stream.subarray(0, cut));
    const second = decoder.push(stream.subarray(cut));
    if (!first.ok || !second.ok) {
      t.fail('a whole stream was refused');
      return;
    }
    const frames = [...first.value, ...second.value];
    t.strictSame(
      frames.map((frame) => [frame.kind, frame.payload.toString()]),
      [
        ['control', '{"type":"hello","big":{"int":"1152921504606846976"}}'],
        ['rows', '[[1]]'],
      ],
    );
  }
});

t.test('a hostile length is refused before anything is kept', async (t) => {
  const header = Buffer.alloc(5);
  header.writeUInt32LE(0xffffffff, 0);
  header[4] = 1;
  t.match(new FrameDecoder().push(header), { ok: false, error: { reason: 'frame_too_large' } });
  header.writeUInt32LE(maxRowsFrame_bytes + 1, 0);
  header[4] = 2;
  t.match(new FrameDecoder().push(header), { ok: false, error: { reason: 'frame_too_large' } });
  header[4] = 9;
  t.match(new FrameDecoder().push(header), { ok: false, error: { reason: 'frame_kind_unknown' } });
});
