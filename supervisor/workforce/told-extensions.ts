import { type Attachment, writeAttachment } from '../../protocol/extension/attachment.ts';
import type { ToWorker } from '../../protocol/worker-messages.ts';
import type { ExtensionBoard } from '../extensions/extension-board.ts';
import { type Registration, routeSocket } from '../extensions/registry.ts';

type Attached = ExtensionBoard['attached'];

/** A worker that was told of nothing yet. */
export const toldNothing: Attached = new Map();

/**
 * What a worker has to be told before its next query: which extensions went since it was told last, then which came, one
 * a message. One that registered anew under its old number went and came, and so did one of which a table did.
 * `now_ms`: monotonic. Pure.
 */
export const extensionNews = (told: Attached, attached: Attached, now_ms: number): readonly ToWorker[] => {
  if (told === attached) return [];
  const went = [...told].filter(([uuid, registration]) => attached.get(uuid) !== registration);
  const came = [...attached].filter(([uuid, registration]) => told.get(uuid) !== registration);
  return [
    ...went.map(([uuid]): ToWorker => ({ type: 'detach', uuid })),
    ...came
      .filter(([, { tables }]) => tables.length > 0)
      .map(
        ([, registration]): ToWorker => ({ type: 'attach', extension: attachmentOf(registration, now_ms) }),
      ),
  ];
};

const attachmentOf = (registration: Registration, now_ms: number): Attachment => {
  const { uuid, info, socketDueAt_ms } = registration;
  const path = routeSocket(registration);
  const tables = registration.tables.filter(({ name }) => !registration.away.has(name));
  const away = registration.tables.flatMap(({ name, aliases }) => {
    const since_unix_ms = registration.away.get(name);
    return since_unix_ms === undefined ? [] : [{ names: [name, ...aliases], since_unix_ms }];
  });
  return writeAttachment({ uuid, name: info.name, path, socketDueAt_ms, tables, away }, now_ms);
};
