import t from 'tap';
import { FileSink } from '../../../supervisor/ledger/file-sink.ts';
import { fileLogger, fileSink, spoolSinks } from '../../../supervisor/ledger/loggers.ts';
import { noPerformance } from '../../../supervisor/ledger/performance.ts';
import { SimulatedLogFiles } from '../../simulation/simulated-log-files.ts';
import { SimulatedResultsStore } from '../../simulation/simulated-results-store.ts';

const path = '/log/osqueryd.results.log';
const baseline = { sql: 'q', epoch: 0, counter: 0, rows: '', performance: noPerformance('q') };

const makeSink = (): { store: SimulatedResultsStore; files: SimulatedLogFiles; sink: FileSink } => {
  const store = new SimulatedResultsStore();
  store.serve(spoolSinks([fileLogger]));
  const files = new SimulatedLogFiles();
  return { store, files, sink: new FileSink({ sink: fileSink('results'), path, mode: 0o600 }, store, files) };
};

t.test('a log that was moved before its first line was acknowledged is not written again', async (t) => {
  const { store, files, sink } = makeSink();
  store.commit('q', baseline, 'results', ['one']);
  sink.deliver();
  files.rotate();
  store.commit('q', baseline, 'results', ['two']);
  const { acknowledge } = SimulatedResultsStore.prototype;
  let calls = 0;
  store.acknowledge = (...to) => {
    calls += 1;
    // The moved log, then the new one before its first line; what follows the line is lost with the process.
    if (calls > 2) throw new Error('killed');
    acknowledge.apply(store, to);
  };
  t.match(sink.deliver(), { problem: /killed/ });
  store.acknowledge = acknowledge.bind(store);
  files.rotate();
  t.match(sink.deliver(), { delivered: 1, problem: undefined });
  t.equal(files.text(path), 'one\ntwo\n');
});

t.test('a torn line that nobody can complete is ended, so that the next stands on its own', async (t) => {
  const { store, files, sink } = makeSink();
  store.commit('q', baseline, 'results', ['one']);
  sink.deliver();
  files.append(path, Buffer.from('{"torn'), 0o600);
  store.commit('q', baseline, 'results', ['two']);
  files.free_bytes = 0;
  t.match(sink.deliver(), { problem: /ENOSPC/ }, 'not even that has room');
  files.free_bytes = Number.POSITIVE_INFINITY;
  t.match(sink.deliver(), { delivered: 1, problem: undefined });
  t.equal(files.text(path), 'one\n{"torn\ntwo\n');
});

t.test('what is acknowledged is on the disk, also when a killed supervisor wrote it', async (t) => {
  const { store, files, sink } = makeSink();
  store.commit('q', baseline, 'results', ['one']);
  sink.deliver();
  store.commit('q', baseline, 'results', ['two']);
  files.write(path, Buffer.from('two\n'));
  t.match(sink.deliver(), { delivered: 1, problem: undefined });
  t.equal(store.waiting(), 0);
  files.losePower();
  t.equal(files.text(path), 'one\ntwo\n');
});
