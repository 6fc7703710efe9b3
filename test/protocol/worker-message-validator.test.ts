import t from 'tap';
import { maxKey_chars } from '../../protocol/supervisor-tables.ts';
import { parseFromWorker } from '../../protocol/worker-message-validator.ts';

const parse = (message: unknown) => parseFromWorker(Buffer.from(JSON.stringify(message)));

t.test('a worker may ask for a table, and for one thing in it', async (t) => {
  for (const ask of [
    { type: 'ask', table: 'leash_samples' },
    { type: 'ask', table: 'leash_samples', key: 'x'.repeat(maxKey_chars) },
  ]) {
    t.strictSame(parse(ask), { ok: true, value: ask });
  }
  for (const ask of [
    { type: 'ask', table: 'processes' },
    { type: 'ask', table: 'leash_samples', key: 7 },
    { type: 'ask', table: 'leash_samples', key: 'x'.repeat(maxKey_chars + 1) },
  ]) {
    t.match(parse(ask), { ok: false, error: { reason: 'not_a_message' } });
  }
});
