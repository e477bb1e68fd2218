import { parentPort } from 'node:worker_threads';
import { readView } from './read-view.ts';
import type { ViewAnswer, ViewJob } from './viewer.ts';

/** The thread that reads long messages: one job in, what was read. */
parentPort?.on('message', (job: ViewJob) => {
  parentPort?.postMessage(answer(job));
});

function answer(job: ViewJob): ViewAnswer {
  try {
    return readView(job);
  } catch (error) {
    return { kind: 'failed', cause: error instanceof Error ? error.message : String(error) };
  }
}
