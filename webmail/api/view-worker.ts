import { parentPort } from 'node:worker_threads';
import { DeliveryError } from '../../delivery/errors.ts';
import { readHere } from './read-job.ts';
import type { Posted, ViewJob } from './viewer.ts';

/** The thread that reads long messages: one job in, what was read. */
parentPort?.on('message', async (job: ViewJob) => {
  parentPort?.postMessage(await posted(job));
});

async function posted(job: ViewJob): Promise<Posted> {
  try {
    return { answer: await readHere(job) };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    return { failed: { cause, code: error instanceof DeliveryError ? error.code : null } };
  }
}
