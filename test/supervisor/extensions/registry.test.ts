import fc from 'fast-check';
import t from 'tap';
import type { ExtensionInfo, ExtensionStatus, RegistryRoutes } from '../../../protocol/extension/types.ts';
import type { CorePlugins, Door } from '../../../supervisor/extensions/check-registration.ts';
import {
  type AnsweredChange,
  closeDoor,
  deregister,
  type ExtensionRegistry,
  emptyRegistry,
  forget,
  ownerOf,
  type RegistryChange,
  type RegistryEffect,
  register,
  routeSocket,
  setAway,
} from '../../../supervisor/extensions/registry.ts';

const managed: Door = { path: '/state/ext/1/em', kind: 'managed' };
const other: Door = { path: '/state/ext/2/em', kind: 'managed' };
const shared: Door = { path: '/var/osquery/osquery.em', kind: 'shared' };
const doors = [managed, other, shared] as const;

const core: CorePlugins = {
  has: (registry, name) =>
    (registry === 'table' && name === 'processes') || (registry === 'config' && name === 'filesystem'),
};

const info = (name: string, sdkVersion = '5.0.0'): ExtensionInfo => ({
  name,
  version: '',
  sdkVersion,
  minSdkVersion: '',
});

const column = new Map([
  ['id', 'column'],
  ['name', 'a'],
  ['type', 'TEXT'],
  ['op', '0'],
]);
const alias = (name: string): ReadonlyMap<string, string> =>
  new Map([
    ['id', 'alias'],
    ['alias', name],
  ]);

const routes = (registry: string, ...names: readonly string[]): RegistryRoutes =>
  new Map([[registry, new Map(names.map((name) => [name, registry === 'table' ? [column] : []]))]]);

const attempt = (
  registry: ExtensionRegistry,
  name: string,
  brought: RegistryRoutes,
  { door = managed, sdk = '5.0.0', fraction = 0.5 }: { door?: Door; sdk?: string; fraction?: number } = {},
): AnsweredChange =>
  register(
    registry,
    { door, info: info(name, sdk), routes: brought },
    { core, defaultIndex: true, now_ms: 1_000, fraction },
  );

t.test('a registration brings its plugins and has a route', (t) => {
  const { registry, status, effects } = attempt(emptyRegistry, 'one', routes('table', 'x', 'y'));
  t.strictSame(status, { code: 0, message: 'OK', uuid: 32_768 });
  const registration = registry.registrations.get(32_768);
  t.match(effects, [
    { kind: 'attached', registration: { uuid: 32_768, info: { name: 'one' }, socketDueAt_ms: 4_000 } },
  ]);
  t.equal(registration && routeSocket(registration), '/state/ext/1/em.32768');
  t.equal(ownerOf(registry, 'table', 'y'), registration);
  t.equal(ownerOf(registry, 'table', 'z'), undefined);
  t.equal(ownerOf(registry, 'config', 'y'), undefined);
  t.end();
});

t.test('a refusal says what osquery says, and leaves everything as it was', (t) => {
  const { registry } = attempt(emptyRegistry, 'one', routes('table', 'x'));
  const withView = attempt(
    registry,
    'views',
    new Map([['table', new Map([['v', [column, alias('X_view')]]])]]),
    { door: other },
  ).registry;
  const conflict = (item: string): string =>
    `Failed adding registry: Registry item ${item} conflicts with another item of the same name.`;
  const cases: readonly (readonly [string, RegistryRoutes, string, string?])[] = [
    ['one', routes('table', 'y'), 'Duplicate extension registered'],
    ['two', routes('table', 'y'), 'Incompatible extension SDK version', '1.7.6'],
    ['two', routes('tables', 'y'), 'Failed adding registry: Unknown registry: tables'],
    ['two', routes('tables'), 'Failed adding registry: Unknown registry: tables'],
    ['two', routes('table', 'y', 'x'), conflict('x')],
    ['two', routes('table', 'processes'), conflict('processes')],
    ['two', routes('table', 'Processes'), conflict('Processes')],
    ['two', routes('table', 'x_VIEW'), conflict('x_VIEW')],
    ['two', routes('config', 'filesystem'), conflict('filesystem')],
    ['two', new Map([['table', new Map([['y', [column, alias('processes')]]])]]), conflict('processes')],
    ['two', new Map([['table', new Map([['y', [column, alias('y')]]])]]), conflict('y')],
    ['two', new Map([...routes('logger', 'l'), ...routes('table', 'X')]), conflict('X')],
    [
      'two',
      new Map([['table', new Map([['y', []]])]]),
      'Failed adding registry: table "y": it declares no columns',
    ],
    ['two', routes('logger', 'a\nb'), 'Failed adding registry: The name of a plugin cannot be printed'],
    ['a\u001b[2J', routes('table'), 'The name of the extension cannot be printed'],
    [
      'two',
      routes('logger', ...Array.from({ length: 1025 }, (_, index) => `l${index}`)),
      'Failed adding registry: Too many plugins',
    ],
  ];
  for (const [name, brought, message, sdk] of cases) {
    const change = attempt(withView, name, brought, { door: other, ...(sdk === undefined ? {} : { sdk }) });
    t.strictSame(change.status, { code: 1, message, uuid: 0 }, message);
    t.equal(change.registry, withView);
    t.strictSame(change.effects, []);
  }
  t.match(
    attempt(withView, '', routes('config', 'x'), { door: other, sdk: '' }).status,
    { code: 0 },
    'no version',
  );
  t.match(attempt(withView, 'two', routes('config', 'Filesystem'), { door: other }).status, { code: 0 });
  t.end();
});

