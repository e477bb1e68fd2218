import { readPictures } from './pictures/read-pictures.ts';
import { readGiven, survey } from './read-given.ts';
import { readView } from './read-view.ts';
import { type AnswerOf, maxReadHere, type Viewer, type ViewJob } from './viewer.ts';

/** Reads a message as the job wants it, in this thread. */
export async function readHere<Job extends ViewJob>(job: Job): Promise<AnswerOf<Job>>;
export async function readHere(job: ViewJob): Promise<AnswerOf<ViewJob>> {
  if (job.kind === 'survey') return survey(job);
  if (job.kind === 'given') return readGiven(job);
  if (job.kind === 'pictures') return readPictures(job);
  return readView(job);
}

/** The same, long messages in another thread; throws `tooBusy`. */
export async function readMessage<Job extends ViewJob>(
  job: Job,
  { viewer }: { readonly viewer: Viewer },
): Promise<AnswerOf<Job>> {
  return job.octets.byteLength > maxReadHere ? viewer.read(job) : readHere(job);
}
