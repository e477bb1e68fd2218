import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Config } from '../../delivery/config.ts';
import { countSelfChecks, learnedCounter } from '../../delivery/metrics.ts';
import { listDamage } from '../../delivery/store/sqlite/damage.ts';

/** What the web door counts. */
export interface WebMetrics {
  readonly registry: Registry;
  observe(route: string, status: number, seconds: number): void;
  readonly signIns: Counter<'outcome'>;
  /** Acts of owners that the classifier learns from, by source. */
  readonly learned: Counter<'by'>;
  /** Remote pictures by how it came about that they are shown, or not. */
  readonly pictures: Counter<'outcome'>;
  readonly streams: {
    /** Counts one open event stream; null when the account has as many as allowed. */
    enter(accountId: string, limit: number): (() => void) | null;
  };
}

/** Fresh metrics in a registry of their own: two servers in one process don't share them. */
export function openMetrics({ store, data }: Pick<Config, 'store' | 'data'>): WebMetrics {
  const registry = new Registry();
  if (store === 'sqlite') countDamage(data, registry);
  // This door has no socket of its own: it tells what it counts itself.
  else countSelfChecks(registry);
  const requests = new Histogram({
    name: 'caliopen_web_request_seconds',
    help: 'Time to answer, by route and status class.',
    labelNames: ['route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [registry],
  });
  const signIns = new Counter({
    name: 'caliopen_web_sign_ins_total',
    help: 'Sign-ins by outcome.',
    labelNames: ['outcome'] as const,
    registers: [registry],
  });
  const pictures = new Counter({
    name: 'caliopen_web_pictures_total',
    help: 'Remote pictures asked for by owners, by outcome.',
    labelNames: ['outcome'] as const,
    registers: [registry],
  });
  const streams = new Gauge({
    name: 'caliopen_web_event_streams',
    help: 'Open event streams.',
    registers: [registry],
  });
  return {
    registry,
    signIns,
    pictures,
    learned: learnedCounter(registry),
    observe(route, status, seconds) {
      requests.observe({ route, status: `${Math.floor(status / 100)}xx` }, seconds);
    },
    streams: countedStreams(streams),
  };
}

/** Cassandra looks after its files itself. */
function countDamage(data: string, registry: Registry): void {
  new Gauge({
    name: 'caliopen_store_damaged_files',
    help: 'Files of the store in which damage was met and that nobody has found whole since.',
    registers: [registry],
    collect() {
      this.set(listDamage(data).length);
    },
  });
}

function countedStreams(gauge: Gauge): WebMetrics['streams'] {
  const open = new Map<string, number>();
  return {
    enter(accountId, limit) {
      const count = open.get(accountId) ?? 0;
      if (count >= limit) return null;
      open.set(accountId, count + 1);
      gauge.inc();
      return () => {
        const left = (open.get(accountId) ?? 1) - 1;
        if (left > 0) open.set(accountId, left);
        else open.delete(accountId);
        gauge.dec();
      };
    },
  };
}
