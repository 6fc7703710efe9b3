import { existsSync } from 'node:fs';
import t from 'tap';
import type { Finding } from '../../cli/doctor/finding.ts';
import { runLeash } from '../../cli/leash-program.ts';
import { testSandbox } from '../../platform/node/sandbox-self-test.ts';
import { groundOf } from '../supervisor/extensions/ground.ts';
import { embeddedOnly, fakeService, recordIo } from './harness.ts';

const ground = groundOf(t);

const doctor = async (...argv: readonly string[]) => {
  const service = fakeService({});
  const io = recordIo();
  const code = await runLeash(['doctor', '--extension', ...argv], io, {
    ...embeddedOnly(service),
    testSandbox,
  });
  t.strictSame(service.asked, [], 'no worker is asked');
  return { code, ...io.written };
};

t.test('what may be started: every rule, the interpreters, and how', async (t) => {
  const mark = ground.at('it-ran');
  const path = ground.text('good.ext', `#!/usr/bin/env sh\ntouch ${mark}\n`);
  ground.hardLink('again', path);
  const { code, out } = await doctor(path);
  t.equal(code, 0);
  for (const line of [
    /^ok {4}extension +.*good\.ext$/m,
    /^ok {4}interpreter is +\/usr\/bin\/env/m,
    /^ok {4}interpreter is +.*\/sh, which is \//m,
    /^ok {4}name .*required: a name that ends in \.ext$/m,
    /^ok {4}writable +\/: mode 0\d{3}; required: no write permission/m,
    /^ok {4}hard links .*has 2 names/m,
    /^ok {4}not seen .*capabilities/m,
    /^ok {4}start +would be started by its path/m,
  ]) {
    t.match(out, line);
  }
  t.match((await doctor('/bin/true')).out, /^fail {2}name .*ln -s \/bin\/true \/bin\/true\.ext$/m);
  const machine = await doctor(ground.elf('elf.ext'));
  t.match(machine.out, /^ok {4}start +would be started, through the descriptor/m);
  t.equal(existsSync(mark), false, 'nothing was started');
});

t.test('what may not: each failed rule with its remedy, as JSON too', async (t) => {
  ground.directory('open', 0o777);
  const path = ground.elf('open/bad.bin', 0o666);
  const text = await doctor(path);
  t.equal(text.code, 1);
  t.match(
    text.out,
    new RegExp(
      `^fail {2}writable +${ground.at('open')}: mode 0777; .*To do: chmod go-w ${ground.at('open')}$`,
      'm',
    ),
  );
  t.match(text.out, /^fail {2}start .*would not be started: 4 of \d+ checks failed\. To do: .*allow_unsafe/m);
  const findings = JSON.parse((await doctor(path, '--json')).out) as Finding[];
  t.strictSame(
    findings
      .filter(({ level }) => level === 'fail')
      .map(({ check }) => check)
      .toSorted(),
    ['executable', 'mode', 'name', 'start', 'writable'],
  );
  t.match((await doctor(ground.at('gone.ext'))).out, /^fail {2}reached .*gone\.ext: not there/m);
});

t.test('what its manifest permits', async (t) => {
  ground.text('hello.mjs', '#!/bin/sh\n');
  ground.text('hello.leash.json', '{"read":["/etc/hosts"],"worker":true}', 0o644);
  const { out } = await doctor(ground.link('hello.ext', 'hello.mjs'));
  t.match(out, /^ok {4}manifest +.*hello\.leash\.json$/m);
  t.match(
    out,
    /^ok {4}permissions +reads .*, \/etc\/hosts; writes nothing; may: worker; may not: net, childProcess/m,
  );
  t.match(out, /^warn {2}permissions +not held by them: its threads/m);
  ground.text('hello.leash.json', '{"reed":[]}', 0o644);
  const bad = await doctor(ground.at('hello.ext'));
  t.match(bad.out, /^fail {2}manifest .*the member "reed" is not known; required: .* To do: correct it/m);
});
