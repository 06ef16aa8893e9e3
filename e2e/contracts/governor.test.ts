import { encodeFunctionData, keccak256, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sample } from "./helpers/compile.js";
import type { Hex } from "./helpers/machine.js";
import { ethersTool, refusal, viemTool, type Tool } from "./helpers/tools.js";
import { openWorld, type Person, type World } from "./helpers/world.js";

/** Blocks in which votes are taken: time enough for two transactions on a busy machine. */
const PERIOD = 20n;

/** Votes have to lie where they were delegated: these sessions leave on the address what comes to it. */
describe.each(["viem", "ethers"])(
  "OpenZeppelin's Governor with votes and a TimelockController, through %s",
  (library) => {
    let world: World;
    let tool: Tool;
    let ann: Person;
    let ben: Person;

    beforeAll(async () => {
      world = await openWorld({ users: 2, accounts: 1, keep: "all" });
      tool = library === "viem" ? viemTool(world) : ethersTool();
      [ann, ben] = world.people as [Person, Person];
    });
    afterAll(async () => {
      tool.close();
      expect(world.problems).toEqual([]);
      await world.close();
    });

    it("a proposal is voted, queued and executed", async () => {
      const votes = await tool.deploy(ann, "VoteToken", [1_000n]);
      const timelock = await tool.deploy(ann, "Timelock", [1n, ann.me]);
      const parliament = await tool.deploy(ann, "Parliament", [votes, timelock, PERIOD]);
      const guarded = await tool.deploy(ann, "Guarded");
      const role = (name: string): Hex => keccak256(toHex(name));
      await tool.write(ann, "Timelock", timelock, "grantRole", [role("PROPOSER_ROLE"), parliament]);
      await tool.write(ann, "Guarded", guarded, "grantRole", [role("EDITOR"), timelock]);
      await tool.write(ann, "VoteToken", votes, "transfer", [ben.me, 300n]);
      await tool.write(ben, "VoteToken", votes, "delegate", [ben.me]);
      expect(await tool.read(ann, "VoteToken", votes, "getVotes", [ben.me])).toBe(300n);
      /** Blocks come by themselves; so many after the newest one of now. */
      const pass = async (blocks: bigint): Promise<void> => {
        const head = (): Promise<bigint> => world.outside.getBlockNumber({ cacheTime: 0 });
        const until = (await head()) + blocks;
        while ((await head()) < until) await new Promise((resolve) => setTimeout(resolve, 100));
      };

      const edit = encodeFunctionData({ abi: sample("Guarded").abi, functionName: "edit", args: ["voted"] });
      const proposal = [[guarded], [0n], [edit]];
      await tool.write(ben, "Parliament", parliament, "propose", [...proposal, "Change the text"]);
      const described = [...proposal, keccak256(toHex("Change the text"))];
      const id = await tool.read(ann, "Parliament", parliament, "hashProposal", described);
      await pass(2n);
      await tool.write(ben, "Parliament", parliament, "castVote", [id, 1]);
      await expect(tool.write(ben, "Parliament", parliament, "castVote", [id, 1])).rejects.toThrow(
        refusal("GovernorAlreadyCastVote(address)"),
      );
      await expect(tool.write(ben, "Guarded", guarded, "edit", ["by force"])).rejects.toThrow(
        refusal("AccessControlUnauthorizedAccount(address,bytes32)"),
      );
      await pass(PERIOD);
      await tool.write(ann, "Parliament", parliament, "queue", described);
      await pass(3n);
      await tool.write(ann, "Parliament", parliament, "execute", described);
      expect(await tool.read(ann, "Guarded", guarded, "text")).toBe("voted");
    });
  },
);
