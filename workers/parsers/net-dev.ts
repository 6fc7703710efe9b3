/** Counters of one network interface since it was made. */
export interface InterfaceCounters {
  readonly received_bytes: bigint;
  readonly received_packets: bigint;
  readonly receiveErrors: bigint;
  readonly sent_bytes: bigint;
  readonly sent_packets: bigint;
  readonly sendErrors: bigint;
  readonly sendDropped: bigint;
  readonly collisions: bigint;
}

const counters = 16;

/**
 * Reads /proc/net/dev: interface name, colon, eight numbers for receiving and eight for sending. Its receive
 * `drop` is not given here: the kernel adds missed packets to it (net/core/net-procfs.c).
 */
export const parseNetDev = (content: string): ReadonlyMap<string, InterfaceCounters> => {
  const interfaces = new Map<string, InterfaceCounters>();
  for (const line of content.split('\n')) {
    // The name ends at the last colon: an alias such as eth0:1 has one of its own.
    const [, name, numbers] = /^\s*(\S+):\s*(\d[\d\s]*)$/.exec(line) ?? [];
    if (name === undefined || numbers === undefined) continue;
    const n = numbers.trim().split(/\s+/).map(BigInt);
    if (n.length < counters) continue;
    interfaces.set(name, {
      received_bytes: n[0] ?? 0n,
      received_packets: n[1] ?? 0n,
      receiveErrors: n[2] ?? 0n,
      sent_bytes: n[8] ?? 0n,
      sent_packets: n[9] ?? 0n,
      sendErrors: n[10] ?? 0n,
      sendDropped: n[11] ?? 0n,
      collisions: n[13] ?? 0n,
    });
  }
  return interfaces;
};
