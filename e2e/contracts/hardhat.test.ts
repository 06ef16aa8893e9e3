import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FOLDER, checkInstalled } from "./helpers/compile.js";
import { openWorld, type Person, type World } from "./helpers/world.js";

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe("Hardhat 2", () => {
  let world: World;
  let ann: Person;

  beforeAll(async () => {
    checkInstalled();
    world = await openWorld({ users: 1 });
    [ann] = world.people as [Person];
  });
  afterAll(() => world.close());

  const run = (network: string): Promise<Run> =>
    new Promise((resolve) => {
      const args = ["run", "hardhat/deploy.cjs", "--network", network];
      const env = { ...process.env, SERO_PROVIDER: ann.url, HARDHAT_DISABLE_TELEMETRY_PROMPT: "true", CI: "true" };
      const child = spawn(
        process.execPath,
        [join(FOLDER, "node_modules", "hardhat", "internal", "cli", "bootstrap.js"), ...args],
        {
          cwd: FOLDER,
          env,
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.on("close", (code) => resolve({ code, stdout, stderr }));
    });

  it("a script deploys and calls, unmodified", async () => {
    const { code, stdout, stderr } = await run("sero");
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    const told = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Record<string, unknown>;
    expect(told).toMatchObject({ balances: ["850", "50"], coin: true });
    expect(told["events"]).toContain("Deposit");
    expect(String(told["refused"])).toMatch(/revert/);
    // In notes, not on the address.
    const abi = [
      {
        type: "function",
        name: "balanceOf",
        stateMutability: "view",
        inputs: [{ type: "address" }],
        outputs: [{ type: "uint256" }],
      },
    ] as const;
    for (const address of [told["token"], told["vault"]] as `0x${string}`[])
      expect(await world.outside.readContract({ address, abi, functionName: "balanceOf", args: [ann.me] })).toBe(0n);
    expect(world.problems).toEqual([]);
  });

  it("a script with a key of its own is told why it can't and what to do", async () => {
    const { code, stderr } = await run("ownkey");
    expect(code).toBe(1);
    expect(stderr).toMatch(/signed with a key of the script's own.*accounts: "remote"/);
  });
});
