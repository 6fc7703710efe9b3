import type { QueryOutcome, QueryService, QueryWish, RowListener } from '../../protocol/control.ts';
import { type Failure, ok, type Result } from '../../protocol/result.ts';
import type { Openers } from '../query-service.ts';

/** How the shell reaches whoever answers. */
export type ShellOpeners = Pick<Openers, 'connect' | 'connectManager' | 'startEmbedded'>;

/** Who answers the shell: a supervisor in this process, started when it is first needed, or a daemon. */
export class ShellAnswerer implements QueryService {
  readonly #openers: ShellOpeners;
  #own: QueryService | undefined;
  #remote: { readonly path: string; readonly service: QueryService } | undefined;

  constructor(openers: ShellOpeners) {
    this.#openers = openers;
  }

  /** Socket of the daemon that answers, if one does. */
  get connectedTo(): string | undefined {
    return this.#remote?.path;
  }

  /**
   * From here on the daemon behind this socket answers: a leashd behind its control socket, or anybody behind an
   * extension manager's. When nobody does, everything stays as it was.
   */
  async connect(path: string): Promise<Result<void, Failure>> {
    const manager = await this.#openers.connectManager(path);
    const service = manager.ok ? manager : await this.#openers.connect(path);
    if (!service.ok) return service;
    await this.#remote?.service.close();
    this.#remote = { path, service: service.value };
    return ok(undefined);
  }

  /** From here on this process answers. */
  async disconnect(): Promise<Result<void, Failure>> {
    await this.#remote?.service.close();
    this.#remote = undefined;
    if (this.#own !== undefined) return ok(undefined);
    const own = await this.#openers.startEmbedded();
    if (!own.ok) return own;
    this.#own = own.value;
    return ok(undefined);
  }

  query(sql: string, listener: RowListener, wish?: QueryWish): Promise<QueryOutcome> {
    const service = this.#remote?.service ?? this.#own;
    if (service === undefined) throw new Error('nobody was opened to answer');
    return service.query(sql, listener, wish);
  }

  async close(): Promise<void> {
    await this.#remote?.service.close();
    await this.#own?.close();
  }
}
