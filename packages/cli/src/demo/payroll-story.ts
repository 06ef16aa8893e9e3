import { PAYROLL } from "@sero/contracts";
import { COIN, parseAmount, toHex } from "@sero/protocol";
import type { Abi } from "viem";
import { calldataOf, creationOf } from "../abi/index.js";
import { act, hexAddress, madeBy } from "./act.js";
import { held } from "./assets-story.js";
import type { Players } from "./contracts-story.js";
import { publicLines } from "./public-view.js";
import { check, type Scene } from "./scene.js";
import type { Stage } from "./stage.js";

/** A contract that pays salaries to hidden owners. */
export const paySalaries = async (stage: Stage, cast: Players): Promise<Scene> => {
  const { alice, bob, dave } = cast;
  const abi = PAYROLL.abi as Abi;
  const salary = parseAmount("3000", 18);
  const boss = await alice.newPseudonym({ label: "employer" });
  const staff = [
    { wallet: bob, pseudonym: await bob.newPseudonym({ label: "job" }) },
    { wallet: dave, pseudonym: await dave.newPseudonym({ label: "job" }) },
  ];
  const to = madeBy(
    await act(stage, alice, {
      calls: [{ data: creationOf(abi, PAYROLL.creation, [hexAddress(boss.address), 1n]), abi }],
    }),
  );
  await act(stage, alice, {
    pseudonym: boss.address,
    calls: staff.map(({ pseudonym }) => ({
      to,
      data: calldataOf(abi, "hire", [hexAddress(pseudonym.address), salary, 0n]),
      abi,
    })),
  });
  for (const { wallet, pseudonym } of staff)
    await act(stage, wallet, {
      pseudonym: pseudonym.address,
      calls: ({ slot }) => [{ to, data: calldataOf(abi, "addSlots", [[slot(0), slot(1)]]), abi }],
    });
  const before = staff.map(({ wallet }) => held(wallet, COIN));
  const paid = await act(stage, alice, {
    pseudonym: boss.address,
    calls: [
      { to, value: 2n * salary, data: new Uint8Array(0) },
      ...staff.map(({ pseudonym }) => ({ to, data: calldataOf(abi, "pay", [hexAddress(pseudonym.address)]), abi })),
    ],
  });
  for (const { wallet } of staff) await wallet.sync();
  const raised = staff.map(({ wallet }, i) => held(wallet, COIN) - (before[i] ?? 0n));
  return {
    title: "A contract pays salaries to hidden owners",
    really: ["Bob and Dave work for Alice; neither told her a wallet", "one transaction pays both"],
    chain: [
      ...publicLines(paid.seen, stage.spec),
      `contract ${toHex(to)} paid twice ${salary / 10n ** 18n} SERO; into whose wallet, nobody sees`,
    ],
    checks: [
      check("the call succeeded", paid.outcome.status === "succeeded"),
      check(
        "each got his salary, hidden",
        raised.every((amount) => amount === salary),
      ),
    ],
  };
};
