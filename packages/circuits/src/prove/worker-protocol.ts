import type { CurveModule } from "../engine/index.js";
import type { VerifyingKey } from "../types.js";
import type { CircuitSignals } from "../witness/index.js";
import type { Query } from "./engine.js";

/** What each of the prover's workers is started with. Shared bytes aren't copied. */
export interface ProverWorkerData {
  /** The zkey file. */
  readonly key: Uint8Array;
  /** The circuit's witness module. */
  readonly wasm: Uint8Array;
  /** The curve arithmetic's WebAssembly. */
  readonly curve: CurveModule;
  readonly vk: VerifyingKey;
}

/** One step of a proof. `witness` and `quotient` are shared memory that the steps of one proof fill and read. */
export type ProverTask =
  | { readonly step: "witness"; readonly signals: CircuitSignals; readonly witness: Uint8Array }
  | { readonly step: "quotient"; readonly witness: Uint8Array; readonly quotient: Uint8Array }
  | {
      readonly step: "multiply";
      readonly query: Query;
      /** The scalars of the query: a view on `witness` or `quotient`. */
      readonly scalars: Uint8Array;
      readonly share: number;
      readonly shares: number;
    }
  | {
      readonly step: "finish";
      readonly shares: Readonly<Record<Query, readonly Uint8Array[]>>;
      readonly inputs: readonly bigint[];
    };
