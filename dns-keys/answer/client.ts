/** Who asks. */
export interface Client {
  readonly transport: 'udp' | 'tcp' | 'tls';
  /** In text; an IPv4 address as such, also where it came by an IPv6 socket. */
  readonly address: string;
}
