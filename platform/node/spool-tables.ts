import type Database from 'better-sqlite3';
import type {
  LogPosition,
  LostLines,
  ResultLog,
  SpoolBounds,
  SpooledLine,
  SpoolSink,
} from '../results-store.ts';

/** How many lines, and their bytes. */
interface Size {
  readonly lines: number;
  readonly bytes: number;
}

/** The tables of `results.db` that lines wait in, and how far each sink is. */
export interface SpoolTables {
  /** Lines that some sink has not acknowledged. */
  readonly waiting: number;
  serve(sinks: readonly SpoolSink[]): readonly LostLines[];
  /** Spools lines and does `beside` in the same transaction. */
  add(log: ResultLog, lines: readonly string[], beside: () => void): void;
  head(sink: string, most_bytes: number): readonly SpooledLine[];
  acknowledge(sink: string, lastId: number | undefined, position: LogPosition | undefined): void;
  trim(bounds: SpoolBounds): readonly LostLines[];
}

/** What is left after a trim, as a share of the bounds. */
const keptShare = 0.9;

/** See `ResultsStore`, whose spool this is. Sizes are counted once, when it is opened, and kept up from there. */
export const openSpool = (database: Database.Database): SpoolTables => {
  const one = <T>(sql: string): Database.Statement<unknown[], T> => database.prepare<unknown[], T>(sql);
  const insert = database.prepare('INSERT INTO spool (log, line) VALUES (?, ?)');
  const size = 'SELECT count(*) AS lines, coalesce(sum(octet_length(line)), 0) AS bytes FROM spool';
  const sizeUpTo = one<Size>(`${size} WHERE log = ? AND id <= ?`);
  const drop = database.prepare('DELETE FROM spool WHERE log = ? AND id <= ?');
  const oldest = one<Aged>('SELECT id, log, octet_length(line) AS bytes FROM spool ORDER BY id');
  const headOfAll = one<SpooledLine>('SELECT id, log, line FROM spool WHERE id > ? ORDER BY id');
  const headOf = one<SpooledLine>('SELECT id, log, line FROM spool WHERE log = ? AND id > ? ORDER BY id');
  const countAfter = one<number>('SELECT count(*) FROM spool WHERE log = ? AND id > ?').pluck();
  const sinkRows = one<SinkRow>('SELECT name, logs, last_id FROM sinks');
  const cursor = one<number>('SELECT last_id FROM sinks WHERE name = ?').pluck();
  const putSink = database.prepare('INSERT INTO sinks VALUES (?, ?, ?)');
  const putCursor = database.prepare('UPDATE sinks SET last_id = ? WHERE name = ?');
  const forget = database.prepare('DELETE FROM sinks WHERE name = ?');
  const lastId = one<number>("SELECT seq FROM sqlite_sequence WHERE name = 'spool'").pluck();
  const putPosition = database.prepare('INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?)');

  const allLogs: readonly ResultLog[] = ['results', 'snapshots'];
  let served: readonly SpoolSink[] = [];
  let now = one<Size>(size).get() ?? { lines: 0, bytes: 0 };
  const positionOf = (sink: string): number => cursor.get(sink) ?? 0;
  const takersOf = (log: ResultLog): readonly SpoolSink[] => served.filter(({ logs }) => logs.includes(log));

  /** Takes off what every sink of a log has; returns how much that was. */
  const dropUpTo = (log: ResultLog, id: number): Size => {
    const dropped = sizeUpTo.get(log, id) ?? { lines: 0, bytes: 0 };
    if (dropped.lines > 0) drop.run(log, id);
    return dropped;
  };
  const dropTaken = (logs: readonly ResultLog[]): Size =>
    sum(
      logs.map((log) =>
        dropUpTo(
          log,
          Math.min(Number.MAX_SAFE_INTEGER, ...takersOf(log).map(({ name }) => positionOf(name))),
        ),
      ),
    );
  const less = (gone: Size): void => {
    now = { lines: now.lines - gone.lines, bytes: now.bytes - gone.bytes };
  };

  const waitingFor = ({ logs, last_id }: SinkRow): number =>
    logs.split(',').reduce((lines, log) => lines + (countAfter.get(log, last_id) ?? 0), 0);

  const serve = database.transaction((sinks: readonly SpoolSink[]) => {
    const known = sinkRows.all();
    const gone = known.filter(({ name }) => sinks.every((sink) => sink.name !== name));
    const lost = gone.map((sink) => ({ sink: sink.name, lines: waitingFor(sink) }));
    for (const { name } of gone) forget.run(name);
    for (const { name, logs } of sinks)
      if (known.every((sink) => sink.name !== name)) putSink.run(name, logs.join(','), lastId.get() ?? 0);
    served = sinks;
    return { lost: lost.filter(({ lines }) => lines > 0), dropped: dropTaken(allLogs) };
  });

  const add = database.transaction((log: ResultLog, lines: readonly string[], beside: () => void) => {
    beside();
    if (takersOf(log).length === 0) return { lines: 0, bytes: 0 };
    for (const line of lines) insert.run(log, line);
    return { lines: lines.length, bytes: lines.reduce((bytes, line) => bytes + Buffer.byteLength(line), 0) };
  });

  const acknowledge = database.transaction(
    (sink: string, id: number | undefined, position: LogPosition | undefined): Size => {
      if (position !== undefined)
        putPosition.run(sink, position.device, position.inode, position.offset_bytes);
      if (id === undefined) return { lines: 0, bytes: 0 };
      putCursor.run(id, sink);
      return dropTaken(served.find(({ name }) => name === sink)?.logs ?? []);
    },
  );

  const trim = database.transaction((bounds: SpoolBounds) => {
    const cursors = served.map(({ name, logs }) => ({ name, logs, id: positionOf(name), lines: 0 }));
    let left = now;
    let last = 0;
    for (const { id, log, bytes } of oldest.iterate()) {
      if (isWithin(left, bounds, keptShare)) break;
      left = { lines: left.lines - 1, bytes: left.bytes - bytes };
      last = id;
      for (const each of cursors) if (id > each.id && each.logs.includes(log)) each.lines += 1;
    }
    const dropped = sum(allLogs.map((log) => dropUpTo(log, last)));
    const lost = cursors.filter(({ lines }) => lines > 0).map(({ name, lines }) => ({ sink: name, lines }));
    return { lost, dropped };
  });

  return {
    get waiting() {
      return now.lines;
    },
    serve: (sinks) => {
      const { lost, dropped } = serve(sinks);
      less(dropped);
      return lost;
    },
    add: (log, lines, beside) => {
      const added = add(log, lines, beside);
      now = { lines: now.lines + added.lines, bytes: now.bytes + added.bytes };
    },
    head: (sink, most_bytes) => {
      const [log, ...more] = served.find(({ name }) => name === sink)?.logs ?? [];
      if (log === undefined) return [];
      const after = positionOf(sink);
      return upTo(more.length > 0 ? headOfAll.iterate(after) : headOf.iterate(log, after), most_bytes);
    },
    acknowledge: (sink, id, position) => less(acknowledge(sink, id, position)),
    trim: (bounds) => {
      if (isWithin(now, bounds, 1)) return [];
      const { lost, dropped } = trim(bounds);
      less(dropped);
      return lost;
    },
  };
};

/** `logs`: names with commas between them. */
interface SinkRow {
  readonly name: string;
  readonly logs: string;
  readonly last_id: number;
}

interface Aged {
  readonly id: number;
  readonly log: ResultLog;
  readonly bytes: number;
}

const isWithin = (size: Size, bounds: SpoolBounds, share: number): boolean =>
  (bounds.lines === 0 || size.lines <= bounds.lines * share) && size.bytes <= bounds.bytes * share;

const sum = (sizes: readonly Size[]): Size => ({
  lines: sizes.reduce((lines, size) => lines + size.lines, 0),
  bytes: sizes.reduce((bytes, size) => bytes + size.bytes, 0),
});

/** Reads no further than it takes: a line may have many megabytes. */
const upTo = (rows: Iterable<SpooledLine>, most_bytes: number): readonly SpooledLine[] => {
  const taken: SpooledLine[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += Buffer.byteLength(row.line) + 1;
    if (taken.length > 0 && bytes > most_bytes) break;
    taken.push(row);
  }
  return taken;
};
