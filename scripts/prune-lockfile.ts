/**
 * Takes optional packages out of package-lock.json that the registry did not have when it was written (builds for
 * other platforms of the development tools): npm leaves them out of the lock but not out of their parents' lists,
 * and `npm ci` then refuses the whole. Run it after each `npm install`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockEntry {
  optionalDependencies?: Record<string, string>;
}

const path = join(import.meta.dirname, '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, LockEntry> };
let dropped = 0;
for (const [place, entry] of Object.entries(lock.packages)) {
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    const known = `node_modules/${name}` in lock.packages || `${place}/node_modules/${name}` in lock.packages;
    if (known) continue;
    delete entry.optionalDependencies?.[name];
    dropped += 1;
  }
  if (entry.optionalDependencies !== undefined && Object.keys(entry.optionalDependencies).length === 0) {
    delete entry.optionalDependencies;
  }
}
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${dropped} optional packages dropped\n`);
