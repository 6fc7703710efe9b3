#!/usr/bin/env bash
# The definition of green: types, lint, every test ('N passed, N failed'), then thousands of lives in simulation and one
# that the commit draws. With arguments (files of tests) only those are run.
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
node scripts/run-tests.ts "$@"
if [ $# -eq 0 ]; then
  echo '== simulation'
  node test/simulation/simulate.ts --seeds 5000 --commit
fi
