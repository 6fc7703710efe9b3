import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { ExtensionServing, ServeOptions } from '../../extension-wire.ts';
import { listenUnix } from '../unix-socket.ts';
import { CallSession, type SessionDeps } from './call-session.ts';
import { Pace } from './pace.ts';

/** Serves calls on sockets of this machine. */
export const createExtensionServing = (clock: Clock): ExtensionServing => ({
  serve: ({ path, directory, maxConnections, pace_bytes_per_s, ...options }) => {
    const sessions = new Set<CallSession>();
    const pace = new Pace(pace_bytes_per_s, clock.monotonicMs());
    const deps: SessionDeps = { ...options, clock, pace, ended: (session) => sessions.delete(session) };
    return listenUnix(
      path,
      (connection) => {
        const session = new CallSession(connection, deps);
        sessions.add(session);
        if (sessions.size > maxConnections) hangUpOne(sessions, session, maxConnections);
        return session;
      },
      directory,
    );
  },
  clearRoutes,
});

/** One too many: the one that was idle for longest has to go, so that silent clients cannot keep others out. */
const hangUpOne = (
  sessions: ReadonlySet<CallSession>,
  newest: CallSession,
  maxConnections: ServeOptions['maxConnections'],
): void => {
  let chosen = newest;
  let since_ms = Number.POSITIVE_INFINITY;
  for (const session of sessions) {
    if (session === newest || session.idleSince_ms === undefined || session.idleSince_ms >= since_ms)
      continue;
    chosen = session;
    since_ms = session.idleSince_ms;
  }
  chosen.hangUp('too_many_connections', `more than ${maxConnections} connections are open`);
};

/**
 * Extensions listen on the manager's path and a number. What those of an earlier life left is removed: sockets of this
 * user or root whose name is just that. Others' files, links and whatever is no socket stay.
 */
const clearRoutes = (path: string): readonly string[] => {
  const removed: string[] = [];
  const stem = `${basename(path)}.`;
  for (const name of namesIn(dirname(path))) {
    if (!name.startsWith(stem) || !/^\d+$/.test(name.slice(stem.length))) continue;
    const route = join(dirname(path), name);
    const stat = lstatSync(route, { throwIfNoEntry: false });
    if (stat?.isSocket() !== true || (stat.uid !== process.getuid?.() && stat.uid !== 0)) continue;
    rmSync(route, { force: true });
    removed.push(route);
  }
  return removed;
};

const namesIn = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch {
    // No directory, or none that we may read: nothing of ours is in it.
    return [];
  }
};
