import { isIP } from "node:net";
import { find, HEAD, isLoopback, words } from "./shell.js";
import type { ConsensusClient, Network, NetworkNode } from "./types.js";

/** Lodestar's `dev` command: genesis from the execution genesis's hash and time, validators whose keys everybody knows. Runs Lodestar 1.5.1. */
const lodestarDev = ({ spec, nodes, validators, feeRecipient, genesisHash }: Network, node: NetworkNode): string => {
  const { ports, address, validators: own } = node;
  return (
    HEAD +
    find("LODESTAR", "lodestar") +
    // It writes a file into the folder that it runs in.
    'mkdir -p "$here/consensus"\ncd "$here/consensus"\n' +
    "export LODESTAR_PRESET=minimal\n" +
    words([
      `run dev`,
      `--dataDir "$here/consensus"`,
      `--genesisValidators ${validators}`,
      ...(own.count > 0 ? [`--startValidators ${own.first}..${own.first + own.count - 1}`] : []),
      `--genesisTime ${spec.genesisTime}`,
      `--genesisEth1Hash ${genesisHash}`,
      `--execution.urls http://127.0.0.1:${ports.engine}`,
      `--jwt-secret "$here/jwt.hex"`,
      ...(feeRecipient === undefined ? [] : [`--suggestedFeeRecipient ${feeRecipient}`]),
      `--eth1 false`,
      `--params.ALTAIR_FORK_EPOCH 0 --params.BELLATRIX_FORK_EPOCH 0 --params.CAPELLA_FORK_EPOCH 0`,
      `--params.TERMINAL_TOTAL_DIFFICULTY 0 --params.SECONDS_PER_SLOT ${spec.slotSeconds}`,
      `--listenAddress ${isLoopback(address) ? "127.0.0.1" : "0.0.0.0"} --port ${ports.consensus} --discoveryPort ${ports.discovery}`,
      ...(isIP(address) === 0 ? [] : [`--enr.ip ${address}`]),
      `--rest.address 127.0.0.1 --rest.port ${ports.rest} --rest.namespace '*' --server http://127.0.0.1:${ports.rest}`,
      ...(nodes.length === 1 ? [] : [`--network.allowPublishToZeroPeers true --sync.isSingleNode false`]),
      `--logFile none`,
      `"$@"`,
    ])
  );
};

/** What a client of a real network needs first: the genesis state, which is made with a tool of its own, and where the others are. */
const PREPARE = `
genesis="$here/network/genesis.ssz"
if [ ! -f "$genesis" ]; then
  echo "There is no $genesis yet: docs/network.md says how it is made from the files in $here/network." >&2
  exit 1
fi
bootnodes=""
if [ -f "$here/network/bootnodes.txt" ]; then
  bootnodes=$(grep -v '^#' "$here/network/bootnodes.txt" | tr -s '\\n ' ',' | sed 's/^,//; s/,$//')
fi
`;

const lodestar = ({ preset, feeRecipient }: Network, { ports, address }: NetworkNode): string =>
  HEAD +
  find("LODESTAR", "lodestar") +
  PREPARE +
  (preset === "minimal" ? "export LODESTAR_PRESET=minimal\n" : "") +
  words([
    `run beacon`,
    `--dataDir "$here/consensus"`,
    `--paramsFile "$here/network/config.yaml"`,
    `--genesisStateFile "$genesis"`,
    `--execution.urls http://127.0.0.1:${ports.engine}`,
    `--jwt-secret "$here/jwt.hex"`,
    ...(feeRecipient === undefined ? [] : [`--suggestedFeeRecipient ${feeRecipient}`]),
    `--port ${ports.consensus} --discoveryPort ${ports.discovery}`,
    ...(isLoopback(address) ? ["--listenAddress 127.0.0.1"] : []),
    // They take no names here, and find out their address by themselves.
    ...(isIP(address) === 0 ? [] : [`--enr.ip ${address}`]),
    `--enr.tcp ${ports.consensus} --enr.udp ${ports.discovery}`,
    `--rest --rest.address 127.0.0.1 --rest.port ${ports.rest}`,
    `--network.connectToDiscv5Bootnodes`,
    `\${bootnodes:+--bootnodes "$bootnodes"}`,
    `"$@"`,
  ]);

const lighthouse = ({ feeRecipient }: Network, { ports, address }: NetworkNode): string =>
  HEAD +
  find("LIGHTHOUSE", "lighthouse") +
  PREPARE +
  words([
    `run beacon_node`,
    `--datadir "$here/consensus"`,
    `--testnet-dir "$here/network"`,
    `--execution-endpoint http://127.0.0.1:${ports.engine}`,
    `--execution-jwt "$here/jwt.hex"`,
    ...(feeRecipient === undefined ? [] : [`--suggested-fee-recipient ${feeRecipient}`]),
    // Its QUIC port would be the next after --port.
    `--listen-address ${isLoopback(address) ? "127.0.0.1" : "0.0.0.0"} --port ${ports.consensus} --discovery-port ${ports.consensus} --quic-port ${ports.discovery}`,
    `--enr-address ${address} --enr-tcp-port ${ports.consensus} --enr-udp-port ${ports.consensus} --disable-enr-auto-update`,
    ...(isLoopback(address) ? ["--enable-private-discovery"] : []),
    `--http --http-address 127.0.0.1 --http-port ${ports.rest}`,
    // From genesis on this network there is nobody to give a checkpoint.
    `--allow-insecure-genesis-sync`,
    `\${bootnodes:+--boot-nodes "$bootnodes"}`,
    `"$@"`,
  ]);

const teku = ({ feeRecipient }: Network, { ports, address }: NetworkNode): string =>
  HEAD +
  find("TEKU", "teku") +
  PREPARE +
  words([
    `run`,
    `--data-path="$here/consensus"`,
    `--network="$here/network/config.yaml"`,
    `--genesis-state="$genesis"`,
    `--ignore-weak-subjectivity-period-enabled=true`,
    `--ee-endpoint=http://127.0.0.1:${ports.engine}`,
    `--ee-jwt-secret-file="$here/jwt.hex"`,
    ...(feeRecipient === undefined ? [] : [`--validators-proposer-default-fee-recipient=${feeRecipient}`]),
    `--p2p-interface=${isLoopback(address) ? "127.0.0.1" : "0.0.0.0"} --p2p-port=${ports.consensus} --p2p-udp-port=${ports.discovery}`,
    ...(isIP(address) === 0 ? [] : [`--p2p-advertised-ip=${address}`]),
    `--p2p-peer-lower-bound=1`,
    ...(isLoopback(address) ? ["--p2p-discovery-site-local-addresses-enabled=true"] : []),
    `--rest-api-enabled=true --rest-api-interface=127.0.0.1 --rest-api-port=${ports.rest}`,
    `\${bootnodes:+--p2p-discovery-bootnodes="$bootnodes"}`,
    `"$@"`,
  ]);

const SCRIPTS: Readonly<Record<Exclude<ConsensusClient, "none">, (network: Network, node: NetworkNode) => string>> = {
  "lodestar-dev": lodestarDev,
  lodestar,
  lighthouse,
  teku,
};

/** start-consensus.sh of a node; undefined where the operator brings one. */
export const consensusScript = (network: Network, node: NetworkNode): string | undefined =>
  network.consensus === "none" ? undefined : SCRIPTS[network.consensus](network, node);
