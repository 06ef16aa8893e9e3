import { parseAmount, toHex } from "@sero/protocol";
import { assetOf, held } from "./assets-story.js";
import { perform } from "./act.js";
import type { Players } from "./contracts-story.js";
import { publicLines } from "./public-view.js";
import { check, type Scene } from "./scene.js";
import type { Stage } from "./stage.js";

/** A sealed package passes through two carriers to its owner. */
export const carryPackage = async (stage: Stage, cast: Players): Promise<Scene> => {
  const { alice, bob, carol, dave, gold } = cast;
  const asset = assetOf(alice, gold);
  const amount = parseAmount("777", 2);
  const [first, second, last] = [
    await bob.newPseudonym({ label: "carrier" }),
    await dave.newPseudonym({ label: "carrier" }),
    await carol.newPseudonym({ label: "consignee" }),
  ];
  await alice.sync();
  const sealed = await perform(
    stage,
    alice,
    await alice.prepareSeal({
      contents: [
        {
          address: carol.address(),
          amount,
          ...(asset === undefined ? {} : { asset }),
          memo: "the coins of Aunt Hedwig",
          controller: first.address,
        },
      ],
    }),
  );
  await bob.sync();
  const mine = (await bob.packages()).find(({ controlled }) => controlled);
  const id = mine?.id ?? new Uint8Array(32);
  const bobSees = mine?.contents !== undefined;
  const one = await perform(stage, bob, await bob.preparePackageTransfer({ id, to: second.address }));
  await dave.sync();
  const daves = (await dave.packages()).find((info) => toHex(info.id) === toHex(id));
  const two = await perform(stage, dave, await dave.preparePackageTransfer({ id, to: last.address }));
  await carol.sync();
  const carols = (await carol.packages()).find((info) => toHex(info.id) === toHex(id));
  const before = held(carol, asset);
  const released = await perform(stage, carol, await carol.prepareRelease({ ids: [id] }));
  await carol.sync();
  return {
    title: "A sealed package passes through two carriers to its owner",
    really: [
      "Alice seals 777 GOLD for Carol, with a memo, and gives it to Bob to carry",
      "Bob hands it to Dave, Dave to Carol; Carol opens it",
    ],
    chain: [...publicLines(sealed.seen, stage.spec), ...publicLines(released.seen, stage.spec)],
    checks: [
      check("neither carrier could see what is inside", !bobSees && daves?.contents === undefined),
      check("each held it in his turn", daves?.controlled === true && carols?.controlled === true),
      check("Carol knew what comes before she opened it", carols?.contents?.value === amount),
      check("Carol has 777 GOLD", held(carol, asset) - before === amount),
      check(
        "every step succeeded",
        [one, two, released].every(({ outcome }) => outcome.status === "succeeded"),
      ),
    ],
  };
};
