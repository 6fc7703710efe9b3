import type { AnyCell } from './runtime.ts';

/** The children of one actor, or the top of a system, by name and in the order of their starts. */
export class Children {
  readonly #byName = new Map<string, AnyCell>();
  #leaving: AnyCell[] = [];

  get size(): number {
    return this.#byName.size;
  }

  /** Throws when the name cannot be the last part of a path or belongs to another child. */
  add(name: string, child: AnyCell): void {
    if (name === '' || name.includes('/')) throw new Error(`'${name}' cannot be the name of an actor`);
    if (this.#byName.has(name)) throw new Error(`an actor is called '${child.path}' already`);
    this.#byName.set(name, child);
  }

  /** The name is free again, unless a new child has it already. */
  remove(child: AnyCell): void {
    const name = child.path.slice(child.path.lastIndexOf('/') + 1);
    if (this.#byName.get(name) === child) this.#byName.delete(name);
  }

  all(): readonly AnyCell[] {
    return [...this.#byName.values()];
  }

  descendants(): readonly AnyCell[] {
    return this.all().flatMap((child) => [child, ...child.descendants()]);
  }

  /** From here on no child is added. */
  beginLeaving(): void {
    this.#leaving = [...this.all()];
  }

  /** The youngest that has not ended. */
  nextToLeave(): AnyCell | undefined {
    while (this.#leaving.at(-1)?.phase === 'ended') this.#leaving.pop();
    return this.#leaving.at(-1);
  }
}
