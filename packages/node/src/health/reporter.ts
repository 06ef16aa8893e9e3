import { headerHash } from "@sero/execution";
import { toHex } from "@sero/protocol";
import type { Chain } from "../chain/index.js";
import type { Executor } from "../engine/index.js";
import type { Log } from "../log.js";
import { CONSENSUS_SILENCE } from "./readiness.js";

/** What the log is told of. */
export interface ReporterOptions {
  readonly chain: Chain;
  readonly log: Log;
  /** Whether a consensus client is expected. */
  readonly needsConsensus: boolean;
  /** Seconds since it called; undefined if it never did. */
  readonly sinceConsensus: () => number | undefined;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
  /** Milliseconds between looks at the consensus client. */
  readonly interval?: number;
}

/** A node that catches up imports hundreds of blocks a second: one line says so for all of them. */
const HEAD_LINE_MS = 1_000;

/**
 * Tells the log how the chain goes on: heads, reorganisations, finality, and whether the consensus client is there. Blocks are public; what is in
 * them is not told.
 *
 * @returns how to stop
 */
export function openReporter({ chain, log, needsConsensus, sinceConsensus, ...options }: ReporterOptions): () => void {
  const now = options.now ?? ((): number => performance.now());
  const started = now();
  let lastLine = -Infinity;
  let untold = 0;
  let finalized = chain.finalized().number;
  let isQuiet = false;

  const stopHeads = chain.onHead(({ head, joined, left }) => {
    untold += joined.length;
    if (left.length > 0) {
      log({
        level: "warn",
        event: "chain/reorganised",
        message: "Blocks left the canonical chain; others took their place.",
        values: {
          left: left.length,
          joined: joined.length,
          from: String(left[left.length - 1]!.number - 1n),
          number: String(head.number),
          hash: toHex(head.hash),
        },
      });
    }
    if (now() - lastLine >= HEAD_LINE_MS) {
      lastLine = now();
      log({
        level: "info",
        event: "chain/head",
        message: "A new head.",
        values: { number: String(head.number), hash: toHex(head.hash), blocks: untold },
      });
      untold = 0;
    }
    const final = chain.finalized();
    if (final.number > finalized) {
      finalized = final.number;
      log({
        level: "info",
        event: "chain/finalized",
        message: "Blocks are final.",
        values: { number: String(final.number), hash: toHex(final.hash) },
      });
    }
  });

  function look(): void {
    const since = sinceConsensus() ?? (now() - started) / 1000;
    if (since > CONSENSUS_SILENCE === isQuiet) return;
    isQuiet = !isQuiet;
    log(
      isQuiet
        ? {
            level: "warn",
            event: "engine/quiet",
            message:
              "No consensus client has called for a minute. The chain stands still until it does; see whether it runs.",
            values: { seconds: Math.floor(since) },
          }
        : { level: "info", event: "engine/back", message: "The consensus client calls again." },
    );
  }
  const timer = needsConsensus ? setInterval(look, options.interval ?? 5_000) : undefined;
  timer?.unref();
  return () => {
    clearInterval(timer);
    stopHeads();
  };
}

/** Tells the log of blocks that are refused, by their hash and the reason's code. */
export function reportInvalid(executor: Executor, log: Log): Executor {
  return {
    ...executor,
    async execute(parent, block) {
      const verdict = await executor.execute(parent, block);
      if (!verdict.ok) {
        log({
          level: "warn",
          event: "chain/invalid-block",
          message: "A block is invalid and was refused.",
          values: {
            number: String(block.header.number),
            hash: toHex(headerHash(block.header)),
            code: verdict.error.code,
          },
        });
      }
      return verdict;
    },
  };
}
