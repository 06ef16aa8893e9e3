import { openVerifierPool } from "@sero/circuits";
import type { AssetTotals } from "@sero/execution";
import { keyExpectations, specFromJson, toHex } from "@sero/protocol";
import { rawBlocksOf } from "../audit/raw-blocks.js";
import { type Audit, replayChain } from "../audit/replay.js";
import type { Context } from "../context.js";
import { jsonRpc } from "../io/json-rpc.js";
import { openProgress } from "../io/progress.js";
import { coins } from "./amounts.js";
import { loadArtifacts } from "./artifacts.js";
import { readSpec } from "./node.js";

/** Tokens that hold less for the Pool than its notes are worth, and how many are sound. */
const assetLines = (assets: readonly AssetTotals[]): string[] => {
  if (assets.length === 0) return [];
  const short = assets.filter(({ counter, surplus }) => counter > 0n && (surplus === undefined || surplus < 0n));
  return [
    "",
    `  ${assets.length} tokens and tickets: every counter is what went in less what came out`,
    ...short.map(({ token, kind, id, counter, balance }) => {
      const name = `${kind} ${toHex(token)}${kind === "ticket" ? ` #${id}` : ""}`;
      return balance === undefined
        ? `  ! ${name} does not say what the Pool has of it; its notes may be worth nothing`
        : `  ! ${name} says that the Pool has ${balance} of the ${counter} that its notes claim: it takes a fee, or lies`;
    }),
  ];
};

/** An audit in plain words. */
export const auditText = (audit: Audit): string =>
  [
    `Checked ${audit.blocks} blocks, ${audit.transactions} transactions and ${audit.proofs} proofs, from genesis to ${audit.headHash}.`,
    "Every proof, signature, rule and state root holds.",
    "",
    `  created at genesis     ${coins(audit.genesis)}`,
    `  withdrawn onto it      ${coins(audit.withdrawals)}`,
    `  = supply               ${coins(audit.supply)}`,
    "",
    `  hidden in notes        ${coins(audit.shielded)}`,
    `  on public accounts     ${coins(audit.publicBalances)}`,
    `  given to the Pool      ${coins(audit.surplus)}`,
    ...(audit.burnt === 0n ? [] : [`  burnt                  ${coins(audit.burnt)}`]),
    ...assetLines(audit.assets),
    "",
    "They add up: no coin was made out of nothing.",
  ].join("\n");

/** `sero audit`: recomputes the chain from genesis and counts its coins. */
export const audit = async (context: Context, options: { readonly spec?: string }): Promise<void> => {
  const { output } = context;
  const rpc = jsonRpc(context.nodeUrl);
  const spec =
    options.spec === undefined
      ? specFromJson((await rpc.call<{ readonly spec: unknown }>("sero_chain", [])).spec)
      : await readSpec(options.spec);
  const verifier = await openVerifierPool({ artifacts: await loadArtifacts(output), ...keyExpectations(spec) });
  const progress = openProgress(output, "Auditing");
  const cancel = new AbortController();
  const onInterrupt = (): void => cancel.abort();
  process.once("SIGINT", onInterrupt);
  try {
    const result = await replayChain(
      spec,
      verifier,
      rawBlocksOf(rpc),
      ({ block, head }) => progress.update(Number(block) / Number(head), `block ${block} of ${head}`),
      cancel.signal,
    );
    progress.done();
    output.result(result, auditText(result));
  } finally {
    process.off("SIGINT", onInterrupt);
    progress.done();
    await verifier.close();
  }
};
