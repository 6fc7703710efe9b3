#!/usr/bin/env bash
# The definition of green: types, lint, then every test. Prints one closing line 'N passed, N failed'.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

echo '== types'
tsc --noEmit
echo '== lint'
biome ci --error-on-warnings .
oxlint --type-aware --deny-warnings
knip
echo '== tests'
exec node scripts/run-tests.ts "$@"
