/** The standard REST interface of a consensus client (ethereum/beacon-APIs), as far as these tests ask it. */
export interface Beacon {
  readonly identity: () => Promise<{ readonly peer_id: string }>;
  readonly syncing: () => Promise<Syncing>;
  /** Connected peers. */
  readonly peers: () => Promise<number>;
  /** Epochs of the last justified and finalized checkpoints in the head's state. */
  readonly finality: () => Promise<{ readonly justified: number; readonly finalized: number }>;
  /** What a beacon block says of its execution payload; undefined where there is no such block. */
  readonly payload: (block: string) => Promise<BeaconPayload | undefined>;
  /** Slots of an epoch and which validator proposes in each. */
  readonly proposers: (epoch: number) => Promise<readonly { readonly slot: number; readonly validator: number }[]>;
  /** Lodestar's own call: dials a peer at once. */
  readonly connect: (peerId: string, port: number) => Promise<void>;
}

/** /eth/v1/node/syncing. */
export interface Syncing {
  readonly head_slot: string;
  readonly sync_distance: string;
  readonly is_syncing: boolean;
  /** Whether the head's payload was taken without the execution client's word. */
  readonly is_optimistic: boolean;
}

/** The execution payload of a beacon block, and where the block stands. */
export interface BeaconPayload {
  readonly slot: number;
  readonly proposer: number;
  readonly blockHash: string;
  readonly blockNumber: bigint;
  readonly transactions: readonly string[];
}

interface SignedBlock {
  readonly data: {
    readonly message: {
      readonly slot: string;
      readonly proposer_index: string;
      readonly body: {
        readonly execution_payload: {
          readonly block_hash: string;
          readonly block_number: string;
          readonly transactions: readonly string[];
        };
      };
    };
  };
}

/** Talks to a consensus client's REST port. Every call throws an Error when nobody answers within 5 s or the answer is a refusal. */
export const openBeacon = (port: number): Beacon => {
  const ask = async (path: string, method = "GET"): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, signal: AbortSignal.timeout(5_000) });
  const get = async <T>(path: string): Promise<T> => {
    const answer = await ask(path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  return {
    identity: async () => (await get<{ data: { peer_id: string } }>("/eth/v1/node/identity")).data,
    syncing: async () => (await get<{ data: Syncing }>("/eth/v1/node/syncing")).data,
    peers: async () => Number((await get<{ data: { connected: string } }>("/eth/v1/node/peer_count")).data.connected),
    finality: async () => {
      const { data } = await get<{ data: Record<"current_justified" | "finalized", { epoch: string }> }>(
        "/eth/v1/beacon/states/head/finality_checkpoints",
      );
      return { justified: Number(data.current_justified.epoch), finalized: Number(data.finalized.epoch) };
    },
    payload: async (block) => {
      const answer = await ask(`/eth/v2/beacon/blocks/${block}`);
      if (!answer.ok) return undefined;
      const { message } = ((await answer.json()) as SignedBlock).data;
      const { block_hash: blockHash, block_number: number, transactions } = message.body.execution_payload;
      const [slot, proposer] = [Number(message.slot), Number(message.proposer_index)];
      return { slot, proposer, blockHash, blockNumber: BigInt(number), transactions };
    },
    proposers: async (epoch) => {
      const { data } = await get<{ data: readonly { slot: string; validator_index: string }[] }>(
        `/eth/v1/validator/duties/proposer/${epoch}`,
      );
      return data.map(({ slot, validator_index: validator }) => ({ slot: Number(slot), validator: Number(validator) }));
    },
    connect: async (peerId, peerPort) => {
      const multiaddr = encodeURIComponent(`/ip4/127.0.0.1/tcp/${peerPort}`);
      const answer = await ask(`/eth/v1/lodestar/connect_peer?peerId=${peerId}&multiaddr=${multiaddr}`, "POST");
      if (!answer.ok) throw new Error(`connect_peer: ${answer.status} ${await answer.text()}`);
    },
  };
};
