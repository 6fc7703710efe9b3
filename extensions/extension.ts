import type { Daemon } from './life/daemon.ts';
import type { Plugin } from './plugins/define-plugin.ts';

/** An extension: what it is called and what it brings. */
export interface Extension {
  readonly name: string;
  readonly version: string;
  readonly plugins: readonly Plugin[];
  /** Called once, when the daemon has registered the extension and may call it. If it throws, the extension ends. */
  started?(daemon: Daemon): void | Promise<void>;
}
