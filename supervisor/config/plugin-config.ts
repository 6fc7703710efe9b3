import {
  genConfigRequest,
  genPackRequest,
  readConfigAnswer,
  readPackAnswer,
} from '../../protocol/extension/plugin-calls.ts';
import type { PluginResponse, SentRequest } from '../../protocol/extension/types.ts';
import { type Failure, fail, ok, type Result } from '../../protocol/result.ts';
import type { PluginCaller } from '../extensions/plugin-caller.ts';
import { parseConfigFile } from './config-file.ts';
import type { ConfigSource } from './config-source.ts';
import type { ConfigReader } from './sources.ts';

/** The text of a source or a pack, or why there is none. */
type Delivered = ReturnType<ConfigReader['readText']>;

/** osquery's `thrift_timeout` is five minutes; a plugin that needs longer than this holds up the start of the daemon. */
const call_ms = 30_000;

/**
 * What a config plugin delivered: texts that are fetched ahead and read like files. A plugin that gives none, or none
 * that can be used, is refused as an unreadable file is: the config before it stays in force.
 */
export class PluginConfig implements ConfigSource {
  readonly isBrought = true;
  readonly #plugin: string;
  readonly #plugins: Pick<PluginCaller, 'call'>;
  /** What the plugin generated, by the source's name; the reason why it generated nothing. */
  #generated: ReadonlyMap<string, string> | { readonly problem: string } = new Map();
  /** What it pushed since it generated that source last. */
  readonly #pushed = new Map<string, string>();
  /** Packs that sources name by a text. */
  #packs: ReadonlyMap<string, Delivered> = new Map();

  constructor(plugin: string, plugins: Pick<PluginCaller, 'call'>) {
    this.#plugin = plugin;
    this.#plugins = plugins;
  }

  /** Asks the plugin for its config and for the packs that it names. What comes of it is told by the reader. */
  async fetch(): Promise<void> {
    const answer = await this.#call(genConfigRequest);
    const sources = answer.ok ? readConfigAnswer(answer.value) : answer;
    if (!sources.ok) {
      this.#generated = { problem: sources.error.message };
      return;
    }
    this.#generated = sources.value;
    for (const name of sources.value.keys()) this.#pushed.delete(name);
    await this.#fetchPacks();
  }

  /** Takes a source that the plugin pushed, in the place of what it had for it before. */
  async push(source: string, data: string): Promise<void> {
    this.#pushed.set(source, data);
    await this.#fetchPacks();
  }

  /** Reads what was fetched and pushed last. */
  get reader(): ConfigReader {
    return {
      readText: (path) =>
        this.#textOf(path) ?? this.#packs.get(path) ?? { problem: `the plugin gave no '${path}'` },
      glob: () => ({ paths: [] }),
      plugin: {
        sources: () => ('problem' in this.#generated ? [this.#plugin] : this.#names()),
        packPath,
      },
    };
  }

  #textOf(path: string): Delivered | undefined {
    if ('problem' in this.#generated)
      return path === this.#plugin ? { problem: this.#generated.problem } : undefined;
    const text = this.#pushed.get(path) ?? this.#generated.get(path);
    if (text !== undefined) return { text };
    return path === this.#plugin && this.#names()[0] === path ? { problem: 'it gave no source' } : undefined;
  }

  /** In the order of their names, in which later ones win. A plugin without a source has one that cannot be read. */
  #names(): readonly string[] {
    const generated = 'problem' in this.#generated ? [] : [...this.#generated.keys()];
    const names = [...new Set([...generated, ...this.#pushed.keys()])].toSorted();
    return names.length > 0 ? names : [this.#plugin];
  }

  /** A plugin that gives no answer is not asked for the next pack: each question would hold up the daemon once more. */
  async #fetchPacks(): Promise<void> {
    const packs = new Map<string, Delivered>();
    let silent: Failure | undefined;
    for (const [name, value] of this.#names().flatMap((source) => packTexts(this.#textOf(source)))) {
      const answer = silent === undefined ? await this.#call(genPackRequest(name, value)) : fail(silent);
      if (!answer.ok && answer.error.reason !== 'refused') silent = answer.error;
      const pack = answer.ok ? readPackAnswer(name, answer.value) : answer;
      packs.set(packPath(name, value), pack.ok ? { text: pack.value } : { problem: pack.error.message });
    }
    this.#packs = packs;
  }

  async #call(request: SentRequest): Promise<Result<PluginResponse, Failure>> {
    const answer = await this.#plugins.call('config', this.#plugin, request, call_ms);
    if (!answer.ok) return answer;
    const { status, response } = answer.value;
    if (status.code === 0) return ok(response);
    const message = `the config plugin refuses: ${status.message} (code ${status.code})`;
    return fail({ reason: 'refused', message });
  }
}

/** Where the reader has a pack: two packs may be named by the same text. */
const packPath = (name: string, value: string): string => `pack ${name} (${value})`;

/** Packs that a source names by a text instead of having them inside. Why a text is no config is told when it is loaded. */
const packTexts = (source: Delivered | undefined): readonly (readonly [string, string])[] => {
  if (source === undefined || 'problem' in source) return [];
  const parsed = parseConfigFile('', source.text);
  if (!parsed.ok) return [];
  const { packs } = parsed.value.value;
  if (typeof packs !== 'object' || packs === null) return [];
  return Object.entries(packs).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : [],
  );
};
