import { describe, expect, it } from "vitest";
import {
  budgetSource,
  endpointOf,
  ipSubject,
  isLocalIp,
  mappedIp4,
  multiaddrOf,
  parseDialable,
  spreadGroup,
} from "../../../src/p2p/host/address.js";
import { decodeAddresses, encodeAddresses } from "../../../src/p2p/host/messages.js";
import type { PeerId } from "../../../src/p2p/host/types.js";

const ID = "12D3KooWGzBXWNvHpLALvYSPzhx6z4zSFLQgKtSRDLSbVfzUvTdX" as PeerId;
const ONION = "vww6ybal4bd7szmgncyruucpgfkqahzddi37ktceo3ah7ngmcopnpyyd";

describe("addresses of peers", () => {
  it("are read and written in the forms that this node dials, and in no other", () => {
    for (const text of [
      `/ip4/203.0.113.7/tcp/30303/p2p/${ID}`,
      `/ip6/2001:db8::1/tcp/1/p2p/${ID}`,
      `/dns/node.example/tcp/65535/p2p/${ID}`,
      `/onion3/${ONION}:30303/p2p/${ID}`,
      "/ip4/0.0.0.0/tcp/0",
    ]) {
      const endpoint = endpointOf(text);
      expect(endpoint && multiaddrOf(endpoint).toString()).toBe(text);
    }
    expect(endpointOf("/dns4/node.example/tcp/1")).toMatchObject({ kind: "name", host: "node.example", port: 1 });
    for (const text of [
      "",
      "node.example:30303",
      "/ip4/203.0.113.7/udp/30303/quic-v1",
      "/ip4/203.0.113.7/tcp/1/ws",
      "/unix/tmp%2Fsocket",
      `/ip4/203.0.113.7/tcp/1/p2p/${ID}/p2p-circuit/p2p/${ID}`,
      `/p2p/${ID}`,
      "/ip4/203.0.113.777/tcp/1",
      "/ip4/203.0.113.7/tcp/70000",
      "/dnsaddr/bootstrap.example",
    ]) {
      expect(endpointOf(text), text).toBeUndefined();
    }
    expect(() => parseDialable("/ip4/203.0.113.7/tcp/30303")).toThrow("12D3Koo");
  });

  it("are grouped for budgets, bans and the spread of connections", () => {
    const at = (text: string) => endpointOf(text) ?? expect.fail(text);
    expect(budgetSource(at("/ip4/203.0.113.7/tcp/1"), ID)).toBe("ip4:203.0.113.0/24");
    expect(budgetSource(at("/ip6/2001:db8:1:2::3/tcp/1"), ID)).toBe("ip6:2001:db8:1::/48");
    expect(budgetSource(at("/ip6/::ffff:203.0.113.7/tcp/1"), ID)).toBe("ip4:203.0.113.0/24");
    expect(budgetSource(at("/dns4/node.example/tcp/1"), ID)).toBe("name:node.example");
    for (const local of ["127.0.0.1", "10.1.2.3", "192.168.0.9", "172.31.0.1", "169.254.1.1", "100.64.0.1"]) {
      expect(isLocalIp(local), local).toBe(true);
      expect(budgetSource(at(`/ip4/${local}/tcp/1`), ID)).toBe(`peer:${ID}`);
    }
    for (const local of ["::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1"]) {
      expect(isLocalIp(local), local).toBe(true);
    }
    for (const far of ["203.0.113.7", "172.32.0.1", "100.128.0.1", "2001:db8::1", "::ffff:203.0.113.7"]) {
      expect(isLocalIp(far), far).toBe(false);
    }
    expect(spreadGroup(at("/ip4/203.0.113.7/tcp/1"))).toBe("ip4:203.0");
    expect(spreadGroup(at("/ip6/2001:db8:1::1/tcp/1"))).toBe("ip6:2001:db8::");
    expect(ipSubject("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
    expect(ipSubject("::ffff:203.0.113.7")).toBe("203.0.113.7");
    expect(mappedIp4("::ffff:cb00:7107")).toBe("203.0.113.7");
  });

  it("fit into messages that are read back alike, cut or padded ones are refused", () => {
    const list = [`/ip4/203.0.113.7/tcp/30303/p2p/${ID}`, `/onion3/${ONION}:1/p2p/${ID}`].map((text) =>
      multiaddrOf(parseDialable(text)),
    );
    const bytes = encodeAddresses(list);
    expect(decodeAddresses(bytes, 2).map(String)).toEqual(list.map(String));
    expect(() => decodeAddresses(bytes, 1)).toThrow();
    expect(() => decodeAddresses(new Uint8Array(), 1)).toThrow();
    expect(() => decodeAddresses(bytes.subarray(0, bytes.length - 1), 2)).toThrow();
    expect(() => decodeAddresses(Uint8Array.of(...bytes, 0), 2)).toThrow();
    // A kind of address that does not exist yet is passed over.
    expect(decodeAddresses(Uint8Array.of(1, 2, 0xff, 0x7f), 2)).toEqual([]);
  });
});
