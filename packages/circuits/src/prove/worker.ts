import { workerData } from "node:worker_threads";
import { randomBytes } from "node:crypto";
import { bytesToBigInt, FIELD_ORDER, SeroError } from "@sero/protocol";
import { parseZkey } from "../keys/zkey.js";
import { openVerifier } from "../verify/groth16.js";
import { openWasmEngine } from "../engine/index.js";
import { openWitnessCalculator } from "../witness/index.js";
import { serveTasks } from "../workers/serve.js";
import type { QuerySums } from "./engine.js";
import type { ProverTask, ProverWorkerData } from "./worker-protocol.js";

const { key, wasm, curve, vk } = workerData as ProverWorkerData;
const zkey = parseZkey(key);
const engine = openWasmEngine(zkey, curve);
// A copy: WebAssembly takes no shared bytes.
const calculator = openWitnessCalculator(wasm.slice());
const verifier = await openVerifier(vk);

/** Uniform below r but for 2^-258: 64 bytes from the operating system, mod r. */
function randomScalar(): bigint {
  const bytes = randomBytes(64);
  const scalar = bytesToBigInt(bytes) % FIELD_ORDER;
  bytes.fill(0);
  return scalar;
}

function handle(task: ProverTask): unknown {
  switch (task.step) {
    case "witness": {
      const witness = calculator.calculate(task.signals);
      task.witness.set(witness);
      witness.fill(0);
      return undefined;
    }
    case "quotient": {
      const quotient = engine.quotient(task.witness);
      task.quotient.set(quotient);
      quotient.fill(0);
      return undefined;
    }
    case "multiply":
      return engine.multiply(task.query, task.scalars, task.share, task.shares);
    case "finish": {
      const { a, b1, b2, c, h } = task.shares;
      const sums: QuerySums = {
        a: engine.add("a", a),
        b1: engine.add("b1", b1),
        b2: engine.add("b2", b2),
        c: engine.add("c", c),
        h: engine.add("h", h),
      };
      const proof = engine.assemble(sums, randomScalar(), randomScalar());
      // A fault in the key, the memory or the program must not go out as a proof that nobody accepts, or one that says more than it should.
      if (!verifier.verify(task.inputs, proof)) {
        throw new SeroError(
          "prove/self-check",
          "The proof that was made does not verify; the proving key may be damaged: run `sero setup` again.",
        );
      }
      return proof;
    }
  }
}

serveTasks((task: ProverTask) => {
  try {
    return handle(task);
  } finally {
    engine.wipe();
  }
});
