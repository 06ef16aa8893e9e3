// A script as Hardhat 2 has them; nothing in it is SERO's.
const { ethers } = require("hardhat");

async function main() {
  const [owner, other] = await ethers.getSigners();
  const token = await ethers.deployContract("Token", ["Hard Token", "HARD", 1000n]);
  await token.waitForDeployment();
  await (await token.transfer(other.address, 100n)).wait();
  const Vault = await ethers.getContractFactory("Vault");
  const vault = await Vault.deploy(token.target);
  await vault.waitForDeployment();
  await (await token.approve(vault.target, 50n)).wait();
  const receipt = await (await vault.deposit(50n, owner.address)).wait();
  const refused = await token
    .connect(other)
    .mint(other.address, 1n)
    .then(
      () => "accepted",
      (error) => error.message,
    );
  const events = receipt.logs.map((log) => log.fragment?.name).filter((name) => name !== undefined);
  const balances = [await token.balanceOf(owner.address), await vault.balanceOf(owner.address)].map(String);
  const coin = (await ethers.provider.getBalance(owner.address)) > ethers.parseEther("90000");
  console.log(JSON.stringify({ token: token.target, vault: vault.target, balances, events, refused, coin }));
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
