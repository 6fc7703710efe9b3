#!/usr/bin/env node
/** A config plugin: the daemon's config from a function. Started with --config_plugin=example_config. */
import { defineConfig, serve } from 'leash/extension';

const config = defineConfig({
  name: 'example_config',
  sources: () => ({
    main: JSON.stringify({
      schedule: { uptime: { query: 'SELECT * FROM uptime', interval: 60 } },
      // A pack whose definition is a text is asked for by itself.
      packs: { extra: 'extra' },
    }),
  }),
  pack: (name, value) =>
    JSON.stringify({
      queries: { [`${name}_time`]: { query: 'SELECT * FROM time', interval: 3600, description: value } },
    }),
});

await serve({ name: 'example_config', version: '1.0.0', plugins: [config] });
