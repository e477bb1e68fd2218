import { join } from 'node:path';
import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Arrival, Outcome } from './delivery.ts';
import type { JudgeCounts } from './judge.ts';
import type { Log } from './log.ts';
import { askOthers, tellOthers } from './process-sockets.ts';
import { onSelfCheck } from './store/cassandra/mail/self-check-news.ts';

/** What one process counts. Names and help follow Prometheus' rules. */
export interface Metrics {
  /** One message answered: its outcomes, and seconds from its last octet to the reply. */
  delivered(door: Arrival['door'], outcomes: readonly Outcome[], seconds: number): void;
  /** One message judged, for one owner or several. */
  judged(door: Arrival['door'], counts: JudgeCounts): void;
  /** Counts that are kept elsewhere and read at each scrape. */
  show(rows: readonly MetricRow[]): void;
  close(): Promise<void>;
}

/** A number, or one for each value of a label. */
export interface MetricRow {
  readonly kind: 'counter' | 'gauge';
  readonly name: string;
  readonly help: string;
  /** Name of the label whose values `read` gives. */
  readonly label?: string;
  /** Value by the label's value; by the empty text where there is no label. */
  readonly read: () => Readonly<Record<string, number>>;
}

const folderName = 'metrics';
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counters of this process, readable by the web door through a socket in the data folder: so one scrape sees every
 * door, whoever started it.
 */
export function openMetrics(data: string, processName: string, { log }: { log: Log }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, labels: { process: processName } });
  const outcomes = new Counter({
    name: 'caliopen_deliveries_total',
    help: 'Deliveries to one owner by door and outcome',
    labelNames: ['door', 'outcome'],
    registers: [registry],
  });
  const latency = new Histogram({
    name: 'caliopen_delivery_seconds',
    help: 'Seconds from the last octet of a message to its reply',
    labelNames: ['door'],
    buckets: seconds,
    registers: [registry],
  });
  const judged = countJudged(registry);
  const stopCounting = countSelfChecks(registry);
  const unpublish = publish(registry, { data, processName, log });
  return {
    delivered(door, results, took) {
      for (const result of results)
        outcomes.inc({ door, outcome: 'code' in result ? result.code : result.status });
      latency.observe({ door }, took);
    },
    judged,
    show(rows) {
      for (const row of rows) showRow(row, registry);
    },
    close() {
      stopCounting();
      return unpublish();
    },
  };
}

/** Of each owner's copy: what it was judged to be, and how that went. */
function countJudged(registry: Registry): Metrics['judged'] {
  const registers = [registry];
  const failures = new Counter({
    name: 'caliopen_stage_failures_total',
    help: 'Judging stages that failed; the message was stored without their finding',
    labelNames: ['stage'],
    registers,
  });
  const verdicts = new Counter({
    name: 'caliopen_verdicts_total',
    help: 'Messages judged for one owner by door and verdict; unknown: they passed unjudged',
    labelNames: ['door', 'verdict'],
    registers,
  });
  const partial = new Counter({
    name: 'caliopen_partial_total',
    help: 'Messages judged for one owner of which something was left out for its size',
    registers,
  });
  const probability = new Histogram({
    name: 'caliopen_spam_probability',
    help: 'Probability of spam of messages judged for one owner',
    buckets: probabilities,
    registers,
  });
  const took = new Histogram({
    name: 'caliopen_score_seconds',
    help: 'Seconds that the score stage took for one owner',
    buckets: [0.0005, 0.001, 0.0025, ...seconds],
    registers,
  });
  const learned = learnedCounter(registry);
  return (door, counts) => {
    for (const stage of counts.failed) failures.inc({ stage });
    for (const { verdict, score, isPartial, seconds: passed } of counts.judgings) {
      verdicts.inc({ door, verdict });
      if (isPartial) partial.inc();
      if (score !== null) probability.observe(score);
      took.observe(passed);
    }
    if (counts.lessons > 0) learned.inc({ by: 'delivery' }, counts.lessons);
  };
}

const probabilities = [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1];

/** Counts what is learned from; every door that learns has one, and a scrape adds them up. */
export function learnedCounter(registry: Registry): Counter<'by'> {
  return new Counter({
    name: 'caliopen_learned_total',
    help: 'What is learned from by kind: acts of owners, and deliveries of wanted mail',
    labelNames: ['by'] as const,
    registers: [registry],
  });
}

function showRow({ kind, name, help, label, read }: MetricRow, registry: Registry): void {
  const labelNames = label === undefined ? [] : [label];
  const labelled = (value: string) => (label === undefined ? {} : { [label]: value });
  const common = { name, help, labelNames, registers: [registry] };
  if (kind === 'gauge') {
    new Gauge({
      ...common,
      collect() {
        for (const [key, value] of Object.entries(read())) this.set(labelled(key), value);
      },
    });
    return;
  }
  new Counter({
    ...common,
    collect() {
      this.reset();
      for (const [key, value] of Object.entries(read())) this.inc(labelled(key), value);
    },
  });
}

/** Counts what the store of this process finds when it checks itself; gives how to stop. */
export function countSelfChecks(registry: Registry): () => void {
  const faults = new Counter({
    name: 'caliopen_store_faults_total',
    help: 'Faults that the store found when it checked itself, by kind; caliopen store rebuild mends them',
    labelNames: ['kind'],
    registers: [registry],
  });
  const checked = new Counter({
    name: 'caliopen_store_checked_emails_total',
    help: 'Emails at which the store looked to check itself',
    registers: [registry],
  });
  return onSelfCheck(told => {
    checked.inc(told.checkedEmails);
    for (const kind of told.faults) faults.inc({ kind });
  });
}

function publish(
  registry: Registry,
  { data, processName, log }: { data: string; processName: string; log: Log },
): () => Promise<void> {
  return tellOthers({
    folder: join(data, folderName),
    processName,
    tell: () => registry.getMetricsAsJSON(),
    // The door goes on without being counted.
    onFault: fault => log.warn(fault, 'metricsUnavailable'),
  });
}

/**
 * The text (Prometheus exposition format) of all doors that share this data folder, and of `own`. Sockets of doors
 * that have ended are swept.
 */
export async function gatherMetrics(data: string, own: Registry): Promise<string> {
  const all = [await own.getMetricsAsJSON(), ...(await askOthers(join(data, folderName)))];
  return AggregatorRegistry.aggregate(all as Parameters<typeof AggregatorRegistry.aggregate>[0]).metrics();
}
