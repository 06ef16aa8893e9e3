import { workerData } from "node:worker_threads";
import type { BundleCheck } from "../types.js";
import { yieldToOthers } from "../workers/priority.js";
import { serveTasks } from "../workers/serve.js";
import { checkBundles } from "./bundles.js";
import { openVerifier } from "./groth16.js";
import type { VerifierWorkerData } from "./pool.js";

const { vk, background } = workerData as VerifierWorkerData;
if (background) yieldToOthers();
// The pool has checked the key.
const verifier = await openVerifier(vk);
serveTasks((items: readonly BundleCheck[]) => checkBundles(verifier, items));
