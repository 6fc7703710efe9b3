import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Test } from 'tap';
import { rpmTag } from '../../../workers/parsers/rpm-header.ts';
import { encodeNdb } from '../parsers/ndb-encoder.ts';
import { encodeHeader, type TagValue } from '../parsers/rpm-encoder.ts';

/** A package as its header tells of it. */
export type Tags = readonly (readonly [number, TagValue])[];

export const bash: Tags = [
  [rpmTag.sha1, { string: 'c0ffee' }],
  [rpmTag.name, { string: 'bash' }],
  [rpmTag.version, { string: '5.2.32' }],
  [rpmTag.release, { string: '1.fc41' }],
  [rpmTag.installTime, { int32: [1_730_000_000] }],
  [rpmTag.size, { int32: [8_400_000] }],
  [rpmTag.vendor, { string: 'Fedora Project' }],
  [rpmTag.group, { i18n: ['Unspecified'] }],
  [rpmTag.arch, { string: 'x86_64' }],
  [rpmTag.sourceRpm, { string: 'bash-5.2.32-1.fc41.src.rpm' }],
  [rpmTag.fileSizes, { int32: [1_400_000, 4] }],
  [rpmTag.fileModes, { int16: [0o100755, 0o120777] }],
  [rpmTag.fileDigests, { strings: ['ab'.repeat(32), ''] }],
  [rpmTag.fileUsers, { strings: ['root', 'root'] }],
  [rpmTag.fileGroups, { strings: ['root', 'root'] }],
  [rpmTag.directoryIndexes, { int32: [0, 0] }],
  [rpmTag.baseNames, { strings: ['bash', 'sh'] }],
  [rpmTag.directoryNames, { strings: ['/usr/bin/'] }],
  [rpmTag.fileDigestAlgorithm, { int32: [8] }],
];
export const kernel: Tags = [
  [rpmTag.name, { string: 'kernel' }],
  [rpmTag.version, { string: '6.11' }],
  [rpmTag.release, { string: '1' }],
  [rpmTag.epoch, { int32: [3] }],
  [rpmTag.longSize, { int64: [5_000_000_000n] }],
];

/** The directory of the database below a root, made where it is not there, and the name of its file. */
const pathOf = (root: string, directory: string, name: string): string => {
  mkdirSync(join(root, directory), { recursive: true });
  return join(root, directory, name);
};

/** A database as rpm 4.16 and later makes it; the connection stays open, so that its log is not merged. */
export const makeSqlite = (t: Test, root: string, packages: readonly (Tags | Buffer)[]): void => {
  const db = new Database(pathOf(root, 'usr/lib/sysimage/rpm', 'rpmdb.sqlite'));
  t.teardown(() => db.close());
  db.pragma('journal_mode = WAL');
  db.exec(`CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)`);
  for (const index of ['Name', 'Basenames'])
    db.exec(`CREATE TABLE '${index}' (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL)`);
  for (const each of packages) {
    const blob = Buffer.isBuffer(each) ? each : encodeHeader(each);
    const { lastInsertRowid } = db.prepare('INSERT INTO Packages (blob) VALUES (?)').run(blob);
    if (Buffer.isBuffer(each)) continue;
    for (const [tag, value] of each) {
      if (tag === rpmTag.name && 'string' in value)
        db.prepare('INSERT INTO Name VALUES (?, ?, 0)').run(value.string, lastInsertRowid);
      if (tag === rpmTag.baseNames && 'strings' in value)
        for (const name of value.strings)
          db.prepare('INSERT INTO Basenames VALUES (?, ?, 0)').run(name, lastInsertRowid);
    }
  }
};

/** A database in rpm's format NDB; the packages have the numbers 1, 2 and so on. */
export const makeNdb = (root: string, headers: readonly Uint8Array[]): void =>
  writeFileSync(
    pathOf(root, 'usr/lib/sysimage/rpm', 'Packages.db'),
    encodeNdb(headers.map((header, index) => ({ number: index + 1, header }))),
  );

/** How a Berkeley DB is made. */
export interface BerkeleyShape {
  readonly page_bytes: number;
  readonly isLittleEndian: boolean;
}

/** Why none can be made here; false when they can. */
export const noBerkeley: string | false =
  spawnSync('db5.3_load', ['-V']).status !== 0 && 'there is no db5.3_load(1) here (Debian: db5.3-util)';

/**
 * A hash of Berkeley DB, made by its own program. As on a host that was in use, the record of number 0 is there, and
 * pages that were of a longer header of package 1 are free.
 */
export const makeBerkeley = (root: string, headers: readonly Uint8Array[], shape: BerkeleyShape): string => {
  const path = pathOf(root, 'var/lib/rpm', 'Packages');
  const key = (number: number): string => {
    const bytes = Buffer.alloc(4);
    if (shape.isLittleEndian) bytes.writeUInt32LE(number);
    else bytes.writeUInt32BE(number);
    return bytes.toString('hex');
  };
  const records = [
    [key(1), 'ab'.repeat(20_000)],
    [key(0), key(headers.length)],
    ...headers.map((header, index) => [key(index + 1), Buffer.from(header).toString('hex')]),
  ];
  const input = [
    ...['VERSION=3', 'format=bytevalue', 'type=hash', `db_pagesize=${shape.page_bytes}`],
    ...[`db_lorder=${shape.isLittleEndian ? 1234 : 4321}`, 'HEADER=END'],
    ...records.flat().map((hex) => ` ${hex}`),
    'DATA=END\n',
  ];
  const { status, stderr } = spawnSync('db5.3_load', [path], { input: input.join('\n'), encoding: 'utf8' });
  if (status !== 0) throw new Error(`db5.3_load: ${stderr}`);
  return path;
};
