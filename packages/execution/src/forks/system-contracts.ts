import { fromHex, type EthAddress, type Fork } from "@sero/protocol";

/** A contract that a fork brings along. On Ethereum it was deployed by hand before; here the fork's first block installs it. */
export interface SystemContract {
  readonly fork: Fork;
  readonly address: EthAddress;
  /** Runtime code, from the EIP (CC0). */
  readonly code: Uint8Array;
  /** Slots that its constructor would have set. */
  readonly storage: readonly (readonly [slot: bigint, value: bigint])[];
}

const address = (hex: string): EthAddress => fromHex(hex) as EthAddress;

/** EIP-7002, EIP-7251: the excess before the first block, so that nothing can be asked for in it. */
export const EXCESS_INHIBITOR = (1n << 256n) - 1n;

/** EIP-4788: roots of beacon blocks by timestamp. */
export const BEACON_ROOTS: SystemContract = {
  fork: "cancun",
  address: address("0x000f3df6d732807ef1319fb7b8bb8522d0beac02"),
  code: fromHex(
    "0x3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560495762001fff810690815414603c575f5ffd5b" +
      "62001fff01545f5260205ff35b5f5ffd5b62001fff42064281555f359062001fff015500",
  ),
  storage: [],
};

/** EIP-2935: hashes of the last 8,191 blocks. */
export const BLOCK_HASHES: SystemContract = {
  fork: "prague",
  address: address("0x0000f90827f1c53a10cb7a02335b175320002935"),
  code: fromHex(
    "0x3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f52" +
      "60205ff35b5f5ffd5b5f35611fff60014303065500",
  ),
  storage: [],
};

/** EIP-7002: withdrawals and exits that a validator's withdrawal address asks for. */
export const WITHDRAWAL_REQUESTS: SystemContract = {
  fork: "prague",
  address: address("0x00000961ef480eb55e80d19ad83579a64c007002"),
  code: fromHex(
    "0x3373fffffffffffffffffffffffffffffffffffffffe1460cb5760115f54807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
      "ff146101f457600182026001905f5b5f82111560685781019083028483029004916001019190604d565b909390049250505036603814608857366101f457" +
      "346101f4575f5260205ff35b34106101f457600154600101600155600354806003026004013381556001015f35815560010160203590553360601b5f5260" +
      "385f601437604c5fa0600101600355005b6003546002548082038060101160df575060105b5f5b8181146101835782810160030260040181604c02815460" +
      "601b8152601401816001015481526020019060020154807fffffffffffffffffffffffffffffffff00000000000000000000000000000000168252906010" +
      "019060401c908160381c81600701538160301c81600601538160281c81600501538160201c81600401538160181c81600301538160101c81600201538160" +
      "081c81600101535360010160e1565b910180921461019557906002556101a0565b90505f6002555f6003555b5f54807fffffffffffffffffffffffffffff" +
      "ffffffffffffffffffffffffffffffffffff14156101cd57505f5b6001546002828201116101e25750505f6101e8565b01600290035b5f555f600155604c" +
      "025ff35b5f5ffd",
  ),
  storage: [[0n, EXCESS_INHIBITOR]],
};

/** EIP-7251: mergers of validators. */
export const CONSOLIDATION_REQUESTS: SystemContract = {
  fork: "prague",
  address: address("0x0000bbddc7ce488642fb579f8b00f3a590007251"),
  code: fromHex(
    "0x3373fffffffffffffffffffffffffffffffffffffffe1460d35760115f54807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" +
      "ff1461019a57600182026001905f5b5f82111560685781019083028483029004916001019190604d565b9093900492505050366060146088573661019a57" +
      "3461019a575f5260205ff35b341061019a57600154600101600155600354806004026004013381556001015f358155600101602035815560010160403590" +
      "553360601b5f5260605f60143760745fa0600101600355005b6003546002548082038060021160e7575060025b5f5b818114610129578281016004026004" +
      "0181607402815460601b815260140181600101548152602001816002015481526020019060030154905260010160e9565b910180921461013b5790600255" +
      "610146565b90505f6002555f6003555b5f54807fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff141561017357505f5b60" +
      "01546001828201116101885750505f61018e565b01600190035b5f555f6001556074025ff35b5f5ffd",
  ),
  storage: [[0n, EXCESS_INHIBITOR]],
};

/** All of them. */
export const SYSTEM_CONTRACTS: readonly SystemContract[] = [
  BEACON_ROOTS,
  BLOCK_HASHES,
  WITHDRAWAL_REQUESTS,
  CONSOLIDATION_REQUESTS,
];
