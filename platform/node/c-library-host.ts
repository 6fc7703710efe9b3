import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { monotonicMs } from './monotonic.ts';

/** A moment in the zone of this process; the fields that `struct tm` has (localtime_r(3)), in its ranges. */
export interface LocalTime {
  readonly second: number;
  readonly minute: number;
  readonly hour: number;
  readonly dayOfMonth: number;
  /** 0 to 11. */
  readonly month: number;
  /** The year itself, not since 1900. */
  readonly year: number;
  /** 0 is Sunday. */
  readonly dayOfWeek: number;
  /** 0 is the first of January. */
  readonly dayOfYear: number;
  /** East of Greenwich. */
  readonly offset_s: number;
}

/** What the C library inside SQLite's WebAssembly asks of its host; it gets nothing else. */
export interface CLibraryHost {
  unixMs(): number;
  monotonicMs(): number;
  localTime(unix_ms: number): LocalTime;
  fillRandom(bytes: Uint8Array): void;
}

/** This process as the host of a C library. */
export const cLibraryHost: CLibraryHost = {
  unixMs: () => Date.now(),
  monotonicMs,
  localTime: (unix_ms) => {
    const date = new Date(unix_ms);
    const year = date.getFullYear();
    return {
      second: date.getSeconds(),
      minute: date.getMinutes(),
      hour: date.getHours(),
      dayOfMonth: date.getDate(),
      month: date.getMonth(),
      year,
      dayOfWeek: date.getDay(),
      dayOfYear: dayNumber(year, date.getMonth(), date.getDate()) - dayNumber(year, 0, 1),
      offset_s: -date.getTimezoneOffset() * 60,
    };
  },
  fillRandom: (bytes) => {
    if (!fillFromKernel(bytes)) randomFillSync(bytes);
  },
};

/** As a C library does, random(4): node:crypto would take 5 ms of a worker's start to load. False where there is no /dev. */
const fillFromKernel = (bytes: Uint8Array): boolean => {
  let source: number | undefined;
  try {
    source = openSync('/dev/urandom', 'r');
    return readSync(source, bytes) === bytes.length;
  } catch {
    return false;
  } finally {
    if (source !== undefined) closeSync(source);
  }
};

/** Days since 1970 of a date of the calendar, so that no change of the clocks counts. */
const dayNumber = (year: number, month: number, day: number): number =>
  Date.UTC(year, month, day) / 86_400_000;
