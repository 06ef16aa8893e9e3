/** First lines of every script: it stops at the first fault, and knows its own folder wherever it was copied to. */
export const HEAD = `#!/bin/sh
# Made by "sero network". Further arguments are passed on.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
`;

/** Finds a program: by its variable, which may hold several words, on the PATH, or in a clone around this folder or the caller's. */
export const find = (variable: string, program: string, example = `/path/to/${program}`): string => `
called_from=$(pwd)
run() {
  if [ -n "\${${variable}:-}" ]; then
    program=$${variable}
    # Lodestar takes each variable whose name begins like its own for an option, and refuses this one.
    unset ${variable}
    # shellcheck disable=SC2086 # the variable may hold several words
    exec $program "$@"
  fi
  if command -v ${program} >/dev/null 2>&1; then exec ${program} "$@"; fi
  for folder in "$here" "$called_from"; do
    while [ "$folder" != / ]; do
      if [ -x "$folder/node_modules/.bin/${program}" ]; then exec "$folder/node_modules/.bin/${program}" "$@"; fi
      folder=$(dirname "$folder")
    done
  done
  echo "There is no program ${program} here. Set ${variable} to how it is run, like ${variable}='${example}'." >&2
  exit 127
}

`;

/** One command over several lines. */
export const words = (lines: readonly string[]): string => `${lines.join(" \\\n  ")}\n`;

/** Whether a node is meant for this machine alone. */
export const isLoopback = (address: string): boolean => address === "127.0.0.1";
