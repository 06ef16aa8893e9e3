import { openRpc, type Rpc } from "./rpc.js";

/** Where one node's Engine API is. */
export interface EnginePort {
  readonly port: number;
  readonly secret: Uint8Array;
}

export interface DriverOptions {
  readonly engines: readonly EnginePort[];
  readonly genesisHash: string;
  /** Seconds since 1970. */
  readonly genesisTime: number;
  readonly slotSeconds: number;
  /** Told when a slot brings no block, and why. */
  readonly onMissed: (slot: number, reason: string) => void;
}

/** Plays the consensus clients of all nodes. */
export interface Driver {
  readonly slots: () => { readonly proposed: number; readonly missed: number };
  stop(): Promise<void>;
}

interface Payload {
  readonly blockHash: string;
}

/** Epochs of the minimal preset have 8 slots; what is two epochs old is final. */
const FINAL_DEPTH = 16;
const ZERO_HASH = `0x${"00".repeat(32)}`;
const NO_ONE = `0x${"fe".repeat(20)}`;

/**
 * Drives nodes over the real Engine API as their consensus clients would, without beacon blocks, attestations or their traffic: proposers
 * take turns; at two thirds of a slot the next one is told to build, at the slot's start its payload goes to all nodes, and then the new
 * head. Every node's answers must be VALID. What it leaves out is named where its figures are: the clients' own work.
 */
export function startDriver(options: DriverOptions): Driver {
  const { engines, genesisTime, slotSeconds } = options;
  const rpcs = engines.map(({ port, secret }) => openRpc(port, secret));
  const chain = [options.genesisHash];
  let [proposed, missed] = [0, 0];
  let stopped = false;
  let wake: () => void = () => undefined;

  const until = async (seconds: number): Promise<void> => {
    const ms = seconds * 1000 - Date.now();
    if (stopped || ms <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };
  const choice = (): object => {
    const final = chain[chain.length - 1 - FINAL_DEPTH] ?? ZERO_HASH;
    return { headBlockHash: chain.at(-1), safeBlockHash: final, finalizedBlockHash: final };
  };
  const forkchoice = async (rpc: Rpc, attributes?: object): Promise<string | null> => {
    const answer = await rpc.call<{ payloadStatus: { status: string }; payloadId: string | null }>(
      "engine_forkchoiceUpdatedV2",
      [choice(), attributes ?? null],
    );
    if (answer.payloadStatus.status !== "VALID") throw new Error(`the head is ${answer.payloadStatus.status}`);
    return answer.payloadId;
  };

  const propose = async (slot: number): Promise<void> => {
    const rpc = rpcs[slot % rpcs.length];
    if (!rpc) throw new Error("there are no nodes");
    const start = genesisTime + slot * slotSeconds;
    await until(start - slotSeconds / 3);
    const id = await forkchoice(rpc, {
      timestamp: `0x${start.toString(16)}`,
      prevRandao: `0x${slot.toString(16).padStart(64, "0")}`,
      suggestedFeeRecipient: NO_ONE,
      withdrawals: [],
    });
    if (id === null) throw new Error("no payload was started");
    await until(start);
    if (stopped) return;
    const { executionPayload } = await rpc.call<{ executionPayload: Payload }>("engine_getPayloadV2", [id]);
    const verdicts = await Promise.all(
      rpcs.map((each) => each.call<{ status: string }>("engine_newPayloadV2", [executionPayload])),
    );
    const bad = verdicts.findIndex(({ status }) => status !== "VALID");
    if (bad >= 0) throw new Error(`node ${bad + 1} says ${verdicts[bad]?.status}`);
    chain.push(executionPayload.blockHash);
    await Promise.all(rpcs.map((each) => forkchoice(each)));
  };

  const run = async (): Promise<void> => {
    for (;;) {
      // A slot that took too long costs the next one, as it would a real network.
      const slot = Math.max(1, Math.ceil((Date.now() / 1000 - genesisTime + slotSeconds / 3) / slotSeconds));
      if (stopped) return;
      try {
        await propose(slot);
        proposed++;
      } catch (error) {
        missed++;
        options.onMissed(slot, error instanceof Error ? error.message : String(error));
        await until(genesisTime + slot * slotSeconds);
      }
    }
  };
  const running = run();
  return {
    slots: () => ({ proposed, missed }),
    async stop() {
      stopped = true;
      wake();
      await running;
      for (const rpc of rpcs) rpc.close();
    },
  };
}
