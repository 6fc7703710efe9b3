#!/usr/bin/env node
/** A table: services of /etc/services with what listens on their ports, as far as /proc/net/tcp tells. */
import { defineTable, integer, serve, text } from 'leash/extension';

/** Ports in state LISTEN (0A) of a file like /proc/net/tcp; the port is hexadecimal, behind the address. */
const listening = (tcp: string): ReadonlySet<number> =>
  new Set(
    [...tcp.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F:]+ 0A /gm)].map(([, port = '']) =>
      Number.parseInt(port, 16),
    ),
  );

const services = defineTable({
  name: 'example_services',
  description: 'Services by name, and whether something listens on their TCP port.',
  columns: {
    name: text({ index: true }),
    port: integer(),
    listens: integer(),
  },
  *generate(query) {
    const names = query.equals('name');
    const open = query.uses('listens')
      ? listening(query.files.readText('/proc/net/tcp') ?? '')
      : new Set<number>();
    const text = query.files.readText('/etc/services');
    if (text === undefined) query.warn('there is no /etc/services');
    for (const [, name = '', digits = ''] of (text ?? '').matchAll(/^([\w.-]+)\s+(\d+)\/tcp/gm)) {
      const port = Number(digits);
      // Constraints are hints: SQL looks at every row again.
      if (names === undefined || names.includes(name)) yield { name, port, listens: open.has(port) ? 1 : 0 };
    }
  },
});

await serve({ name: 'example_table', version: '1.0.0', plugins: [services] });