t.test('a door takes only so many, and signs off only its own', (t) => {
  let registry = emptyRegistry;
  for (let index = 0; index < 4; index += 1) registry = attempt(registry, `e${index}`, new Map()).registry;
  t.match(attempt(registry, 'e4', new Map()).status, { code: 1, message: 'Too many extensions registered' });
  const second = attempt(registry, 'e4', new Map(), { door: other });
  t.match(second.status, { code: 0 });
  const uuid = second.status.uuid;
  const foreign = deregister(second.registry, managed, uuid);
  t.strictSame(foreign.status, { code: 1, message: 'No extension UUID registered', uuid: 0 });
  t.equal(foreign.registry, second.registry);
  const own = deregister(second.registry, other, uuid);
  t.match(own, { status: { code: 0 }, effects: [{ kind: 'detached', reason: 'deregistered' }] });
  t.match(deregister(own.registry, other, uuid).status, { code: 1 }, 'once');
  t.end();
});

/** What may happen to a registry. */
const events = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('register' as const),
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e', ''),
      door: fc.constantFrom(...doors),
      plugins: fc.subarray(['t1', 'T1', 't2', 'processes', 'l1', 'filesystem']),
      registry: fc.constantFrom('table', 'logger', 'config', 'nothing'),
      fraction: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    }),
    fc.record({
      type: fc.constantFrom('deregister' as const, 'forget' as const),
      door: fc.constantFrom(...doors),
      nth: fc.nat({ max: 6 }),
    }),
    fc.record({ type: fc.constant('close' as const), door: fc.constantFrom(...doors) }),
    fc.record({
      type: fc.constant('away' as const),
      nth: fc.nat({ max: 6 }),
      tables: fc.subarray(['t1', 't2']),
    }),
  ),
  { maxLength: 40 },
);

t.test('whatever happens, what is registered is whole, and effects tell of every change', (t) => {
  fc.assert(
    fc.property(events, (happened) => {
      let registry = emptyRegistry;
      const told = new Map<number, RegistryEffect>();
      for (const event of happened) {
        const before = registry;
        const uuid = 'nth' in event ? ([...registry.registrations.keys()][event.nth] ?? 0) : 0;
        const change: RegistryChange & { readonly status?: ExtensionStatus } =
          event.type === 'register'
            ? attempt(registry, event.name, routes(event.registry, ...event.plugins), event)
            : event.type === 'deregister'
              ? deregister(registry, event.door, uuid)
              : event.type === 'forget'
                ? forget(registry, uuid)
                : event.type === 'away'
                  ? setAway(registry, uuid, new Map(event.tables.map((table) => [table, 1])))
                  : closeDoor(registry, event.door);
        registry = change.registry;
        for (const effect of change.effects) {
          if (effect.kind === 'attached') told.set(effect.registration.uuid, effect);
          else if (effect.kind === 'tables_changed') {
            if (!told.has(effect.registration.uuid)) return false;
          } else if (!told.delete(effect.registration.uuid)) return false;
        }
        const failed = change.status !== undefined && change.status.code !== 0;
        if (failed && (registry !== before || change.effects.length > 0)) return false;
        const names = [...registry.registrations.values()].map((each) => each.info.name);
        if (new Set(names).size !== names.length) return false;
        const plugins = [...registry.registrations.values()].flatMap((each) =>
          each.plugins.map(({ registry: kind, name }) =>
            kind === 'table' ? `${kind}/${name.toLowerCase()}` : `${kind}/${name}`,
          ),
        );
        if (new Set(plugins).size !== plugins.length) return false;
        if (plugins.includes('table/processes') || plugins.includes('config/filesystem')) return false;
        for (const key of registry.registrations.keys()) if (key < 1 || key > 65_535) return false;
        if ([...registry.registrations.keys()].sort().join() !== [...told.keys()].sort().join()) return false;
      }
      return true;
    }),
    { numRuns: 500 },
  );
  t.pass('every one of them');
  t.end();
});

t.test('a table that is away keeps its name, and the registration its place', (t) => {
  const one = attempt(emptyRegistry, 'one', routes('table', 't1', 't2'));
  const { uuid } = one.status;
  const { registry, effects } = setAway(one.registry, uuid, new Map([['t1', 5]]));
  t.match(effects, [{ kind: 'tables_changed', registration: { uuid, away: new Map([['t1', 5]]) } }]);
  t.match(attempt(registry, 'two', routes('table', 't1')).status, { code: 1, message: /conflicts/ });
  t.equal(one.registry.registrations.get(uuid)?.away.size, 0, 'what others hold is as it was');
  t.strictSame(setAway(registry, uuid + 1, new Map()), { registry, effects: [] });
  t.end();
});

t.test('uuids are unique to the last free one', (t) => {
  const taken = new Map(
    Array.from({ length: 65_534 }, (_, index) => [index < 4999 ? index + 1 : index + 2, {} as never]),
  );
  const full: ExtensionRegistry = { registrations: taken };
  const registered = [...full.registrations.keys()];
  t.notOk(registered.includes(5000));
  const one = {
    uuid: 0,
    door: other,
    info: info('none'),
    socketDueAt_ms: 0,
    plugins: [],
    tables: [],
    away: new Map<string, number>(),
  };
  const registry = { registrations: new Map(registered.map((uuid) => [uuid, { ...one, uuid }])) };
  for (const fraction of [0, 0.3, 0.999999]) {
    t.equal(attempt(registry, 'new', new Map(), { fraction }).status.uuid, 5000);
  }
  t.end();
});
