import { readFileSync } from "node:fs";
import { ensureSpendArtifacts } from "@sero/circuits";
import { specFromJson } from "@sero/protocol";
import { openForge } from "../forge/index.js";

/** What a forging process is asked for. */
export interface StockTask {
  readonly count: number;
  /** Decimal. */
  readonly anchor: string | undefined;
  readonly expiry: string;
  readonly lie: "proof" | "signature" | undefined;
}

/** What it answers, in parts; `last` with the last one. */
export interface StockPart {
  readonly payments: readonly { readonly bytes: Uint8Array; readonly txid: Uint8Array }[];
  readonly last: boolean;
}

const PART = 1024;

// A process of its own: forging takes a whole core, and whoever sends payments at an even rate must not wait for it.
const spec = specFromJson(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
const forge = await openForge(await ensureSpendArtifacts(), spec);
process.on("message", ({ count, anchor, expiry, lie }: StockTask) => {
  for (let made = 0; made < count; made += PART) {
    const payments = forge.payments(Math.min(PART, count - made), {
      expiry: BigInt(expiry),
      ...(anchor === undefined ? {} : { anchor: BigInt(anchor) }),
      ...(lie === undefined ? {} : { lie }),
    });
    process.send?.({ payments, last: made + PART >= count } satisfies StockPart);
  }
});
