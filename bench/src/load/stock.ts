import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { StockPart, StockTask } from "./stock-child.js";

/** A transaction ready to be sent. */
export interface Stocked {
  readonly bytes: Uint8Array;
  /** 0x and 64 hex digits. */
  readonly txid: string;
}

/** Forges payments in two processes. */
export interface Stock {
  make(task: StockTask, onProgress: (made: number, count: number) => void): Promise<Stocked[]>;
  close(): void;
}

const PROCESSES = 2;

/** @param specPath the chain's spec as JSON */
export function openStock(specPath: string): Stock {
  const module = fileURLToPath(new URL("./stock-child.js", import.meta.url));
  const start = (): ChildProcess => fork(module, [specPath], { serialization: "advanced", execArgv: [] });
  const children = Array.from({ length: PROCESSES }, start);
  return {
    async make(task, onProgress) {
      let made = 0;
      const shares = children.map((child, i) => {
        const count = Math.floor((task.count * (i + 1)) / PROCESSES) - Math.floor((task.count * i) / PROCESSES);
        return count === 0
          ? Promise.resolve([])
          : share(child, { ...task, count }, (more) => onProgress((made += more), task.count));
      });
      return (await Promise.all(shares)).flat();
    },
    close() {
      for (const child of children) child.kill();
    },
  };
}

function share(child: ChildProcess, task: StockTask, onPart: (more: number) => void): Promise<Stocked[]> {
  return new Promise((resolve, reject) => {
    const payments: Stocked[] = [];
    const ended = (): void => reject(new Error("The process that forges payments ended."));
    const take = (part: StockPart): void => {
      for (const { bytes, txid } of part.payments) {
        payments.push({ bytes, txid: `0x${Buffer.from(txid).toString("hex")}` });
      }
      onPart(part.payments.length);
      if (!part.last) return;
      child.off("message", take);
      child.off("exit", ended);
      resolve(payments);
    };
    child.on("message", take);
    child.once("exit", ended);
    child.send(task);
  });
}
