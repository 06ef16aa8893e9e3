import { isIP } from "node:net";
import { find, HEAD, isLoopback, words } from "./shell.js";
import type { ConsensusClient, Network, NetworkNode } from "./types.js";

const host = (address: string): string => {
  const version = isIP(address);
  const kind = version === 0 ? "dns" : `ip${version}`;
  return `/${kind}/${address}`;
};

const findSero = (): string => find("SERO", "sero", "node /path/to/sero/packages/cli/bin/sero.js");

/** Where a node is dialled. */
export const multiaddrOf = (address: string, port: number, peerId: string): string =>
  `${host(address)}/tcp/${port}/p2p/${peerId}`;

/** start-execution.sh of a node: `sero node` with its ports, its identity, and the other nodes to begin with. */
export const executionScript = (network: Network, node: NetworkNode): string => {
  const { address, ports } = node;
  const local = isLoopback(address);
  const others = network.nodes.filter(({ name }) => name !== node.name);
  const anywhere = isIP(address) === 6 ? "/ip6/::" : "/ip4/0.0.0.0";
  const listen = `${local ? "/ip4/127.0.0.1" : anywhere}/tcp/${ports.p2p}`;
  return (
    HEAD +
    findSero() +
    words([
      `run node`,
      `--spec "$here/spec.json"`,
      `--data-dir "$here/execution"`,
      `--jwt-secret "$here/jwt.hex"`,
      `--rpc-port ${ports.rpc}`,
      `--engine-port ${ports.engine}`,
      `--metrics-port ${ports.metrics}`,
      `--p2p-listen ${listen}`,
      ...(local ? [] : [`--p2p-announce ${host(address)}/tcp/${ports.p2p}`]),
      ...others.map(({ multiaddr }) => `--p2p-peer ${multiaddr}`),
      `--log-json`,
      `"$@"`,
    ])
  );
};

/** start-all.sh: every node's two programs in the background, their output in files, their process ids beside it. */
export const startAllScript = (nodes: readonly NetworkNode[], consensus: ConsensusClient): string =>
  HEAD +
  (consensus === "lodestar-dev" ? findSero() : "") +
  `
start() { # folder, program
  folder="$here/$1"
  if [ -f "$folder/$2.pid" ] && kill -0 "$(cat "$folder/$2.pid")" 2>/dev/null; then
    echo "$1: $2 runs already. stop-all.sh stops it." >&2
    exit 1
  fi
  mkdir -p "$folder/logs"
  if [ -f "$folder/logs/$2.log" ]; then mv "$folder/logs/$2.log" "$folder/logs/$2.log.1"; fi
  "$folder/start-$2.sh" >"$folder/logs/$2.log" 2>&1 &
  echo $! >"$folder/$2.pid"
}
check() { # folder, program
  if ! kill -0 "$(cat "$here/$1/$2.pid")" 2>/dev/null; then
    echo "$1: $2 ended at once. Its last words ($1/logs/$2.log):" >&2
    tail -n 5 "$here/$1/logs/$2.log" >&2
    exit 1
  fi
}
await() { # folder: until its execution node says that it runs
  waited=0
  until grep -q node/started "$here/$1/logs/execution.log" 2>/dev/null; do
    check "$1" execution
    if [ "$waited" -ge 180 ]; then echo "$1: execution does not come up. See $1/logs/execution.log." >&2; exit 1; fi
    sleep 1
    waited=$((waited + 1))
  done
}
${nodes.map(({ name }) => `start ${name} execution`).join("\n")}
${nodes.map(({ name }) => `await ${name}`).join("\n")}
` +
  (consensus !== "none"
    ? `${nodes.map(({ name }) => `start ${name} consensus`).join("\n")}
sleep 3
${nodes.map(({ name }) => `check ${name} consensus`).join("\n")}
`
    : "") +
  // On loopback they would need more than a minute to find each other.
  (consensus === "lodestar-dev" && nodes.length > 1 ? `(run network connect "$here")\n` : "") +
  `echo "${nodes.length} nodes run. JSON-RPC: ${nodes.map(({ ports }) => `http://127.0.0.1:${ports.rpc}`).join(" ")}"\n`;

/** stop-all.sh: asks every program to end, by its process id, and waits for it. */
export const stopAllScript = (nodes: readonly NetworkNode[]): string =>
  HEAD +
  `
stop() { # folder, program
  file="$here/$1/$2.pid"
  [ -f "$file" ] || return 0
  pid=$(cat "$file")
  kill "$pid" 2>/dev/null || true
  waited=0
  while kill -0 "$pid" 2>/dev/null; do
    if [ "$waited" -ge 60 ]; then echo "$1: $2 (process $pid) does not end." >&2; exit 1; fi
    sleep 1
    waited=$((waited + 1))
  done
  rm -f "$file"
}
${nodes.map(({ name }) => `stop ${name} consensus`).join("\n")}
${nodes.map(({ name }) => `stop ${name} execution`).join("\n")}
`;
