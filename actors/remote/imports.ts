import { StandIn, type StandInNode } from './stand-in.ts';
import type { Address } from './wire.ts';

/** What this end knows of the other one: its actors until they end, and names. */
export class Imports {
  readonly #node: StandInNode;
  readonly #prefix: string;
  readonly #max: number;
  readonly #actors = new Map<number, StandIn>();
  readonly #names = new Map<string, StandIn>();
  readonly #namesById = new Map<number, StandIn>();

  constructor(node: StandInNode, prefix: string, max: number) {
    this.#node = node;
    this.#prefix = prefix;
    this.#max = max;
  }

  get size(): number {
    return this.#actors.size;
  }

  /** False when the other end introduces too many, or one twice. */
  introduced(id: number, path: string): boolean {
    if (this.#actors.size === this.#max || this.#actors.has(id)) return false;
    this.#actors.set(id, new StandIn(this.#node, { space: 'actor', id }, this.pathOf(path)));
    return true;
  }

  actor(id: number): StandIn | undefined {
    return this.#actors.get(id);
  }

  /** The stand-in of a name. One that is new has to be bound. */
  named(name: string): { readonly standIn: StandIn; readonly isNew: boolean } {
    const known = this.#names.get(name);
    if (known !== undefined) return { standIn: known, isNew: false };
    const id = this.#names.size + 1;
    const standIn = new StandIn(this.#node, { space: 'name', id }, this.pathOf(name));
    this.#names.set(name, standIn);
    this.#namesById.set(id, standIn);
    return { standIn, isNew: true };
  }

  /** Takes the stand-in of one that has ended out, if it was here; that of a name stays. */
  takeEnded({ space, id }: Address): StandIn | undefined {
    if (space === 'name') return this.#namesById.get(id);
    const standIn = this.#actors.get(id);
    this.#actors.delete(id);
    return standIn;
  }

  /** Takes all of them out. */
  takeAll(): readonly StandIn[] {
    const all = [...this.#actors.values(), ...this.#names.values()];
    this.#actors.clear();
    return all;
  }

  pathOf(path: string): string {
    return `${this.#prefix}:${path}`;
  }
}
