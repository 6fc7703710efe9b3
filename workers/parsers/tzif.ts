import { posixAbbreviation } from './posix-timezone.ts';

const header_bytes = 44;
const localTimeType_bytes = 6;

/** Counts of a TZif header, in the order of the file. */
interface Header {
  readonly version: number;
  readonly utcIndicators: number;
  readonly standardIndicators: number;
  readonly leapSeconds: number;
  readonly transitions: number;
  readonly types: number;
  readonly name_bytes: number;
}

/**
 * Abbreviation of local time (`CET`, `CEST`, `-03`) at a moment, from the bytes of a time zone file such as
 * /etc/localtime (TZif, RFC 9636). Undefined when the file is none or is damaged.
 */
export const zoneAbbreviation = (file: Uint8Array, unix_s: number): string | undefined => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const first = headerAt(view, 0);
  if (first === undefined) return undefined;
  if (first.version === 0) return fromBlock(view, header_bytes, first, 4, unix_s, undefined);
  // From version 2 on the first block is a copy for old readers; the one that counts has 64-bit times.
  const secondAt = header_bytes + block_bytes(first, 4);
  const second = headerAt(view, secondAt);
  if (second === undefined) return undefined;
  const blockAt = secondAt + header_bytes;
  const footer = latin1(file, blockAt + block_bytes(second, 8), file.length).split('\n')[1];
  return fromBlock(view, blockAt, second, 8, unix_s, footer);
};

const headerAt = (view: DataView, at: number): Header | undefined => {
  if (at + header_bytes > view.byteLength || view.getUint32(at) !== 0x545a6966) return undefined;
  const count = (index: number): number => view.getUint32(at + 20 + index * 4);
  const header: Header = {
    version: view.getUint8(at + 4),
    utcIndicators: count(0),
    standardIndicators: count(1),
    leapSeconds: count(2),
    transitions: count(3),
    types: count(4),
    name_bytes: count(5),
  };
  return header;
};

const block_bytes = (header: Header, time_bytes: number): number =>
  header.transitions * (time_bytes + 1) +
  header.types * localTimeType_bytes +
  header.name_bytes +
  header.leapSeconds * (time_bytes + 4) +
  header.standardIndicators +
  header.utcIndicators;

const fromBlock = (
  view: DataView,
  at: number,
  header: Header,
  time_bytes: 4 | 8,
  unix_s: number,
  footer: string | undefined,
): string | undefined => {
  if (at + block_bytes(header, time_bytes) > view.byteLength || header.types === 0) return undefined;
  const timeOf = (index: number): number =>
    time_bytes === 4 ? view.getInt32(at + index * 4) : Number(view.getBigInt64(at + index * 8));
  let passed = 0;
  while (passed < header.transitions && timeOf(passed) <= unix_s) passed += 1;
  // After the last transition the footer's rule holds; before the first one, type 0.
  if (passed === header.transitions && footer !== undefined && footer !== '') {
    return posixAbbreviation(footer, unix_s);
  }
  const typesAt = at + header.transitions * time_bytes;
  const type = passed === 0 ? 0 : view.getUint8(typesAt + passed - 1);
  if (type >= header.types) return undefined;
  const recordsAt = typesAt + header.transitions;
  const nameIndex = view.getUint8(recordsAt + type * localTimeType_bytes + 5);
  const namesAt = recordsAt + header.types * localTimeType_bytes;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return latin1(bytes, namesAt + nameIndex, namesAt + header.name_bytes).split('\0', 1)[0];
};

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', from, to);
