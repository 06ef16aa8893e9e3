import type { CheckedTransaction } from "@sero/execution";
import type { TxId } from "@sero/protocol";
import type { PoolEntry } from "./entries.js";

/** What the pool knows of a transaction that it does not refuse. `new`: its proofs are good, and it fitted when it was asked about. */
export type Standing =
  | { readonly is: "new"; readonly checked: CheckedTransaction; readonly bytesHash: string }
  | { readonly is: "waiting"; readonly entry: PoolEntry }
  | { readonly is: "mined"; readonly txid: TxId };
