import { keccak256, parseEther, recoverMessageAddress, toHex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Hex } from "./helpers/machine.js";
import { ethersTool, refusal, viemTool, type Tool } from "./helpers/tools.js";
import { openWorld, type Person, type World } from "./helpers/world.js";

const lower = (value: unknown): string => String(value).toLowerCase();

describe.each(["viem", "ethers"])(
  "OpenZeppelin's contracts, deployed and called through %s as anybody does",
  (library) => {
    let world: World;
    let tool: Tool;
    let ann: Person;
    let ben: Person;
    let token: Hex;

    beforeAll(async () => {
      world = await openWorld({ users: 2 });
      tool = library === "viem" ? viemTool(world) : ethersTool();
      [ann, ben] = world.people as [Person, Person];
      token = await tool.deploy(ann, "Token", ["Token", "TKN", parseEther("1000")]);
    });
    afterAll(async () => {
      tool.close();
      expect(world.problems).toEqual([]);
      await world.close();
    });

    const balance = (person: Person, name = "Token", at = token): Promise<unknown> =>
      tool.read(person, name, at, "balanceOf", [person.me]);
    /** What lies on somebody's address for all to see. */
    const visible = (person: Person, at = token): Promise<unknown> =>
      world.outside.readContract({
        address: at,
        abi: [
          {
            type: "function",
            name: "balanceOf",
            stateMutability: "view",
            inputs: [{ type: "address" }],
            outputs: [{ type: "uint256" }],
          },
        ],
        functionName: "balanceOf",
        args: [person.me],
      });

    it("ERC20: what the constructor gave is the user's, and nobody sees it on the address", async () => {
      expect(await balance(ann)).toBe(parseEther("1000"));
      expect(await visible(ann)).toBe(0n);
      await tool.write(ann, "Token", token, "transfer", [ben.me, parseEther("100")]);
      expect(await balance(ann)).toBe(parseEther("900"));
      expect(await visible(ann)).toBe(0n);
      expect(await balance(ben)).toBe(parseEther("100"));
      expect(await visible(ben)).toBe(parseEther("100"));
    });

    it("Ownable: the address that deployed is the owner; another one is refused with the contract's own error", async () => {
      await tool.write(ann, "Token", token, "mint", [ann.me, 5n]);
      expect(await balance(ann)).toBe(parseEther("900") + 5n);
      await expect(tool.write(ben, "Token", token, "mint", [ben.me, 5n])).rejects.toThrow(
        refusal("OwnableUnauthorizedAccount(address)"),
      );
      const [, other] = ann.accounts;
      await expect(tool.write(ann, "Token", token, "mint", [ann.me, 5n], { as: other ?? "0x" })).rejects.toThrow(
        refusal("OwnableUnauthorizedAccount(address)"),
      );
    });

    it("ERC4626: approved in one transaction, deposited in the next, shares and assets back in notes", async () => {
      const vault = await tool.deploy(ben, "Vault", [token]);
      await tool.write(ann, "Token", token, "approve", [vault, parseEther("50")]);
      await tool.write(ann, "Vault", vault, "deposit", [parseEther("50"), ann.me]);
      expect(await balance(ann, "Vault", vault)).toBe(parseEther("50"));
      expect([await visible(ann, vault), await visible(ann)]).toEqual([0n, 0n]);
      await tool.write(ann, "Vault", vault, "redeem", [parseEther("20"), ann.me, ann.me]);
      expect(await balance(ann, "Vault", vault)).toBe(parseEther("30"));
      expect(await balance(ann)).toBe(parseEther("870") + 5n);
      expect([await visible(ann, vault), await visible(ann)]).toEqual([0n, 0n]);
    });

    it("ERC721: minted, held in notes, handed on", async () => {
      const ticket = await tool.deploy(ann, "Ticket");
      await tool.write(ann, "Ticket", ticket, "mint", [ann.me, 7n]);
      expect(lower(await tool.read(ann, "Ticket", ticket, "ownerOf", [7n]))).toBe(ann.me);
      expect(lower(await tool.read(ben, "Ticket", ticket, "ownerOf", [7n]))).not.toBe(ann.me);
      await tool.write(ann, "Ticket", ticket, "transferFrom", [ann.me, ben.me, 7n]);
      expect(lower(await tool.read(ann, "Ticket", ticket, "ownerOf", [7n]))).toBe(ben.me);
    });

    it("ERC1155: calls, with what can't be a note left on the address", async () => {
      const multi = await tool.deploy(ann, "Multi");
      await tool.write(ann, "Multi", multi, "mint", [ann.me, 3n, 40n]);
      await tool.write(ann, "Multi", multi, "safeTransferFrom", [ann.me, ben.me, 3n, 15n, "0x"]);
      expect(await tool.read(ann, "Multi", multi, "balanceOf", [ann.me, 3n])).toBe(25n);
      expect(await tool.read(ann, "Multi", multi, "balanceOf", [ben.me, 3n])).toBe(15n);
    });

    it("AccessControl: a role belongs to an address, over several transactions", async () => {
      const guarded = await tool.deploy(ann, "Guarded");
      const editor = keccak256(toHex("EDITOR"));
      await expect(tool.write(ben, "Guarded", guarded, "edit", ["x"])).rejects.toThrow(
        refusal("AccessControlUnauthorizedAccount(address,bytes32)"),
      );
      await tool.write(ann, "Guarded", guarded, "grantRole", [editor, ben.me]);
      await tool.write(ben, "Guarded", guarded, "edit", ["written by ben"]);
      expect(await tool.read(ann, "Guarded", guarded, "text")).toBe("written by ben");
      await tool.write(ann, "Guarded", guarded, "revokeRole", [editor, ben.me]);
      await expect(tool.write(ben, "Guarded", guarded, "edit", ["y"])).rejects.toThrow(
        refusal("AccessControlUnauthorizedAccount(address,bytes32)"),
      );
    });

    it("sign-in messages and permits are signed by the address", async () => {
      const message = "Sign in to example.org, nonce 8f2a";
      const signature = await ann.viem.signMessage({ account: ann.me, message });
      expect(lower(await recoverMessageAddress({ message, signature }))).toBe(ann.me);
      const votes = await tool.deploy(ann, "VoteToken", [1_000n]);
      const permit = { owner: ann.me, spender: ben.me, value: 9n, nonce: 0n, deadline: 10n ** 12n };
      const uint256 = <N extends string>(name: N) => ({ name, type: "uint256" }) as const;
      const signed = await ann.viem.signTypedData({
        account: ann.me,
        domain: { name: "Votes", version: "1", chainId: world.chain.id, verifyingContract: votes },
        types: {
          Permit: [
            { name: "owner", type: "address" },
            { name: "spender", type: "address" },
            uint256("value"),
            uint256("nonce"),
            uint256("deadline"),
          ],
        },
        primaryType: "Permit",
        message: permit,
      });
      const [r, s, v] = [`0x${signed.slice(2, 66)}`, `0x${signed.slice(66, 130)}`, Number(`0x${signed.slice(130)}`)];
      await tool.write(ben, "VoteToken", votes, "permit", [ann.me, ben.me, 9n, permit.deadline, v, r, s]);
      expect(await tool.read(ben, "VoteToken", votes, "allowance", [ann.me, ben.me])).toBe(9n);
    });
  },
);
