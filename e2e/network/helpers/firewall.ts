import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { ownerOf } from "./owner.js";

/** Stands on the ports that nodes are dialled at, so that one of them can be cut off from all others. */
export interface Firewall {
  /** Hands what dials `announced` on to `actual`, where `node` listens. `announced` 0 lets the system choose; gives the port. */
  readonly open: (node: string, announced: number, actual: () => number) => Promise<number>;
  /**
   * Nothing passes to or from a node any more and nobody is told, as when a cable is pulled: connections stay open on both sides, what is
   * sent waits, new ones are taken and go nowhere.
   */
  readonly cut: (node: string) => void;
  readonly isIsolated: (node: string) => boolean;
  /** Connections to and from a node that pass here. */
  readonly passages: (node: string) => number;
  /** Connections of the time before and during the cut break; new ones pass. */
  readonly mend: (node: string) => void;
  readonly close: () => Promise<void>;
}

interface Passage {
  readonly ends: readonly [string, string];
  readonly sockets: readonly Socket[];
}

/** A node's processes at this moment, so that it is known who dials. */
export type Processes = () => readonly { readonly node: string; readonly pid: number }[];

/** Opens a firewall. */
export const openFirewall = (processes: Processes): Firewall => {
  const passages = new Set<Passage>();
  const isolated = new Set<string>();
  const closers: (() => Promise<void>)[] = [];
  const isCut = ({ ends }: Passage): boolean => ends.some((node) => isolated.has(node));

  const admit = async (incoming: Socket, to: string, actual: number): Promise<void> => {
    const running = processes();
    const pids = running.map(({ pid }) => pid);
    const pid = await ownerOf(incoming.remotePort ?? 0, pids);
    const from = running.find((process) => process.pid === pid)?.node ?? "";
    const outgoing = connect({ host: "127.0.0.1", port: actual, noDelay: true });
    const passage: Passage = { ends: [from, to], sockets: [incoming, outgoing] };
    passages.add(passage);
    for (const socket of passage.sockets) {
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        for (const other of passage.sockets) other.destroy();
        passages.delete(passage);
      });
    }
    if (isCut(passage)) return;
    incoming.pipe(outgoing);
    outgoing.pipe(incoming);
  };

  return {
    open: async (node, announced, actual) => {
      const server = createServer({ noDelay: true, pauseOnConnect: true }, (incoming) => {
        incoming.on("error", () => incoming.destroy());
        admit(incoming, node, actual()).catch(() => incoming.destroy());
      });
      await new Promise<void>((resolve, reject) =>
        server.once("error", reject).listen(announced, "127.0.0.1", resolve),
      );
      closers.push(() => new Promise((resolve) => server.close(() => resolve())));
      return (server.address() as AddressInfo).port;
    },
    cut: (node) => {
      isolated.add(node);
      for (const passage of passages) if (isCut(passage)) for (const socket of passage.sockets) socket.unpipe().pause();
    },
    passages: (node) => [...passages].filter(({ ends }) => ends.includes(node)).length,
    isIsolated: (node) => isolated.has(node),
    mend: (node) => {
      const broken = [...passages].filter(isCut);
      isolated.delete(node);
      for (const { sockets } of broken) for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      const closed = closers.map((close) => close());
      for (const { sockets } of passages) for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
};
