import { readdir, readFile, readlink } from "node:fs/promises";

/** The columns of /proc/net/tcp that count here: "local address:port" in hex, and the socket's inode. */
const LOCAL = 1;
const INODE = 9;

const inodeOf = async (port: number): Promise<string | undefined> => {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    const text = await readFile(table, "utf8").catch(() => "");
    for (const line of text.split("\n")) {
      const columns = line.trim().split(/\s+/);
      if (columns[LOCAL]?.endsWith(`:${hex}`) && columns[INODE] !== "0") return columns[INODE];
    }
  }
  return undefined;
};

const holds = async (pid: number, inode: string): Promise<boolean> => {
  const folder = `/proc/${pid}/fd`;
  for (const name of await readdir(folder).catch(() => [])) {
    const target = await readlink(`${folder}/${name}`).catch(() => "");
    if (target === `socket:[${inode}]`) return true;
  }
  return false;
};

/**
 * Which of some processes holds the connection that comes from `port` of this machine. On loopback all addresses are the same, so this is
 * how a firewall between processes can know who dials. undefined: none of them, or a system without /proc.
 */
export const ownerOf = async (port: number, pids: readonly number[]): Promise<number | undefined> => {
  const inode = await inodeOf(port);
  if (inode === undefined) return undefined;
  for (const pid of pids) if (await holds(pid, inode)) return pid;
  return undefined;
};
