import type { MetricRow } from '../metrics.ts';
import type { Judgement } from './judgement.ts';

/** What the milter door counts. */
export interface MilterCounts {
  readonly messages: Record<Judgement['outcome'], number>;
  /** Connections that were ended because the MTA spoke no milter protocol. */
  faults: number;
  /** Open now. */
  connections: number;
}

export function openMilterCounts(): MilterCounts {
  return { messages: { judged: 0, unjudged: 0, refused: 0, deferred: 0 }, faults: 0, connections: 0 };
}

/** The counts as metrics. */
export function milterMetrics(counts: MilterCounts): MetricRow[] {
  return [
    {
      kind: 'counter',
      name: 'caliopen_milter_messages_total',
      help: 'Messages that an MTA asked about, by what it was told',
      label: 'outcome',
      read: () => counts.messages,
    },
    {
      kind: 'counter',
      name: 'caliopen_milter_faults_total',
      help: 'Milter connections ended because what came was no milter protocol',
      read: () => ({ '': counts.faults }),
    },
    {
      kind: 'gauge',
      name: 'caliopen_milter_connections',
      help: 'Milter connections that are open',
      read: () => ({ '': counts.connections }),
    },
  ];
}
