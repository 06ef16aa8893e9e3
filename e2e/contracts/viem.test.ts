import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { erc20Abi, parseEther, type Abi } from "viem";
import { sample } from "./helpers/compile.js";
import type { Hex } from "./helpers/machine.js";
import { openWorld, type Person, type World } from "./helpers/world.js";

/** Scripts as anybody writes them: a wallet client at an address and a sender, nothing of SERO's in it. */
describe("OpenZeppelin's contracts through viem", () => {
  let world: World;
  let ann: Person;
  let ben: Person;

  beforeAll(async () => {
    world = await openWorld({ people: 2 });
    [ann, ben] = world.people as [Person, Person];
  });
  afterAll(() => world.close());

  const mined = async (hash: Hex): Promise<Hex | undefined> => {
    const receipt = await world.outside.waitForTransactionReceipt({ hash, timeout: 30_000 });
    expect(receipt.status).toBe("success");
    return receipt.contractAddress ?? undefined;
  };
  const deploy = async (person: Person, name: string, args: readonly unknown[] = []): Promise<Hex> => {
    const { abi, bytecode } = sample(name);
    const options = { abi, bytecode, args, account: person.me, chain: world.chain };
    const address = await mined(await person.viem.deployContract(options));
    if (address === undefined) throw new Error(`${name} has no address`);
    return address;
  };
  const write = async (person: Person, address: Hex, abi: Abi, functionName: string, args: readonly unknown[] = []) =>
    mined(
      await person.viem.writeContract({ address, abi, functionName, args, account: person.me, chain: world.chain }),
    );

  it("ERC20: deployed, transferred, approved and taken; balances are what the user has", async () => {
    const { abi } = sample("Token");
    const token = await deploy(ann, "Token", ["Token", "TKN", parseEther("1000")]);
    const balance = (person: Person): Promise<bigint> =>
      person.reads.readContract({ address: token, abi: erc20Abi, functionName: "balanceOf", args: [person.me] });
    expect(await balance(ann)).toBe(parseEther("1000"));
    // On the chain nobody has any: what the constructor gave went back into notes.
    const seen = await world.outside.readContract({
      address: token,
      abi: erc20Abi,
      functionName: "balanceOf",
      args: [ann.me],
    });
    expect(seen).toBe(0n);
    await write(ann, token, abi, "transfer", [ben.me, parseEther("100")]);
    expect(await balance(ann)).toBe(parseEther("900"));
    expect(await balance(ben)).toBe(parseEther("100"));
    await write(ann, token, abi, "approve", [ben.me, 50n]);
    expect(world.problems).toEqual([]);
  });
});
