import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type t from 'tap';
import { readTrail } from '../../../platform/node/walk-path.ts';
import { runsAsRoot } from '../../other-user.ts';

/** Where everything belongs to root or this user and nobody else may write: /tmp is no such place. */
const safePlace = (): string | undefined => {
  const uid = process.getuid?.() ?? 0;
  return [...(runsAsRoot ? ['/var/lib', '/opt'] : []), homedir()].find((path) => {
    const { components, end } = readTrail(path);
    const owned = components.every((facts) => facts.uid === 0 || facts.uid === uid);
    const closed = components.every(({ kind, mode }) => kind === 'link' || (mode & 0o022) === 0);
    return end.reached && owned && closed;
  });
};

/** Why this user has no safe place for files; undefined: there is one. */
export const whyNoGround = (): string | undefined =>
  safePlace() === undefined
    ? 'no directory of this user is safe: others may write HOME or one above it'
    : undefined;

/** A new directory in a safe place. */
export const makeGround = (): Ground => {
  const place = safePlace();
  if (place === undefined) throw new Error(whyNoGround());
  return new Ground(mkdtempSync(join(place, 'leash-test-')));
};

/** Puts files with exactly these rights below one directory, whatever the umask. */
export class Ground {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
    mkdirSync(root, { recursive: true });
    chmodSync(root, 0o755);
  }

  at(name: string): string {
    return join(this.root, name);
  }

  directory(name: string, mode = 0o755, uid?: number): string {
    const path = this.at(name);
    mkdirSync(path);
    if (uid !== undefined) chownSync(path, uid, 0);
    chmodSync(path, mode);
    return path;
  }

  /** A compiled program that does nothing, successfully. */
  elf(name: string, mode = 0o755, uid?: number, gid?: number): string {
    const path = this.at(name);
    copyFileSync(realpathSync('/bin/true'), path);
    this.#own(path, mode, uid, gid);
    return path;
  }

  text(name: string, text: string | Uint8Array, mode = 0o755, uid?: number): string {
    const path = this.at(name);
    writeFileSync(path, text);
    this.#own(path, mode, uid);
    return path;
  }

  link(name: string, target: string): string {
    symlinkSync(target, this.at(name));
    return this.at(name);
  }

  hardLink(name: string, existing: string): string {
    linkSync(existing, this.at(name));
    return this.at(name);
  }

  run(command: string, ...args: readonly string[]): void {
    execFileSync(command, [...args], { stdio: 'ignore' });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Components as a person would name them: below the ground without it. */
  short(path: string): string {
    if (path === this.root) return '.';
    return path.startsWith(`${this.root}/`) ? path.slice(this.root.length + 1) : path;
  }

  #own(path: string, mode: number, uid?: number, gid?: number): void {
    if (uid !== undefined || gid !== undefined) chownSync(path, uid ?? 0, gid ?? 0);
    // After the owner: a change of that clears setuid and setgid.
    chmodSync(path, mode);
  }
}

/** The ground of one test file; where this user has no safe place the file is skipped and says so. */
export const groundOf = (test: typeof t): Ground => {
  const why = whyNoGround();
  if (why !== undefined) {
    test.plan(0, why);
    process.exit();
  }
  const ground = makeGround();
  test.teardown(() => ground.remove());
  return ground;
};

/** A line of sh(1) that prints its process's environment, a variable a line. */
export const listEnvironment = "tr '\\0' '\\n' < /proc/$$/environ";
