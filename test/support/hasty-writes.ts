import { Client } from 'cassandra-driver';

// Loaded with --import into every thread of a door: its store then waits for no batch. What shows that mail is
// acknowledged before it is answered must say no here.
const { batch } = Client.prototype;
Client.prototype.batch = function hasty(this: Client, ...args: unknown[]): Promise<never> {
  void (Reflect.apply(batch, this, args) as Promise<unknown>).catch(() => undefined);
  return Promise.resolve({ rows: [] } as never);
} as typeof batch;
