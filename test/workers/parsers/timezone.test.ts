import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { posixAbbreviation } from '../../../workers/parsers/posix-timezone.ts';
import { zoneAbbreviation } from '../../../workers/parsers/tzif.ts';

const zones = [
  'Africa/Casablanca',
  'America/New_York',
  'America/Nuuk',
  'America/Sao_Paulo',
  'Asia/Jerusalem',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Etc/UTC',
  'Europe/Berlin',
  'Europe/Dublin',
  'Pacific/Chatham',
];
const year_s = 31_556_952;
const now_s = 1_795_417_827;
/** Twenty-three moments of one year beside others from 1880 to 2100. */
const moments = [
  ...Array.from({ length: 23 }, (_, index) => now_s + Math.floor((index * year_s) / 23)),
  ...Array.from({ length: 56 }, (_, index) => -90 * year_s + index * 4 * year_s),
];

/** What date(1) says; undefined without it. */
const fromDate = (zone: string): string[] | undefined => {
  const input = moments.map((moment) => `@${moment}\n`).join('');
  const date = spawnSync('date', ['-f', '-', '+%Z'], {
    input,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, TZ: zone, LC_ALL: 'C' },
  });
  return date.status === 0 ? date.stdout.trim().split('\n') : undefined;
};

const directory = '/usr/share/zoneinfo';
const hasZones = existsSync(join(directory, 'Europe/Berlin')) && fromDate('UTC0') !== undefined;

t.test(
  'agrees with date(1) about zone files',
  { skip: !hasZones && 'needs tzdata and date(1)' },
  async (t) => {
    for (const zone of zones) {
      const file = readFileSync(join(directory, zone));
      t.strictSame(
        moments.map((moment) => zoneAbbreviation(file, moment)),
        fromDate(zone),
        zone,
      );
    }
  },
);

const rules = [
  'UTC0',
  'EST5EDT,M3.2.0,M11.1.0',
  'CET-1CEST,M3.5.0,M10.5.0/3',
  '<-02>2<-01>,M3.5.0/-1,M10.5.0/0',
  'IST-1GMT0,M10.5.0,M3.5.0/1',
  '<+1030>-10:30<+11>-11,M10.1.0,M4.1.0',
  'AAA3BBB,J60/0,J300/12:30',
  'AAA3BBB,59,299',
];

t.test('agrees with date(1) about rules', { skip: !hasZones && 'needs date(1)' }, async (t) => {
  for (const rule of rules) {
    t.strictSame(
      moments.map((moment) => posixAbbreviation(rule, moment)),
      fromDate(rule),
      rule,
    );
  }
});

t.test('to the second at both ends of summer time', async (t) => {
  const rule = 'CET-1CEST,M3.5.0,M10.5.0/3';
  const spring = Date.UTC(2026, 2, 29, 1) / 1000;
  const autumn = Date.UTC(2026, 9, 25, 1) / 1000;
  t.equal(posixAbbreviation(rule, spring - 1), 'CET');
  t.equal(posixAbbreviation(rule, spring), 'CEST');
  t.equal(posixAbbreviation(rule, autumn - 1), 'CEST');
  t.equal(posixAbbreviation(rule, autumn), 'CET');
});

t.test('a file of version 1 and a slim one', async (t) => {
  const header = (version: string, transitions: number, types: number, chars: number): Buffer => {
    const bytes = Buffer.alloc(44);
    bytes.write(`TZif${version}`, 0);
    bytes.writeUInt32BE(transitions, 32);
    bytes.writeUInt32BE(types, 36);
    bytes.writeUInt32BE(chars, 40);
    return bytes;
  };
  const body = Buffer.from([0, 0, 0, 100, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 1, 4]);
  const old = Buffer.concat([header('\0', 1, 2, 8), body, Buffer.from('AAA\0BBB\0')]);
  t.equal(zoneAbbreviation(old, 99), 'AAA');
  t.equal(zoneAbbreviation(old, 100), 'BBB');
  const type = Buffer.from([0, 0, 0, 0, 0, 0]);
  const slim = Buffer.concat([
    header('2', 0, 1, 4),
    type,
    Buffer.from('AAA\0'),
    header('2', 0, 1, 4),
    type,
    Buffer.from('AAA\0\nCET-1CEST,M3.5.0,M10.5.0/3\n'),
  ]);
  t.equal(zoneAbbreviation(slim, Date.UTC(2026, 6, 1) / 1000), 'CEST');
  for (let length = 0; length < slim.length; length += 1) {
    const answer = zoneAbbreviation(slim.subarray(0, length), 0);
    t.ok([undefined, 'AAA', 'CET'].includes(answer), `cut at ${length}: ${answer}`);
  }
});

t.test('no zone at all', async (t) => {
  t.equal(zoneAbbreviation(new Uint8Array(), 0), undefined);
  t.equal(
    zoneAbbreviation(Buffer.from('no zone file, but long enough to hold a header of one'), 0),
    undefined,
  );
  for (const rule of ['', 'X', '5', 'CET', 'CET-1CEST', 'CET-1CEST,M3,M10', 'CET-1CEST,M3.6.0,M10.5.0']) {
    t.equal(posixAbbreviation(rule, 0), undefined, rule);
  }
});
