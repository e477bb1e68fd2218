/** Counts since the server opened; `connections` is how many are open now. */
export interface DnsMetrics {
  queriesUdp: number;
  queriesTcp: number;
  queriesTls: number;
  /** Answers by rcode, the lower four bits. */
  readonly answersByRcode: number[];
  /** Answers that say to ask over TCP, for whatever reason. */
  truncated: number;
  /** Queries left without an answer because they were none. */
  silent: number;
  /** Answers dropped, and cut short, by the rate limit. */
  rateDropped: number;
  rateTruncated: number;
  /** Queries that waited for their signature, and those cut short because too many waited. */
  putOff: number;
  shed: number;
  /** Signatures made as answers needed them. */
  signatures: number;
  /** Queries over which the program failed; each is an error of ours. */
  faults: number;
  /** UDP answers given up because the system took no more. */
  sendDropped: number;
  connections: number;
  connectionsRefused: number;
  /** Connections closed because nothing came or went for too long. */
  connectionsIdled: number;
}

export function newMetrics(): DnsMetrics {
  return {
    queriesUdp: 0,
    queriesTcp: 0,
    queriesTls: 0,
    answersByRcode: Array<number>(16).fill(0),
    truncated: 0,
    silent: 0,
    rateDropped: 0,
    rateTruncated: 0,
    putOff: 0,
    shed: 0,
    signatures: 0,
    faults: 0,
    sendDropped: 0,
    connections: 0,
    connectionsRefused: 0,
    connectionsIdled: 0,
  };
}

/** Counts the answer that begins at `base`. */
export function countAnswer(metrics: DnsMetrics, octets: Uint8Array, base: number): void {
  const rcode = (octets[base + 3] ?? 0) & 0xf;
  metrics.answersByRcode[rcode] = (metrics.answersByRcode[rcode] ?? 0) + 1;
  if (((octets[base + 2] ?? 0) & 0x02) !== 0) metrics.truncated += 1;
}
