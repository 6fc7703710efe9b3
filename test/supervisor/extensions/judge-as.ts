/** Judges extensions as the user that it is started as: one JSON question a line on standard input, one answer each. */
import { createInterface } from 'node:readline';
import { nodeProgramHost } from '../../../platform/node/extension-files/program-host.ts';
import type { ExtensionRules } from '../../../policies/extension-file/judge-extension.ts';
import { checkExtension } from '../../../supervisor/extensions/open-checked.ts';

const uid = process.getuid?.() ?? 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { path, rules } = JSON.parse(line) as { path: string; rules: Partial<ExtensionRules> };
  const strict: ExtensionRules = { uid, nameRule: true, allowUnsafe: false, ...rules };
  const { judgement } = checkExtension(nodeProgramHost, path, strict);
  process.stdout.write(`${JSON.stringify(judgement)}\n`);
}
