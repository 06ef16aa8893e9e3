import type { AssetId, TxId } from "@sero/protocol";

/** Everything about one output that its sender or receiver chooses to show to one verifier. It shows nothing about any other output. */
export interface Disclosure {
  readonly genesisHash: Uint8Array;
  readonly txid: TxId;
  readonly block: bigint;
  /** Over all outputs of the transaction. */
  readonly outputIndex: number;
  /** Text form. */
  readonly address: string;
  readonly asset: AssetId;
  readonly value: bigint;
  /** 32 bytes: opens the commitment and the ciphertext of this output. */
  readonly seed: Uint8Array;
  /** 32 bytes: opens its memo. */
  readonly memoKey: Uint8Array;
  /** What the verifier asked to be bound in: a name, a date, a number he chose. */
  readonly message: string;
  /** Under the bundle's rk: made by who sent the transaction. Undefined: shown by someone who only knows the output. */
  readonly signature: Uint8Array | undefined;
}

/** What a verified disclosure proves. */
export interface DisclosedPayment {
  readonly txid: string;
  readonly block: bigint;
  readonly blockHash: string;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
  readonly address: string;
  readonly asset: AssetId;
  /** Base units. */
  readonly value: bigint;
  /** Made safe to show. */
  readonly memo: string | undefined;
  readonly message: string;
  /** True: who showed this is who sent it. False: it shows that the payment was made, not who shows it. */
  readonly signedBySender: boolean;
  readonly sentences: readonly string[];
}
