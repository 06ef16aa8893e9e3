import { Gauge, type Registry } from "prom-client";

/** What a node is like at the moment it is asked. */
export interface NodeFigures {
  readonly head: bigint;
  readonly safe: bigint;
  readonly finalized: bigint;
  /** Of the head block, seconds since 1970. */
  readonly headTime: bigint;
  readonly syncing: boolean;
  readonly mempool: number;
  readonly mempoolBytes: number;
  /** Transactions that wait for their proofs to be checked. */
  readonly verifying: number;
  readonly peersIn: number;
  readonly peersOut: number;
  readonly bans: number;
  /** Size of the block store's file. */
  readonly storeBytes: number;
  /** Free bytes on its disk; undefined where the system doesn't say. */
  readonly diskFree: number | undefined;
  /** Since a consensus client called; undefined if none did. */
  readonly sinceConsensus: number | undefined;
}

/** A metric that is read from the figures: its name, what it means, how. */
type Reading = readonly [name: string, help: string, read: (figures: NodeFigures) => number | undefined];

const READINGS: readonly Reading[] = [
  ["sero_head_number", "Number of the head block.", ({ head }) => Number(head)],
  ["sero_safe_number", "Number of the safe block.", ({ safe }) => Number(safe)],
  ["sero_finalized_number", "Number of the newest final block.", ({ finalized }) => Number(finalized)],
  [
    "sero_seconds_since_head",
    "Seconds since the head block's time, by this machine's clock.",
    ({ headTime }) => Date.now() / 1000 - Number(headTime),
  ],
  ["sero_syncing", "1 while the consensus client names a head that is not here, else 0.", ({ syncing }) => +syncing],
  ["sero_mempool_transactions", "Verified transactions that wait for a block.", ({ mempool }) => mempool],
  ["sero_mempool_bytes", "Their bytes.", ({ mempoolBytes }) => mempoolBytes],
  ["sero_verification_queue", "Transactions that wait for their proofs to be checked.", ({ verifying }) => verifying],
  ["sero_bans", "Peers and addresses that may not connect.", ({ bans }) => bans],
  ["sero_store_bytes", "Size of the block store.", ({ storeBytes }) => storeBytes],
  ["sero_disk_free_bytes", "Free bytes on the block store's disk.", ({ diskFree }) => diskFree],
  [
    "sero_seconds_since_consensus_call",
    "Seconds since a consensus client called the Engine API; absent if none did.",
    ({ sinceConsensus }) => sinceConsensus,
  ],
];

/** Registers what is read anew for each answer. `figures` is called once a metric, so it must be cheap. */
export function registerGauges(registry: Registry, version: string, figures: () => NodeFigures): void {
  const registers = [registry];
  for (const [name, help, read] of READINGS) {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const value = read(figures());
        if (value === undefined) this.reset();
        else this.set(value);
        // An unlabelled gauge shows 0 after a reset, which would be taken for a value.
        if (value === undefined) this.remove();
      },
    });
  }
  new Gauge({
    name: "sero_peers",
    help: "Connected peers past the handshake, by who dialled.",
    labelNames: ["direction"],
    registers,
    collect() {
      const { peersIn, peersOut } = figures();
      this.set({ direction: "inbound" }, peersIn);
      this.set({ direction: "outbound" }, peersOut);
    },
  });
  new Gauge({ name: "sero_info", help: "The program's version.", labelNames: ["version"], registers }).set(
    { version },
    1,
  );
}
