import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FloodTask, FromFlood } from "./flood-child.js";
import { usageOf } from "./processes.js";
import { prepare, runTrial, type Bench, type TrialResult } from "./trial.js";

/** How the false proofs come. */
export type Attackers = "one peer" | "fresh peers";

/** What happened to honest payments in a flood. */
export interface FloodResult {
  readonly attackers: Attackers;
  /** False proofs a second that the attacker meant to send to each node. */
  readonly meant: number;
  /** What it got rid of, a second. */
  readonly deliveredPerSecond: number;
  readonly identities: number;
  /** Seconds until its first identity was connected to no node any more. */
  readonly firstShutOut: number | undefined;
  /** Cores that the attacking process took from the nodes. */
  readonly attackerCores: number;
  /** The honest payments; `held` if all got through in time. */
  readonly honest: TrialResult;
  /** Honest payments in blocks, a second of sending. */
  readonly throughPerSecond: number;
}

export interface FloodOptions {
  readonly attackers: Attackers;
  /** Honest payments a second, sent to the nodes' public ports. */
  readonly honestPerSecond: number;
  readonly falsePerSecond: number;
  readonly seconds: number;
}

/** Messages that a fresh peer sends before the next one comes: as many as a node lets wait for one peer. */
const BURST = 512;

/**
 * Attacks all nodes at once, each with everything, over gossip, with transactions whose every part is right but the proof, and sends honest
 * payments meanwhile. The attacker is a peer that speaks the protocol: one identity that stays, or identities that each spend their
 * welcome at once and are replaced. All come from loopback, which nodes exempt from bans by address: on a real network a fresh identity costs
 * a fresh address too.
 */
export async function runFlood(bench: Bench, options: FloodOptions): Promise<FloodResult> {
  const { network, watch, say, signal } = bench;
  const { attackers, honestPerSecond, falsePerSecond, seconds } = options;
  const payments = await prepare(bench, Math.round(honestPerSecond * seconds));
  const child = fork(fileURLToPath(new URL("./flood-child.js", import.meta.url)), [], { execArgv: [] });
  const kill = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", kill);
  process.once("exit", kill);
  try {
    const done = messages(child, (made, count) =>
      say(`forging false proofs (${made} of ${count})`, (count - made) / 1500),
    );
    child.send({
      specPath: network.specPath,
      genesisHash: network.genesisHash,
      targets: network.places.map(({ multiaddr }) => multiaddr),
      perSecond: falsePerSecond,
      seconds,
      expiry: (BigInt(Math.max(...watch.heads())) + 480n).toString(),
      burst: attackers === "one peer" ? undefined : BURST,
    } satisfies FloodTask);
    await done.ready;
    const before = usageOf(child.pid ?? 0)?.cpuSeconds ?? 0;
    child.send("begin");
    let after = before;
    const watching = setInterval(() => (after = usageOf(child.pid ?? 0)?.cpuSeconds ?? after), 500);
    const honest = await runTrial(bench, payments, honestPerSecond);
    const end = await done.end;
    clearInterval(watching);
    return {
      attackers,
      meant: falsePerSecond,
      deliveredPerSecond: end.delivered / seconds,
      identities: end.identities,
      firstShutOut: end.firstShutOut,
      attackerCores: (after - before) / seconds,
      honest,
      throughPerSecond: honest.mined / honest.seconds,
    };
  } finally {
    kill();
    signal.removeEventListener("abort", kill);
    process.off("exit", kill);
  }
}

type Done = Extract<FromFlood, { type: "done" }>;

function messages(
  child: ChildProcess,
  onForged: (made: number, count: number) => void,
): { readonly ready: Promise<void>; readonly end: Promise<Done> } {
  const ended = new Promise<never>((_resolve, reject) => {
    child.once("exit", () => reject(new Error("The attacking process ended.")));
  });
  ended.catch(() => undefined);
  let isReady: () => void = () => undefined;
  let isDone: (done: Done) => void = () => undefined;
  const ready = new Promise<void>((resolve) => (isReady = resolve));
  const end = new Promise<Done>((resolve) => (isDone = resolve));
  child.on("message", (message: FromFlood) => {
    if (message.type === "forged") onForged(message.made, message.count);
    else if (message.type === "ready") isReady();
    else isDone(message);
  });
  return { ready: Promise.race([ready, ended]), end: Promise.race([end, ended]) };
}
