import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

const call = /\bnew Buffer\(/g;

/** What `new Buffer` means, in the words of today. */
const makeBuffer = `
function makeBuffer(content, encoding) {
  return typeof content === 'number' ? Buffer.alloc(content) : Buffer.from(content, encoding);
}
`;

/**
 * `thrift` and its node-int64 make buffers with `new Buffer`. Node lets that pass in node_modules and warns of it on
 * standard error everywhere else, so in a bundle it is replaced.
 */
export const modernBuffers: Plugin = {
  name: 'modern-buffers',
  setup: (build) => {
    build.onLoad({ filter: /[/\\]node_modules[/\\](thrift|node-int64)[/\\].*\.js$/ }, ({ path }) => ({
      contents: `${readFileSync(path, 'utf8').replace(call, 'makeBuffer(')}${makeBuffer}`,
      loader: 'js',
    }));
  },
};
