import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The clone's folder for what the bench can make again: the payments with their proofs. */
export const benchFolder = (): string => fileURLToPath(new URL("../../build/bench/", import.meta.url));

/** Whether the bench has never run in this clone. */
export const isFirstRun = (): boolean => !existsSync(benchFolder());
